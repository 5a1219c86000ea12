// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong with an architecture.
package enum ArchitectureError: Error, Equatable {
  /// There is no layer.
  case empty

  /// The last layer is not dense.
  case noDenseHead

  /// A layer's name is empty, `input`, used before, reserved for a checkpoint's own tensors, longer
  /// than 200 characters, or has a slash or a control character.
  case badName(layer: String)

  /// A layer refers to one that does not stand before it.
  case unknownLayer(layer: String, reference: String)

  /// A number lies outside its range.
  case outOfRange(layer: String, field: String, found: Int, ClosedRange<Int>)

  /// The layers up to `layer` have more than `Architecture.weightLimit` weights.
  case tooManyWeights(layer: String, found: Int, limit: Int)

  /// The layers up to `layer` put out more than `Architecture.activationLimit` values per window.
  case tooManyActivations(layer: String, found: Int, limit: Int)

  /// Without padding, the kernel along frequency is wider than the input.
  case kernelPastInput(layer: String, kernel: Int, frequencyCount: Int)

  /// The frequencies of the layer cannot be cut into so many bands of equal width.
  case unevenBands(layer: String, frequencyCount: Int, bandCount: Int)

  /// An addend of a sum has neither the shape of the sum's input nor that of one of its
  /// frequencies, or another time stride.
  case addendShape(layer: String, addend: String)

  /// Of a sum's input and an addend one comes before the average pool, one after it.
  case addendAcrossPool(layer: String, addend: String)

  /// The residual's shape or time stride differs from the layer's output.
  case residualShape(layer: String, residual: String)

  /// A layer after the average pool whose kernel or stride reaches along time.
  case timeAfterPool(layer: String, field: String, found: Int)

  /// An average pool after another.
  case secondPool(layer: String)

  /// Of the layer's output and its residual one comes before the average pool, one after it.
  case residualAcrossPool(layer: String, residual: String)

  /// A probability of dropout below 0, at 1 or above, or no number.
  case badDropout(layer: String, found: Float)

  /// A field that this operation cannot have.
  case notAllowed(layer: String, field: String)
}
