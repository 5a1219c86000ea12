// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

extension LayerStage {
  /// From the gradient of the output: that of residual and addends, and the group's part of the
  /// bias's or the normalization's.
  func backwardOutput(
    _ clips: Range<Int>, group: Int, isFirst: Bool, partials: UnsafeMutablePointer<Float>
  ) {
    guard geometry.hasWeights || isSum, let gradient = output.gradient else { return }
    let columnSize = geometry.output.count
    let count = columnCount * columnSize
    let biasGradient = unsafe partials + biasOffset
    if bias != nil, isFirst {
      unsafe biasGradient.update(repeating: 0, count: geometry.output.channelCount)
    }
    if isFirst, let grid = map.grid, grid.takesGradient(group: group), let clip = clips.first {
      unsafe grid.gatherGradient(
        group: group, columnCount, columnSize, gradient: gradient.start(clip),
        linear.start(clip), unclampedForm(clip), residual: residual?.values?.start(clip))
    }
    for clip in clips {
      let g = unsafe gradient.start(clip)
      if activatesGradientAlone { unsafe activate(g, clip) }
      if let target = residual?.gradient {
        unsafe add(g, count, to: target.start(clip), accumulate: accumulatesResidualGradient)
      }
      if isSum { unsafe spread(g, clip) }
      unsafe dropout?.backward(clip, columnCount: columnCount, g)
      if bias != nil {
        unsafe Kernels.best.row_sums(
          count / geometry.output.channelCount, geometry.output.channelCount, g, biasGradient)
      }
    }
    unsafe normalization?.gatherGradient(
      gradient.span(clips), values: linear.span(clips), group: group, isFirst: isFirst,
      activates: !activatesGradientAlone)
  }

  /// The operation's gradients; that of its weights where `partials` are there for it.
  func backwardLinear(
    _ clips: Range<Int>, isFirst: Bool, scratch: Scratch, partials: UnsafeMutablePointer<Float>?
  ) {
    guard let operation, let gradient = output.gradient else { return }
    var d = unsafe gradient.span(clips)
    if normalization != nil || tailCount > 0 {
      let own = unsafe d
      let ownSize = columnCount * geometry.output.count
      let tailSize = tailCount * geometry.output.count
      unsafe d = ClipSpan(
        base: scratch.gradient.unsafeBase, clipStride: ownSize + tailSize, clipCount: clips.count,
        timeCount: columnCount)
      for clip in 0..<clips.count {
        unsafe (d.start(clip) + ownSize).update(repeating: 0, count: tailSize)
        if normalization == nil {
          unsafe d.start(clip).update(from: own.start(clip), count: ownSize)
        }
      }
      unsafe normalization?.backward(
        own, values: linear.span(clips), activates: !activatesGradientAlone, into: d)
    }
    unsafe operation.backward(
      input: input.read(clips, into: scratch), gradient: d,
      inputGradient: input.gradient?.span(clips), accumulate: accumulatesInputGradient,
      weightGradient: partials.map { unsafe $0 + weightOffset }, addsWeights: !isFirst)
  }

  /// Zero columns behind each clip's gradient: as many as the layer looks back, so that the
  /// gradient of a causal window is a window, too.
  var tailCount: Int { geometry.window == nil ? 0 : geometry.historyCount }

  /// Leads the gradient through the activation, in place.
  private func activate(_ g: UnsafeMutablePointer<Float>, _ clip: Int) {
    let isClamp = geometry.layer.activation != .hardSwish
    if isClamp, map.grid == nil || !keepsLinear, let values = output.values {
      // A clamp shows in its output; a rounded one shows only that a value was near its end.
      var form = unsafe activationOnly.kernelForm()
      unsafe Kernels.best.activation_gradient(
        columnCount, geometry.output.count, g, values.start(clip), &form, nil, g)
      return
    }
    var form = unsafe dropout?.kernelForm(clip, of: map) ?? map.kernelForm()
    unsafe Kernels.best.activation_gradient(
      columnCount, geometry.output.count, g, linear.start(clip), &form,
      residual?.values?.start(clip), g)
  }

  private func add(
    _ g: UnsafePointer<Float>, _ count: Int, to target: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    if accumulate {
      unsafe Kernels.best.add(count, g, target)
    } else {
      unsafe target.update(from: g, count: count)
    }
  }

  /// Hands a sum's gradient to its input and addends; one of a single frequency gets the sum over
  /// all.
  private func spread(_ g: UnsafeMutablePointer<Float>, _ clip: Int) {
    let columnSize = geometry.output.count
    let channelCount = geometry.output.channelCount
    let flags = [accumulatesInputGradient] + accumulatesAddendGradient
    for (slot, accumulate) in zip([input!] + addends, flags) {
      guard let gradient = slot.gradient else { continue }
      let target = unsafe gradient.start(clip)
      if slot.plan.columnShape.count == columnSize {
        unsafe add(g, columnCount * columnSize, to: target, accumulate: accumulate)
        continue
      }
      if !accumulate { unsafe target.update(repeating: 0, count: columnCount * channelCount) }
      for column in 0..<columnCount {
        unsafe Kernels.best.row_sums(
          geometry.output.frequencyCount, channelCount, g + column * columnSize,
          target + column * channelCount)
      }
    }
  }
}
