// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// Why a network or an optimizer could not be made.
package enum NeuralNetworkError: Error, Equatable, Sendable {
  /// The architecture makes no sense.
  case architecture(ArchitectureError)

  /// A tensor that the architecture needs is not there.
  case missingTensor(name: String)

  /// A tensor has another shape than the architecture needs, or another number of values than its
  /// shape says.
  case shape(name: String, expected: [Int], found: [Int], valueCount: Int)

  /// A tensor holds a value that it cannot have.
  case value(name: String, expected: String, found: Float)
}
