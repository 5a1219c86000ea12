// SPDX-License-Identifier: GPL-3.0-or-later

extension Checkpoint {
  /// The value of the container's `kws.kind`.
  package static let kind = "checkpoint"

  private static let statePrefix = "state."
  /// The checkpoint as one file's bytes; the same checkpoint gives the same bytes.
  package func encoded() -> [UInt8] {
    let header = SharedHeader(
      architecture: architecture, features: features, normalization: normalization,
      labels: labels, provenance: provenance)
    var writer = header.writer(kind: Self.kind)
    for (name, value) in state { writer.metadata[Self.statePrefix + name] = value }
    for (name, tensor) in tensors { writer.add(name, shape: tensor.shape, floats: tensor.values) }
    return writer.encoded()
  }

  /// Reads a checkpoint from a file's bytes, trusting none of them.
  ///
  /// The network's own tensors are checked against the architecture; a trainer checks its own.
  /// - Throws: `ModelFormatError` with the field, what was expected and what was found.
  package init(reading bytes: [UInt8]) throws(ModelFormatError) {
    let container = try Safetensors(bytes)
    let header = try SharedHeader(container, kind: Self.kind)
    (architecture, features) = (header.architecture, header.features)
    (normalization, labels) = (header.normalization, header.labels)
    provenance = header.provenance
    state = [:]
    for (name, value) in container.metadata where name.hasPrefix(Self.statePrefix) {
      state[String(name.dropFirst(Self.statePrefix.count))] = value
    }
    tensors = [:]
    for (name, entry) in container.entries
    where name != SharedHeader.meanName && name != SharedHeader.scaleName {
      tensors[name] = FloatTensor(
        shape: entry.shape, values: try container.floats(name, shape: entry.shape))
    }
    for (name, shape) in header.geometry.flatMap(\.networkTensorShapes) {
      guard let tensor = tensors[name] else { throw .missingTensor(name) }
      guard tensor.shape == shape else {
        throw .badTensor(name, expected: "F32 \(shape)", found: "F32 \(tensor.shape)")
      }
      if name.hasSuffix(".norm.variance"), let negative = tensor.values.first(where: { $0 < 0 }) {
        throw .badTensor(name, expected: "no negative value", found: "\(negative)")
      }
    }
  }
}

extension LayerGeometry {
  /// Names and shapes of the layer's parameters and statistics in a checkpoint.
  package var networkTensorShapes: [(name: String, shape: [Int])] {
    guard hasWeights else { return [] }
    let name = layer.name
    let weight = [("\(name).weight", floatWeightShape)]
    guard layer.normalization != .none else { return weight + [("\(name).bias", channelShape)] }
    return weight
      + ["scale", "shift", "mean", "variance"].map { ("\(name).norm.\($0)", channelShape) }
  }
}
