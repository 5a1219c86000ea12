// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
package import ModelFormat

/// An immutable, checked form of a quantized model that any number of streams run on.
///
/// Weights are packed for the kernels and the arena of a stream is laid out here, so that
/// `StreamingNetwork` only executes.
@safe package final class InferencePlan: @unchecked Sendable {
  /// Values per feature frame.
  package let coefficientCount: Int

  /// One label per posterior.
  package let labels: [String]

  /// Feature frames per column of posteriors: column `u` appears with frame
  /// `(u + 1) * framesPerColumn - 1`.
  package let framesPerColumn: Int

  /// Frames of the window that the model was made for.
  package let windowFrameCount: Int

  /// Frames that are worked through at once, see `init`.
  package let blockFrameCount: Int

  /// Name of the kernels in use.
  package let instructionSet: String

  /// Bytes that one stream needs.
  package let stateByteCount: Int

  /// Frames that are worked through at once where nothing else is asked for.
  ///
  /// Measured on the whole line of the default model: blocks of 8, 16 and 32 frames need 30.5, 38.7
  /// and 55.1 kB per stream, and 32 frames replay 8 % faster than 8.
  package static let defaultBlockFrameCount = 8

  /// Most bytes that one stream may need.
  package static let stateByteLimit = 1 << 28

  let arena: ArenaPlan
  let program: LayerProgram
  let table: ExecutionTable
  let finalActivation: Activation
  let kernels: UnsafePointer<kws_int8_kernels>

  /// The kernels that this processor can run, best first; the last is `scalar`.
  package static var availableInstructionSets: [String] {
    var names: [String] = []
    while let table = unsafe kws_int8_kernels_at(Int32(names.count)) {
      unsafe names.append(String(cString: table.pointee.name))
    }
    return names
  }

  /// Checks `model` and plans its execution.
  ///
  /// - Parameters:
  ///   - instructionSet: One of `availableInstructionSets`, or nil for the best. All give the same
  ///     bits.
  ///   - blockFrameCount: Frames that are worked through at once, at least 1: a call with more is
  ///     cut into blocks. The window form of a network for whole clips has `windowFrameCount` of
  ///     the architecture: every layer reads its weights once per clip. All give the same bits;
  ///     the state of a stream grows with it.
  /// - Throws: `InferenceError` for the first thing that does not fit.
  package init(
    model: QuantizedModel, instructionSet: String? = nil,
    blockFrameCount: Int = InferencePlan.defaultBlockFrameCount
  ) throws(InferenceError) {
    let available = Self.availableInstructionSets
    let name = instructionSet ?? available[0]
    guard let index = available.firstIndex(of: name),
      let kernelTable = unsafe kws_int8_kernels_at(Int32(index))
    else { throw .unknownInstructionSet(found: name, available: available) }
    let geometry: [LayerGeometry]
    do {
      geometry = try model.architecture.geometry()
    } catch {
      throw .architecture(error)
    }
    try ModelValidation(model: model, geometry: geometry).check()
    let last = geometry[geometry.count - 1]
    let arena = ArenaPlan(
      model: model, geometry: geometry, blockFrameCount: max(1, blockFrameCount))
    let stateByteCount = StreamState.byteCount(arena: arena, geometry: geometry)
    guard stateByteCount <= Self.stateByteLimit else {
      throw .stateSize(found: stateByteCount, limit: Self.stateByteLimit)
    }
    unsafe kernels = kernelTable
    program = try LayerProgram(model: model, geometry: geometry, arena: arena)
    table = ExecutionTable(program: program, arena: arena)
    self.arena = arena
    self.blockFrameCount = arena.blockFrameCount
    self.stateByteCount = stateByteCount
    self.instructionSet = name
    coefficientCount = model.architecture.coefficientCount
    windowFrameCount = model.architecture.windowFrameCount
    labels = model.labels
    framesPerColumn = last.timeStride
    finalActivation = last.layer.activation
  }

  /// Most columns that `frameCount` frames can complete, whatever came before them.
  package func largestColumnCount(frameCount: Int) -> Int {
    (frameCount + framesPerColumn - 1) / framesPerColumn
  }

  /// For benchmarks: multiply-accumulates in registers as the kernels do them, in `count` turns of a
  /// loop. Returns how many.
  package func multiplyAccumulateInRegisters(_ count: Int) -> Int {
    unsafe kernels.pointee.peak(count)
  }
}
