// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// A convolution of every channel by itself.
final class Depthwise: LinearOperation {
  private let weights: Parameter
  private let levels: WeightGrid
  private let geometry: WindowGeometry

  var weight: Parameter? { weights }
  var grid: WeightGrid? { levels }

  init(layer: String, weights: Parameter, geometry: WindowGeometry) {
    self.weights = weights
    levels = WeightGrid(weights, layer: layer)
    self.geometry = geometry
  }

  func prepare(forTraining: Bool) {
    levels.prepare()
  }

  func forward(input: ClipSpan, output: ClipSpan) {
    let channelCount = geometry.input.channelCount
    let uniform = geometry.isUniform
    for clip in unsafe 0..<input.clipCount {
      let x = unsafe input.start(clip) + geometry.firstColumn * geometry.inputColumn
      for bin in 0..<(uniform ? 1 : geometry.output.frequencyCount) {
        let taps = geometry.frequencyTaps(bin)
        let first = uniform ? 0 : geometry.inputBin(bin, tap: taps.lowerBound) * channelCount
        var window = unsafe kws_depthwise(
          rows: output.timeCount * (uniform ? geometry.output.frequencyCount : 1),
          channels: channelCount, taps: geometry.kernel.time, inner_taps: taps.count,
          x: x + first,
          x_row: uniform ? channelCount : geometry.stride.time * geometry.inputColumn,
          x_tap: geometry.tapStride, x_inner: channelCount,
          w: levels.values.unsafeBase + taps.lowerBound * channelCount,
          w_tap: geometry.kernel.frequency * channelCount, w_inner: channelCount,
          z: output.start(clip) + bin * channelCount,
          z_row: uniform ? channelCount : geometry.outputColumn, accumulate: false)
        unsafe Kernels.best.depthwise(&window)
      }
    }
  }

  func backward(
    input: ClipSpan, gradient: ClipSpan, inputGradient: ClipSpan?, accumulate: Bool,
    weightGradient: UnsafeMutablePointer<Float>?, addsWeights: Bool
  ) {
    if let weightGradient = unsafe weightGradient {
      unsafe self.weightGradient(input, gradient, weightGradient, accumulate: addsWeights)
    }
    guard let inputGradient = unsafe inputGradient else { return }
    unsafe gatherInputGradient(gradient, inputGradient, accumulate: accumulate)
  }

  private func weightGradient(
    _ input: ClipSpan, _ gradient: ClipSpan, _ target: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    let channelCount = geometry.input.channelCount
    let uniform = geometry.isUniform
    let x = unsafe input.base + geometry.firstColumn * geometry.inputColumn
    let d = unsafe gradient.base
    if !uniform && !accumulate {
      unsafe target.update(repeating: 0, count: weights.count)
    }
    for bin in 0..<(uniform ? 1 : geometry.output.frequencyCount) {
      for tap in geometry.frequencyTaps(bin) {
        let first = uniform ? 0 : geometry.inputBin(bin, tap: tap) * channelCount
        var window = unsafe kws_depthwise_gradient(
          rows: gradient.timeCount * (uniform ? geometry.output.frequencyCount : 1),
          channels: channelCount, taps: geometry.kernel.time, blocks: input.clipCount,
          x: x + first,
          x_row: uniform ? channelCount : geometry.stride.time * geometry.inputColumn,
          x_tap: geometry.tapStride, x_block: input.clipStride, d: d + bin * channelCount,
          d_row: uniform ? channelCount : geometry.outputColumn, d_block: gradient.clipStride,
          g: target + tap * channelCount, g_tap: geometry.kernel.frequency * channelCount,
          accumulate: accumulate || !uniform)
        unsafe Kernels.best.depthwise_gradient(&window)
      }
    }
  }

  /// The input's gradient is the same kind of window over the output's gradient, with the taps in
  /// reverse; zero columns behind the clip stand for outputs that are not there.
  ///
  /// Under a stride s every s-th column of the input meets the same taps, and every s-th bin: each
  /// such phase is a window of its own.
  private func gatherInputGradient(
    _ gradient: ClipSpan, _ inputGradient: ClipSpan, accumulate: Bool
  ) {
    if geometry.isUniform {
      for clip in unsafe 0..<gradient.clipCount {
        unsafe gatherUniform(
          gradient.start(clip), inputGradient.start(clip),
          rowCount: inputGradient.timeCount * geometry.input.frequencyCount,
          accumulate: accumulate)
      }
      return
    }
    let phases = (0..<geometry.stride.time).map { geometry.timePhase($0) }
    for bin in 0..<geometry.input.frequencyCount {
      let bins = geometry.frequencyPhase(bin)
      for (phase, columns) in phases.enumerated() {
        unsafe gather(
          gradient, inputGradient, bin: bin, bins: bins, phase: phase, columns: columns,
          accumulate: accumulate)
      }
    }
  }

  /// One bin and one phase of columns, of all clips.
  private func gather(
    _ gradient: ClipSpan, _ inputGradient: ClipSpan, bin: Int, bins: WindowGeometry.Phase,
    phase: Int, columns: WindowGeometry.Phase, accumulate: Bool
  ) {
    let channelCount = geometry.input.channelCount
    let strideTime = geometry.stride.time
    let timeCount = unsafe inputGradient.timeCount
    guard phase < timeCount else { return }
    let columnWeights = geometry.kernel.frequency * channelCount
    // A phase that no tap meets is a window without taps, which is zero.
    let hasTaps = columns.tapCount > 0 && bins.tapCount > 0
    for clip in unsafe 0..<gradient.clipCount {
      var window = unsafe kws_depthwise(
        rows: (timeCount - phase + strideTime - 1) / strideTime, channels: channelCount,
        taps: hasTaps ? columns.tapCount : 0, inner_taps: hasTaps ? bins.tapCount : 0,
        x: gradient.start(clip) + columns.firstOutput * geometry.outputColumn
          + bins.firstOutput * channelCount,
        x_row: geometry.outputColumn, x_tap: columns.outputStep * geometry.outputColumn,
        x_inner: bins.outputStep * channelCount,
        w: levels.values.unsafeBase + columns.firstTap * columnWeights
          + bins.firstTap * channelCount,
        w_tap: columns.tapStep * columnWeights, w_inner: bins.tapStep * channelCount,
        z: inputGradient.start(clip) + phase * geometry.inputColumn + bin * channelCount,
        z_row: strideTime * geometry.inputColumn, accumulate: accumulate)
      unsafe Kernels.best.depthwise(&window)
    }
  }

  /// No window and no stride along frequency: time and frequency are walked as one axis.
  private func gatherUniform(
    _ gradient: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, rowCount: Int,
    accumulate: Bool
  ) {
    let channelCount = geometry.input.channelCount
    var window = unsafe kws_depthwise(
      rows: rowCount, channels: channelCount, taps: geometry.kernel.time, inner_taps: 1,
      x: gradient, x_row: channelCount, x_tap: geometry.dilation * geometry.outputColumn,
      x_inner: 0, w: levels.values.unsafeBase + (geometry.kernel.time - 1) * channelCount,
      w_tap: -channelCount, w_inner: 0, z: target, z_row: channelCount, accumulate: accumulate)
    unsafe Kernels.best.depthwise(&window)
  }
}
