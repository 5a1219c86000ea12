// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// What one stream remembers.
@safe struct StreamState: ~Copyable {
  /// The tensors, see `ArenaPlan`.
  var arena: AlignedBuffer<UInt8>

  /// Running sums of the average pools, `[pool, channel]`.
  var sums: AlignedBuffer<Int32>

  /// Per tensor the index of the column that comes next.
  var positions: AlignedBuffer<Int>

  /// Per time stride the number of columns before the block, then those that the block adds.
  var clocks: AlignedBuffer<Int>

  /// Logits of one block, `[column, label]`.
  var logits: AlignedBuffer<Float>

  /// Where the columns of a sum's terms start, while it runs.
  var terms: AlignedBuffer<UnsafePointer<UInt8>?>

  /// Frames since the start of the stream.
  var frameCount = 0

  init(plan: InferencePlan) {
    let arenaPlan = plan.arena
    arena = AlignedBuffer(zeroed: arenaPlan.byteCount + Int(KWS_INT8_READ_SLACK))
    sums = AlignedBuffer(zeroed: plan.program.sumCount)
    positions = AlignedBuffer(zeroed: arenaPlan.tensors.count)
    clocks = AlignedBuffer(zeroed: 2 * arenaPlan.timeStrides.count)
    unsafe terms = AlignedBuffer(
      zeroed: plan.program.steps.reduce(0) { max($0, $1.terms.count) })
    logits = AlignedBuffer(
      zeroed: plan.labels.count * plan.largestColumnCount(frameCount: arenaPlan.blockFrameCount))
    // The padding of all columns, which nothing ever writes.
    for tensor in arenaPlan.tensors where !tensor.isScratch {
      fill(tensor, columnCount: tensor.capacity)
    }
    reset(plan)
  }

  /// Fills the histories with real zeros, the zero points. What lies behind them is written before
  /// it is read.
  mutating func reset(_ plan: InferencePlan) {
    frameCount = 0
    for (index, tensor) in plan.arena.tensors.enumerated() {
      fill(tensor, columnCount: tensor.historyCount)
      unsafe positions.unsafeBase[index] = tensor.historyCount
    }
    for step in plan.program.steps where step.kind == .averagePool {
      let pool = unsafe plan.program.averagePools.unsafeBase[step.operation]
      unsafe (sums.unsafeBase + step.sumOffset).update(
        repeating: pool.zero_sum, count: Int(pool.channel_count))
    }
  }

  private mutating func fill(_ tensor: TensorPlan, columnCount: Int) {
    unsafe (arena.unsafeBase + tensor.offset).update(
      repeating: UInt8(tensor.quantization.zeroPoint), count: columnCount * tensor.columnStride)
  }

  /// Bytes of all buffers.
  static func byteCount(arena: ArenaPlan, geometry: [LayerGeometry]) -> Int {
    let last = geometry[geometry.count - 1]
    let columns = (arena.blockFrameCount + last.timeStride - 1) / last.timeStride
    var (sums, terms) = (0, 0)
    for layer in geometry {
      if case .averagePool = layer.layer.operation { sums += layer.output.channelCount }
      if case .sum(let others) = layer.layer.operation { terms = max(terms, 1 + others.count) }
    }
    return arena.byteCount + Int(KWS_INT8_READ_SLACK) + 4 * sums + 8 * terms
      + 8 * arena.tensors.count
      + 16 * arena.timeStrides.count + 4 * columns * last.output.channelCount
  }
}
