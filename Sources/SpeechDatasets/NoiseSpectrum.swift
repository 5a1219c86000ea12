// SPDX-License-Identifier: GPL-3.0-or-later

import SpeechFeatures

/// A recording of noise as samples and as power per frame and mel bin.
struct NoiseSpectrum: Sendable {
  let samples: [Int16]

  /// Power above the floor, `[frame, bin]`.
  private let powers: [Float]
  private let binCount: Int

  init(_ recording: Recording, plan: FeaturePlan) {
    let binCount = plan.configuration.melBinCount
    let floats = recording.samples.map { Float($0) / 32_768 }
    let frameCount = plan.configuration.frameCount(sampleCount: floats.count)
    var values = [Float](repeating: 0, count: frameCount * binCount)
    var extractor = FeatureExtractor(plan: plan)
    var span = values.mutableSpan
    _ = extractor.push(floats.span, into: &span)
    let floor = plan.configuration.powerFloor
    samples = recording.samples
    powers = values.map { max(0, fastExponential($0) - floor) }
    self.binCount = binCount
  }

  var frameCount: Int { powers.count / binCount }

  /// Adds `factor` times the power of a stretch as long as `target`, `[frame, bin]`; a shorter recording
  /// is repeated.
  ///
  /// - Parameter place: where it starts, as a part of what is possible.
  func addPower(place: Float, factor: Float, to target: inout MutableSpan<Float>) {
    let rowCount = target.count / binCount
    var frame = start(place, length: rowCount, of: frameCount)
    let source = powers.span
    for row in 0..<rowCount {
      let (first, own) = (row * binCount, frame * binCount)
      for bin in 0..<binCount { target[first + bin] += factor * source[own + bin] }
      frame += 1
      if frame == frameCount { frame = 0 }
    }
  }

  /// Adds the power of a stretch so that `target`, `[frame, bin]`, has `decibels` more of it than the
  /// stretch; nothing where either has none.
  ///
  /// - Parameter floor: what every value of `target` holds without sound.
  func mix(
    place: Float, decibels: Float, floor: Float, into target: inout MutableSpan<Float>
  ) {
    let rowCount = target.count / binCount
    var frame = start(place, length: rowCount, of: frameCount)
    let source = powers.span
    var (signal, noise): (Float, Float) = (0, 0)
    for row in 0..<rowCount {
      let (first, own) = (row * binCount, frame * binCount)
      for bin in 0..<binCount {
        signal += target[first + bin] - floor
        noise += source[own + bin]
      }
      frame += 1
      if frame == frameCount { frame = 0 }
    }
    guard signal > 0, noise > 0 else { return }
    let factor = signal / noise * fastExponential(-decibels * (2.302585093 / 10))
    guard factor.isFinite else { return }
    addPower(place: place, factor: factor, to: &target)
  }

  /// Adds a stretch so that `target`, samples, has `decibels` more power than it; nothing where either is
  /// digital zero.
  func mix(place: Float, decibels: Float, into target: inout MutableSpan<Float>) {
    let first = start(place, length: target.count, of: samples.count)
    let source = samples.span
    var (signal, noise): (Float, Float) = (0, 0)
    var index = first
    for place in target.indices {
      let value = Float(source[index]) / 32_768
      signal += target[place] * target[place]
      noise += value * value
      index += 1
      if index == samples.count { index = 0 }
    }
    guard signal > 0, noise > 0 else { return }
    let power = signal / noise * fastExponential(-decibels * (2.302585093 / 10))
    guard power.isFinite else { return }
    let scale = power.squareRoot() / 32_768
    index = first
    for place in target.indices {
      target[place] += Float(source[index]) * scale
      index += 1
      if index == samples.count { index = 0 }
    }
  }

  private func start(_ place: Float, length: Int, of count: Int) -> Int {
    let room = max(count - length, 0)
    // In double precision: a recording may have more samples than single precision has numbers.
    return min(Int(Double(place) * Double(room + 1)), room)
  }
}
