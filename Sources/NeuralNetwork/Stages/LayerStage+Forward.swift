// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

extension LayerStage {
  /// The operation on a block of clips, and the group's part of the batch's moments while the
  /// block is in the cache.
  func forwardLinear(
    _ clips: Range<Int>, group: Int, isFirst: Bool, scratch: Scratch, training: Bool
  ) {
    guard let operation else { return }
    let target = unsafe linear.span(clips)
    unsafe operation.forward(input: input.read(clips, into: scratch), output: target)
    if training { unsafe normalization?.gather(target, group: group, isFirst: isFirst) }
  }

  /// Normalization or bias, dropout, residual and activation, where the output is kept. A sum is
  /// computed here.
  ///
  /// - Parameter drops: Whether dropout is at work.
  func forwardOutput(_ clips: Range<Int>, training: Bool, drops: Bool) {
    if isSum {
      addUp(clips, training: training)
    } else if !isPlain, let target = output.values {
      for clip in clips {
        var form =
          unsafe drops && dropout != nil
          ? dropout!.kernelForm(clip, of: map) : map.kernelForm()
        let added = unsafe residual?.values?.start(clip)
        if training, clip == 0 { unsafe observe(clip, residual: added) }
        unsafe Kernels.best.affine(
          columnCount, geometry.output.count, linear.start(clip), &form, added,
          target.start(clip))
      }
    } else if training, output.values == nil, clips.contains(0) {
      unsafe observe(0, residual: nil)
    }
  }

  /// Shows the grid what a clip holds before rounding.
  @unsafe private func observe(_ clip: Int, residual: UnsafePointer<Float>?) {
    unsafe map.grid?.observe(
      columnCount, geometry.output.count, linear.start(clip), unclampedForm(clip),
      residual: residual)
  }

  /// The map of a clip in training, but for the ends of the grid.
  func unclampedForm(_ clip: Int) -> kws_affine {
    unsafe dropout?.kernelForm(clip, of: map, clampsOnGrid: false)
      ?? map.kernelForm(clampsOnGrid: false)
  }

  /// Adds up what has the sum's shape, then, column by column, what is broadcast, with the activation.
  private func addUp(_ clips: Range<Int>, training: Bool) {
    guard let target = output.values else { return }
    let columnSize = geometry.output.count
    let isWhole = addends.map { $0.plan.columnShape.count == columnSize }
    let broadcast = zip(addends, isWhole).filter { !$0.1 }.compactMap(\.0.values)
    let whole = zip(addends, isWhole).filter(\.1).compactMap(\.0.values)
    // The last of the passes has the activation; so that a grid can be seen to, it is one of its own.
    let activatesAlone = keepsLinear || broadcast.isEmpty || map.grid != nil
    for clip in clips {
      let sum = unsafe linear.start(clip)
      unsafe input.add(
        clip, to: whole.first.map { unsafe UnsafePointer($0.start(clip)) }, into: sum)
      for values in whole.dropFirst() {
        unsafe Kernels.best.add(columnCount * columnSize, values.start(clip), sum)
      }
      for (index, values) in broadcast.enumerated() {
        unsafe addToBins(
          values.start(clip), sum, activates: index == broadcast.count - 1 && !activatesAlone)
      }
      guard !isPlain, activatesAlone else { continue }
      if training, clip == 0 { unsafe observe(clip, residual: nil) }
      unsafe map.apply(columnCount, sum, residual: nil, target.start(clip))
    }
  }

  /// Adds a column of one frequency to every frequency of the sum's column, in place.
  private func addToBins(
    _ columns: UnsafePointer<Float>, _ sum: UnsafeMutablePointer<Float>, activates: Bool
  ) {
    let bounds = activates ? map.bounds : (-.infinity, .infinity)
    unsafe Kernels.best.broadcast(
      columnCount, geometry.output.frequencyCount, geometry.output.channelCount, columns,
      bounds.0, bounds.1, sum)
  }
}
