// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// What a tensor between layers is, whatever the batch.
struct SlotPlan {
  /// The layer that puts it out, or `input`.
  var name: String
  var columnShape: ColumnShape

  /// Columns of history that its readers look back on.
  var leadCount = 0

  /// Whether the values are kept. Where not, readers apply normalization and activation anew to
  /// what the producer's operation put out: cheaper than a trip to memory and back.
  var isStored = true
}

/// A tensor between layers, bound to memory for a batch.
final class Slot {
  let plan: SlotPlan
  let timeCount: Int

  /// The values, where they are kept.
  let values: Tensor?

  /// The layer that can compute them, where they are not kept. It holds this slot; the network, whose
  /// steps alone read slots, holds it.
  private unowned let producer: LayerStage?

  /// `[clip, time, frequency, channel]`: the history of each clip, where values are not kept.
  private let leads: SharedBuffer<Float>

  /// The gradient, where one is needed.
  let gradient: Tensor?

  init(
    plan: SlotPlan, producer: LayerStage?, clipCapacity: Int, timeCount: Int,
    gradientBuffer: SharedBuffer<Float>?, memory: WorkspaceMemory
  ) {
    self.plan = plan
    self.timeCount = timeCount
    self.producer = plan.isStored ? nil : producer
    values =
      plan.isStored
      ? Tensor(
        clipCapacity: clipCapacity, timeCount: timeCount, columnShape: plan.columnShape,
        leadCount: plan.leadCount, memory: memory) : nil
    leads = memory.take(
      plan.isStored ? 0 : clipCapacity * plan.leadCount * plan.columnShape.count)
    gradient = gradientBuffer.map {
      Tensor(timeCount: timeCount, columnShape: plan.columnShape, buffer: $0)
    }
  }

  /// Floats of a clip's history.
  private var leadSize: Int { plan.leadCount * plan.columnShape.count }

  /// Floats of a clip's own columns.
  private var ownSize: Int { timeCount * plan.columnShape.count }

  /// Floats of scratch that reading a clip takes.
  var scratchSize: Int { values == nil ? leadSize + ownSize : 0 }

  /// The values of some clips with their history: where they are kept, or computed into `scratch`.
  @unsafe func read(_ clips: Range<Int>, into scratch: Scratch) -> ClipSpan {
    if let values { return unsafe values.span(clips) }
    let span = unsafe ClipSpan(
      base: scratch.input.unsafeBase + leadSize, clipStride: leadSize + ownSize,
      clipCount: clips.count, timeCount: timeCount)
    for (index, clip) in clips.enumerated() {
      let own = unsafe span.start(index)
      unsafe (own - leadSize).update(
        from: leads.unsafeBase + clip * leadSize, count: leadSize)
      unsafe producer!.apply(clip, columns: 0..<timeCount, to: own)
    }
    return unsafe span
  }

  /// Puts the history of each clip before its first column, zeros where it starts from reset, and
  /// keeps its last columns as the history of the next clip in the place.
  ///
  /// Correct for clips shorter than the history, whose next history is partly the old one.
  func exchangeHistory(_ clips: Range<Int>, continues: [Bool], history: SharedBuffer<Float>?) {
    guard leadSize > 0 else { return }
    for clip in clips {
      let lead =
        if let values {
          unsafe values.start(clip) - leadSize
        } else {
          unsafe leads.unsafeBase + clip * leadSize
        }
      guard let history else {
        unsafe lead.update(repeating: 0, count: leadSize)
        continue
      }
      let kept = unsafe history.unsafeBase + clip * leadSize
      if continues[clip] {
        unsafe lead.update(from: kept, count: leadSize)
      } else {
        unsafe lead.update(repeating: 0, count: leadSize)
      }
      let newCount = min(plan.leadCount, timeCount)
      let column = plan.columnShape.count
      let old = (plan.leadCount - newCount) * column
      unsafe kept.update(from: lead + newCount * column, count: old)
      let first = timeCount - newCount
      if let values {
        unsafe (kept + old).update(
          from: values.start(clip) + first * column, count: newCount * column)
      } else {
        unsafe producer!.apply(clip, columns: first..<timeCount, to: kept + old)
      }
    }
  }

  /// sum = values + other for a clip, or the values alone.
  @unsafe func add(
    _ clip: Int, to other: UnsafePointer<Float>?, into sum: UnsafeMutablePointer<Float>
  ) {
    // A producer that rounds must do so before something is added.
    if let producer, producer.map.grid == nil {
      unsafe producer.apply(clip, columns: 0..<timeCount, residual: other, to: sum)
      return
    }
    if let values {
      unsafe sum.update(from: values.start(clip), count: ownSize)
    } else {
      unsafe producer!.apply(clip, columns: 0..<timeCount, to: sum)
    }
    if let other = unsafe other { unsafe Kernels.best.add(ownSize, other, sum) }
  }

  /// A copy of the values of all clips, for those who look at a network from outside.
  func copy(clipCount: Int) -> Tensor {
    if let values { return values }
    let result = Tensor(
      clipCapacity: clipCount, timeCount: timeCount, columnShape: plan.columnShape)
    for clip in 0..<clipCount {
      unsafe producer!.apply(clip, columns: 0..<timeCount, to: result.start(clip))
    }
    return result
  }
}
