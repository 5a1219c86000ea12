// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc

/// The immutable tables of one feature configuration, shared by any number of streams.
@safe package final class FeaturePlan: Sendable {
  /// What the plan was made from, checked.
  package let configuration: FeatureConfiguration

  /// Name of the kernels in use.
  package var instructionSet: String { kernels.name }

  /// The kernels that this processor can run, best first; the last is `scalar`.
  package static var availableInstructionSets: [String] {
    FeatureKernels.available.map(\.name)
  }

  let kernels: FeatureKernels
  let window: SharedBuffer<Float>
  let transform: FourierTransform
  let filters: MelFilterBank
  let cosine: CosineTransform?

  /// Checks `configuration` and computes its tables.
  ///
  /// - Parameter instructionSet: One of `availableInstructionSets`, or nil for the best. Bits
  ///   differ between them, by rounding only.
  /// - Throws: `FeatureError` for the first field that does not fit.
  package init(
    _ configuration: FeatureConfiguration, instructionSet: String? = nil
  ) throws(FeatureError) {
    try configuration.check()
    let available = FeatureKernels.available
    let name = instructionSet ?? available[0].name
    guard let kernels = available.first(where: { $0.name == name }) else {
      throw .unknownInstructionSet(found: name, available: available.map(\.name))
    }
    guard let transform = FourierTransform(length: configuration.fftLength) else {
      throw .transformUnavailable(fftLength: configuration.fftLength)
    }
    self.configuration = configuration
    self.kernels = kernels
    self.transform = transform
    filters = MelFilterBank(configuration)
    let length = Double(configuration.windowLength)
    // Periodic Hann: one period is the window's length, so the last sample is not zero.
    window = SharedBuffer(
      (0..<configuration.windowLength).map {
        Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / length))
      })
    cosine = configuration.cepstralCoefficientCount.map {
      CosineTransform(inputCount: configuration.melBinCount, outputCount: $0, kernels: kernels)
    }
  }

  /// Seconds that `count` transforms of this plan take with nothing around them.
  ///
  /// The yardstick for the cost of the whole front end. Allocates its own buffers.
  package func timeBareTransforms(count: Int) -> Double {
    let samples = AlignedBuffer<Float>(zeroed: transform.length)
    let spectrum = AlignedBuffer<Float>(
      zeroed: FourierTransform.spectrumFloatCount(transform.length))
    for index in 0..<transform.length {
      unsafe samples.unsafeBase[index] = Float(sin(Double(index * index % 1009)))
    }
    var start = timespec()
    var end = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &start)
    for _ in 0..<count {
      unsafe transform.execute(samples.unsafeBase, spectrum.unsafeBase)
    }
    unsafe clock_gettime(CLOCK_MONOTONIC, &end)
    return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) * 1e-9
  }
}
