// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// One block of frames through the steps of a plan.
extension StreamState {
  /// Runs one block of up to `plan.blockFrameCount` frames; returns its columns, of which `logits`
  /// has all or the newest.
  mutating func run(
    _ plan: InferencePlan, _ frames: UnsafePointer<Float>, _ count: Int,
    _ answers: AnsweredColumns
  ) -> Int {
    unsafe begin(plan, frames, count)
    for index in 0..<plan.table.steps.count { execute(plan, index, answers) }
    return end(plan)
  }

  /// Makes room for a block of frames and quantizes them.
  mutating func begin(_ plan: InferencePlan, _ frames: UnsafePointer<Float>, _ count: Int) {
    advanceClocks(plan.table, count)
    makeRoom(plan.table)
    let stride = unsafe plan.table.tensors.unsafeBase[0].columnStride
    let target = unsafe arena.unsafeBase + plan.arena.inputOffset
    unsafe plan.kernels.pointee.quantize(
      plan.program.input.unsafeBase, frames, target + positions.unsafeBase[0] * stride, count)
  }

  /// Notes that the tensors have the block's columns; returns how many the logits have.
  mutating func end(_ plan: InferencePlan) -> Int {
    let positions = unsafe self.positions.unsafeBase
    let clocks = unsafe self.clocks.unsafeBase
    let tensors = unsafe plan.table.tensors.unsafeBase
    for index in 0..<plan.table.tensors.count {
      unsafe positions[index] += clocks[2 * tensors[index].clock + 1]
    }
    return unsafe clocks[2 * plan.program.logitClock + 1]
  }

  /// Computes a step's new columns.
  @inline(__always)
  mutating func execute(_ plan: InferencePlan, _ index: Int, _ answers: AnsweredColumns) {
    let step = unsafe plan.table.steps.unsafeBase + index
    let arena = unsafe self.arena.unsafeBase
    let positions = unsafe self.positions.unsafeBase
    let clocks = unsafe self.clocks.unsafeBase
    let program = plan.program
    let kernels = unsafe plan.kernels
    let new = unsafe clocks[2 * step.pointee.clock + 1]
    guard new > 0 else { return }
    // Behind a pool one column is enough where one is asked for: it looks back on none.
    let unasked = answers == .newest ? new - 1 : 0
    let skipped = unsafe step.pointee.followsPool ? unasked : 0
    let columns = new - skipped
    // The newest input column of the first new output column, counted from the block's first.
    let first =
      unsafe (clocks[2 * step.pointee.clock] + 1) * step.pointee.stride - 1
      - clocks[2 * step.pointee.inputClock]
    let from = unsafe Self.column(step.pointee.input, arena, positions, first + skipped)
    let to = unsafe Self.column(step.pointee.output, arena, positions, skipped)
    let operation = unsafe step.pointee.operation
    switch unsafe step.pointee.kind {
    case .convolution:
      unsafe kernels.pointee.convolution(
        program.convolutions.unsafeBase + operation, from,
        Self.residual(step, arena, positions, skipped), to, columns)
    case .depthwise:
      unsafe kernels.pointee.depthwise(
        program.depthwises.unsafeBase + operation, from,
        Self.residual(step, arena, positions, skipped), to, columns)
    case .averagePool:
      unsafe kernels.pointee.average_pool(
        program.averagePools.unsafeBase + operation, from,
        sums.unsafeBase + step.pointee.sumOffset,
        Self.column(step.pointee.output, arena, positions, unasked), new, unasked)
    case .frequencyAverage:
      unsafe kernels.pointee.frequency_average(
        program.frequencyAverages.unsafeBase + operation, from, to, columns)
    case .sum:
      let operands = unsafe plan.table.terms.unsafeBase + step.pointee.firstTerm
      for term in unsafe 0..<step.pointee.termCount {
        unsafe terms.unsafeBase[term] = UnsafePointer(
          Self.column(operands[term], arena, positions, skipped))
      }
      unsafe kernels.pointee.sum(
        program.sums.unsafeBase + operation, terms.unsafeBase, to, columns)
    case .logits:
      let late = unsafe Self.column(
        step.pointee.input, arena, positions, first + unasked * step.pointee.stride)
      unsafe kernels.pointee.dense(
        program.convolutions.unsafeBase + operation, late, logits.unsafeBase, new - unasked)
      activateLogits(plan, new - unasked)
    }
  }

  @inline(__always)
  private static func residual(
    _ step: UnsafePointer<ExecutionStep>, _ arena: UnsafeMutablePointer<UInt8>,
    _ positions: UnsafeMutablePointer<Int>, _ index: Int
  ) -> UnsafePointer<UInt8>? {
    guard unsafe step.pointee.hasResidual else { return nil }
    return unsafe UnsafePointer(column(step.pointee.residual, arena, positions, index))
  }

  /// What a step sees of the block's column `index` of a tensor.
  @inline(__always)
  private static func column(
    _ operand: ExecutionStep.Operand, _ arena: UnsafeMutablePointer<UInt8>,
    _ positions: UnsafeMutablePointer<Int>, _ index: Int
  ) -> UnsafeMutablePointer<UInt8> {
    unsafe arena + operand.offset + (positions[operand.tensor] + index) * operand.columnStride
  }

  /// Notes how many columns each time stride had and how many `count` frames add.
  private mutating func advanceClocks(_ table: ExecutionTable, _ count: Int) {
    let clocks = unsafe self.clocks.unsafeBase
    let strides = unsafe table.timeStrides.unsafeBase
    for index in 0..<table.timeStrides.count {
      let before = unsafe frameCount / strides[index]
      unsafe clocks[2 * index] = before
      unsafe clocks[2 * index + 1] = (frameCount + count) / strides[index] - before
    }
    frameCount += count
  }

  /// Moves the columns that are still needed to the front of tensors without room for the block.
  private mutating func makeRoom(_ table: ExecutionTable) {
    let tensors = unsafe table.tensors.unsafeBase
    let positions = unsafe self.positions.unsafeBase
    for index in 0..<table.tensors.count {
      let tensor = unsafe tensors + index
      let position = unsafe positions[index]
      let new = unsafe clocks.unsafeBase[2 * tensor.pointee.clock + 1]
      guard unsafe position + new > tensor.pointee.capacity else { continue }
      let base = unsafe arena.unsafeBase + tensor.pointee.offset
      let (kept, stride) = unsafe (tensor.pointee.historyCount, tensor.pointee.columnStride)
      unsafe UnsafeMutableRawPointer(base).copyMemory(
        from: base + (position - kept) * stride, byteCount: kept * stride)
      unsafe positions[index] = kept
    }
  }

  /// An activation on the last layer acts on its real values.
  private mutating func activateLogits(_ plan: InferencePlan, _ columns: Int) {
    let activation = plan.finalActivation
    guard activation != .none else { return }
    var values = logits.mutableSpan
    for index in 0..<columns * plan.labels.count {
      let x = values[index]
      values[index] =
        switch activation {
        case .none: x
        case .relu: max(x, 0)
        case .relu6: min(max(x, 0), 6)
        case .hardSwish: x * min(max(x + 3, 0), 6) / 6
        }
    }
  }
}
