// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// A quantized network on one stream of feature frames.
///
/// Every layer computes only its new columns. The posteriors depend on the frames since `init` or
/// `reset` alone, not on how they were cut into calls. Before the first frame everything that a
/// layer looks back on is real 0.0, the window of the average pool too.
package struct StreamingNetwork: ~Copyable {
  /// What is executed.
  package let plan: InferencePlan

  private var state: StreamState

  /// Allocates the state of one stream.
  package init(plan: InferencePlan) {
    self.plan = plan
    state = StreamState(plan: plan)
  }

  /// Bytes of state that belong to this stream alone.
  package var stateByteCount: Int { plan.stateByteCount }

  /// Forgets all frames: exactly the state after `init`.
  package mutating func reset() { state.reset(plan) }

  /// Runs the network on new frames.
  ///
  /// Allocates nothing, takes no lock, makes no system call.
  ///
  /// - Parameters:
  ///   - frames: Raw features `[frame, coefficient]`, not yet normalized; any number of frames.
  ///   - posteriors: Receives `[column, label]`, each row in 0...1 with sum 1; needs room for
  ///     `plan.largestColumnCount(frameCount:)` columns, or for those that really come.
  /// - Returns: The columns written, `((t + n) / s) - (t / s)` for `n` frames after `t` earlier
  ///   ones at `s = plan.framesPerColumn`.
  /// - Precondition: Whole frames; enough room.
  package mutating func process(
    _ frames: Span<Float>, into posteriors: inout MutableSpan<Float>
  ) -> Int {
    let coefficientCount = plan.coefficientCount
    let labelCount = plan.labels.count
    precondition(frames.count % coefficientCount == 0, "frames are not whole")
    let total = frames.count / coefficientCount
    let columns =
      (state.frameCount + total) / plan.framesPerColumn - state.frameCount / plan.framesPerColumn
    precondition(posteriors.count >= columns * labelCount, "no room for the posteriors")
    let plan = self.plan
    var written = 0
    unsafe frames.withUnsafeBufferPointer { source in
      unsafe posteriors.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress else { return }
        var done = 0
        while done < total {
          let count = min(ArenaPlan.blockFrameCount, total - done)
          let new = unsafe state.run(plan, source + done * coefficientCount, count)
          for column in 0..<new {
            guard let target = target.baseAddress else { return }
            unsafe kws_int8_softmax(
              state.logits.unsafeBase + column * labelCount,
              target + (written + column) * labelCount, labelCount)
          }
          written += new
          done += count
        }
      }
    }
    return written
  }
}

extension StreamState {
  /// Runs one block of up to `ArenaPlan.blockFrameCount` frames; returns the columns of logits.
  fileprivate mutating func run(
    _ plan: InferencePlan, _ frames: UnsafePointer<Float>, _ count: Int
  ) -> Int {
    advanceClocks(plan, count)
    makeRoom(plan)
    let arena = unsafe self.arena.unsafeBase
    let positions = unsafe self.positions.unsafeBase
    let clocks = unsafe self.clocks.unsafeBase
    let tensors = plan.arena.tensors
    let program = plan.program
    let kernels = unsafe plan.kernels.pointee
    let input = tensors[0]
    unsafe kernels.quantize(
      program.input.unsafeBase, frames,
      arena + input.offset + positions[0] * input.columnStride + input.centre, count)
    for step in program.steps {
      let new = unsafe clocks[2 * step.clock + 1]
      guard new > 0 else { continue }
      let source = tensors[step.input]
      // The newest input column of the first new output column, counted from the block's first.
      let first = unsafe (clocks[2 * step.clock] + 1) * step.stride - 1 - clocks[2 * source.clock]
      let from =
        unsafe arena + source.offset + step.inputOffset
        + (positions[step.input] + first) * source.columnStride
      guard step.kind != .logits else {
        unsafe kernels.dense(
          program.convolutions.unsafeBase + step.operation, from, logits.unsafeBase, new)
        activateLogits(plan, new)
        continue
      }
      let target = tensors[step.output]
      let to =
        unsafe arena + target.offset + step.outputOffset
        + positions[step.output] * target.columnStride
      var added: UnsafePointer<UInt8>?
      if step.residual >= 0 {
        let residual = tensors[step.residual]
        unsafe added = UnsafePointer(
          arena + residual.offset + step.residualOffset
            + positions[step.residual] * residual.columnStride)
      }
      switch step.kind {
      case .convolution:
        unsafe kernels.convolution(
          program.convolutions.unsafeBase + step.operation, from, added, to, new)
      case .depthwise:
        unsafe kernels.depthwise(
          program.depthwises.unsafeBase + step.operation, from, added, to, new)
      case .averagePool:
        unsafe kernels.average_pool(
          program.averagePools.unsafeBase + step.operation, from,
          sums.unsafeBase + step.sumOffset, to, new)
      case .frequencyAverage:
        unsafe kernels.frequency_average(
          program.frequencyAverages.unsafeBase + step.operation, from, to, new)
      case .sum:
        for (index, term) in program.terms[step.terms].enumerated() {
          let tensor = tensors[term.tensor]
          unsafe terms.unsafeBase[index] = UnsafePointer(
            arena + tensor.offset + term.offset + positions[term.tensor] * tensor.columnStride)
        }
        unsafe kernels.sum(
          program.sums.unsafeBase + step.operation, terms.unsafeBase, to, new)
      case .logits: break
      }
    }
    for index in tensors.indices {
      unsafe positions[index] += clocks[2 * tensors[index].clock + 1]
    }
    return unsafe clocks[2 * plan.program.logitClock + 1]
  }

  /// Notes how many columns each time stride had and how many `count` frames add.
  private mutating func advanceClocks(_ plan: InferencePlan, _ count: Int) {
    let frameCount = self.frameCount
    var clocks = self.clocks.mutableSpan
    for (index, stride) in plan.arena.timeStrides.enumerated() {
      let before = frameCount / stride
      clocks[2 * index] = before
      clocks[2 * index + 1] = (frameCount + count) / stride - before
    }
    self.frameCount = frameCount + count
  }

  /// Moves the columns that are still needed to the front of tensors without room for the block.
  private mutating func makeRoom(_ plan: InferencePlan) {
    for (index, tensor) in plan.arena.tensors.enumerated() {
      let position = unsafe positions.unsafeBase[index]
      let new = unsafe clocks.unsafeBase[2 * tensor.clock + 1]
      guard position + new > tensor.capacity else { continue }
      let base = unsafe arena.unsafeBase + tensor.offset
      unsafe UnsafeMutableRawPointer(base).copyMemory(
        from: base + (position - tensor.historyCount) * tensor.columnStride,
        byteCount: tensor.historyCount * tensor.columnStride)
      unsafe positions.unsafeBase[index] = tensor.historyCount
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
