// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels

/// What the loop over steps reads of a step: one record without references, so that the loop of a
/// stream is loads and a few multiplications. At one frame per call it costs as much as small
/// kernels.
struct ExecutionStep: BitwiseCopyable {
  /// A tensor as a step sees it.
  struct Operand: BitwiseCopyable {
    /// Index into the positions.
    var tensor: Int

    /// Bytes from the start of the arena to what the step reads of column 0.
    var offset: Int
    var columnStride: Int
  }

  var kind: LayerStep.Kind
  var followsPool: Bool
  var hasResidual: Bool

  /// Index into the operators of the kind.
  var operation: Int
  var stride: Int
  var clock: Int
  var inputClock: Int
  var input: Operand
  var residual: Operand
  var output: Operand
  var sumOffset: Int
  var firstTerm: Int
  var termCount: Int
}

/// What keeping the columns of one tensor needs.
struct ExecutionTensor: BitwiseCopyable {
  var clock: Int
  var offset: Int
  var columnStride: Int
  var historyCount: Int
  var capacity: Int
}

/// The steps and tensors of a plan as records in plain memory.
@safe struct ExecutionTable {
  let steps: SharedBuffer<ExecutionStep>
  let terms: SharedBuffer<ExecutionStep.Operand>
  let tensors: SharedBuffer<ExecutionTensor>
  let timeStrides: SharedBuffer<Int>

  init(program: LayerProgram, arena: ArenaPlan) {
    func operand(_ tensor: Int, _ offset: Int) -> ExecutionStep.Operand {
      guard tensor >= 0 else { return ExecutionStep.Operand(tensor: 0, offset: 0, columnStride: 0) }
      let plan = arena.tensors[tensor]
      return ExecutionStep.Operand(
        tensor: tensor, offset: plan.offset + offset, columnStride: plan.columnStride)
    }
    steps = SharedBuffer(
      program.steps.map { step in
        ExecutionStep(
          kind: step.kind, followsPool: step.followsPool, hasResidual: step.residual >= 0,
          operation: step.operation, stride: step.stride, clock: step.clock,
          inputClock: arena.tensors[step.input].clock,
          input: operand(step.input, step.inputOffset),
          residual: operand(step.residual, step.residualOffset),
          output: operand(step.output, step.outputOffset), sumOffset: step.sumOffset,
          firstTerm: step.terms.lowerBound, termCount: step.terms.count)
      })
    terms = SharedBuffer(program.terms.map { operand($0.tensor, $0.offset) })
    tensors = SharedBuffer(
      arena.tensors.map {
        ExecutionTensor(
          clock: $0.clock, offset: $0.offset, columnStride: $0.columnStride,
          historyCount: $0.historyCount, capacity: $0.capacity)
      })
    timeStrides = SharedBuffer(arena.timeStrides)
  }
}
