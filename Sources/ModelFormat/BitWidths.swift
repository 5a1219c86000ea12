// SPDX-License-Identifier: GPL-3.0-or-later

/// How many bits each layer of a network in integers has.
package struct BitWidths: Codable, Equatable, Sendable {
  /// The widths that an activation tensor may have. The features always have 8.
  package static let activationBitCounts = [4, 8]

  /// Per layer of the architecture; 0 for a layer without weights.
  package var weights: [Int]

  /// Of what each layer puts out; the last one's logits are real numbers, whatever stands here. A
  /// `frequencyToChannels` layer has its input's.
  package var activations: [Int]

  /// - Parameters:
  ///   - geometry: That of the whole architecture.
  ///   - weights: One width for all layers with weights, or one for each of them.
  ///   - activations: One width for all layers, or one for each of them, those without weights too.
  /// - Throws: `BitWidthError`.
  package init(
    _ geometry: [LayerGeometry], weights: [Int], activations: [Int] = [8]
  ) throws(BitWidthError) {
    for bitCount in weights where !WeightLevels.bitCounts.contains(bitCount) {
      throw .weightBits(found: bitCount)
    }
    for bitCount in activations where !Self.activationBitCounts.contains(bitCount) {
      throw .activationBits(found: bitCount)
    }
    let weighted = geometry.indices.filter { geometry[$0].hasWeights }
    guard weights.count == 1 || weights.count == weighted.count else {
      throw .weightCount(
        expected: weighted.map { geometry[$0].layer.name }, found: weights.count)
    }
    guard activations.count == 1 || activations.count == geometry.count else {
      throw .activationCount(expected: geometry.map(\.layer.name), found: activations.count)
    }
    self.weights = Array(repeating: 0, count: geometry.count)
    for (place, index) in weighted.enumerated() {
      self.weights[index] = weights[weights.count == 1 ? 0 : place]
    }
    self.activations = geometry.indices.map { activations[activations.count == 1 ? 0 : $0] }
    for (index, layer) in geometry.enumerated() {
      guard case .frequencyToChannels = layer.layer.operation else { continue }
      self.activations[index] = layer.inputIndex.map { self.activations[$0] } ?? 8
    }
  }
}

/// Why bits cannot be given to an architecture's layers.
package enum BitWidthError: Error, Equatable {
  /// No weight has this width.
  case weightBits(found: Int)

  /// No activation has this width.
  case activationBits(found: Int)

  /// Neither one width nor one for each of these layers, which have weights.
  case weightCount(expected: [String], found: Int)

  /// Neither one width nor one for each of these layers.
  case activationCount(expected: [String], found: Int)
}
