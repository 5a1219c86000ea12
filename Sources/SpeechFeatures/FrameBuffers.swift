// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels

/// The buffers between the steps of one frame, from samples to features.
struct FrameBuffers: ~Copyable {
  // Behind the window zeros remain, up to the transform's length: FFTW leaves its input alone.
  private let samples: AlignedBuffer<Float>
  private let spectrum: AlignedBuffer<Float>
  private let power: AlignedBuffer<Float>
  private let energies: AlignedBuffer<Float>
  private let paddedBinCount: Int

  init(_ plan: FeaturePlan) {
    let filters = plan.filters
    paddedBinCount = FeatureKernels.padded(filters.usedBinCount)
    samples = AlignedBuffer(zeroed: plan.transform.length)
    spectrum = AlignedBuffer(
      zeroed: max(
        FourierTransform.spectrumFloatCount(plan.transform.length), 2 * paddedBinCount))
    // A filter reads whole registers; what lies behind its bins meets weights of zero.
    power = AlignedBuffer(zeroed: paddedBinCount + filters.tapStride)
    energies = AlignedBuffer(zeroed: filters.paddedFilterCount)
  }

  var byteCount: Int {
    (samples.count + spectrum.count + power.count + energies.count) * MemoryLayout<Float>.stride
  }

  /// Computes one frame: `windowLength` samples to `coefficientCount` features.
  @unsafe func compute(
    _ plan: FeaturePlan, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    let configuration = plan.configuration
    let kernels = unsafe plan.kernels.functions
    unsafe kernels.pointee.window(
      configuration.windowLength, source, plan.window.unsafeBase, samples.unsafeBase)
    unsafe plan.transform.execute(samples.unsafeBase, spectrum.unsafeBase)
    unsafe kernels.pointee.power(paddedBinCount, spectrum.unsafeBase, power.unsafeBase)
    var filters = unsafe plan.filters.view
    unsafe kernels.pointee.mel(&filters, power.unsafeBase, energies.unsafeBase)
    unsafe kernels.pointee.logarithm(
      energies.count, energies.unsafeBase, configuration.powerFloor, energies.unsafeBase)
    if let cosine = plan.cosine {
      unsafe cosine.apply(UnsafePointer(energies.unsafeBase), target)
    } else {
      unsafe target.update(from: energies.unsafeBase, count: configuration.melBinCount)
    }
  }
}
