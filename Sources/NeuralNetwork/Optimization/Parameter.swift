// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
import ModelFormat

/// A tensor that an optimizer changes, with its gradient.
package final class Parameter {
  /// `<layer>.weight`, `.bias`, `.norm.scale` or `.norm.shift`.
  package let name: String

  /// Extents in row-major order; see `Operation` for the meaning per layer kind.
  package let shape: [Int]

  /// Whether weight decay applies: to weights only.
  package let decays: Bool

  package let value: SharedBuffer<Float>

  /// The sum over the batch, of the newest backward pass.
  package let gradient: SharedBuffer<Float>

  init(name: String, shape: [Int], decays: Bool) {
    self.name = name
    self.shape = shape
    self.decays = decays
    let count = shape.reduce(1, *)
    value = SharedBuffer(zeroed: count)
    gradient = SharedBuffer(zeroed: count)
  }

  /// Number of values.
  package var count: Int { value.count }
}

extension FloatTensor {
  /// A copy of the first `shape` elements of `buffer`.
  init(shape: [Int], copying buffer: SharedBuffer<Float>) {
    let span = buffer.span
    let count = shape.reduce(1, *)
    self.init(shape: shape, values: (0..<count).map { span[$0] })
  }
}

extension SharedBuffer<Float> {
  /// Fills the buffer from the tensor of that name.
  func load(
    _ name: String, shape: [Int], from tensors: [String: FloatTensor]
  ) throws(NeuralNetworkError) {
    guard let tensor = tensors[name] else { throw .missingTensor(name: name) }
    guard tensor.shape == shape, tensor.values.count == shape.reduce(1, *) else {
      throw .shape(
        name: name, expected: shape, found: tensor.shape, valueCount: tensor.values.count)
    }
    var target = mutableSpan
    for index in tensor.values.indices { target[index] = tensor.values[index] }
  }
}
