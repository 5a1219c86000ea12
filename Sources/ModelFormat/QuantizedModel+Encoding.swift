// SPDX-License-Identifier: GPL-3.0-or-later

extension QuantizedModel {
  /// The value of the container's `kws.kind`.
  package static let kind = "quantized-model"

  /// Quantization of every activation, as stored.
  private struct Quantization: Codable {
    var input: ActivationQuantization
    var layers: [Layer]

    struct Layer: Codable {
      var weightBits: Int
      var output: ActivationQuantization?
    }
  }

  /// The model as one file's bytes; the same model gives the same bytes.
  package func encoded() -> [UInt8] {
    let header = SharedHeader(
      architecture: architecture, features: features, normalization: normalization,
      labels: labels, provenance: provenance)
    var writer = header.writer(kind: Self.kind)
    writer.metadata["quantization"] = MetadataFields.encode(
      Quantization(
        input: input,
        layers: layers.map { .init(weightBits: $0.weightBits, output: $0.output) }))
    writer.metadata["detection"] = MetadataFields.encode(detection)
    if let operatingPoints {
      writer.metadata[OperatingPoints.field] = MetadataFields.encode(operatingPoints)
    }
    if let scores { writer.metadata[ScoreCalibration.field] = MetadataFields.encode(scores) }
    for (layer, geometry) in zip(layers, header.geometry) where geometry.hasWeights {
      let name = geometry.layer.name
      let shape = geometry.channelShape
      if layer.weightBits == 8 {
        writer.add("\(name).weight", shape: geometry.weightShape, signedBytes: layer.weights)
      } else {
        let packed = PackedWeights.pack(layer.weights, WeightLevels(bitCount: layer.weightBits))
        writer.add("\(name).weight", shape: [packed.count], bytes: packed)
      }
      writer.add("\(name).weightScale", shape: shape, floats: layer.weightScales)
      writer.add("\(name).bias", shape: shape, integers: layer.bias)
    }
    return writer.encoded()
  }

  /// Reads a model from a file's bytes, trusting none of them.
  ///
  /// - Throws: `ModelFormatError` with the field, what was expected and what was found.
  package init(reading bytes: [UInt8]) throws(ModelFormatError) {
    let container = try Safetensors(bytes)
    let header = try SharedHeader(container, kind: Self.kind)
    (architecture, features) = (header.architecture, header.features)
    (normalization, labels) = (header.normalization, header.labels)
    provenance = header.provenance
    let metadata = container.metadata
    detection = try MetadataFields.decode(DetectionParameters.self, "detection", in: metadata)
    try MetadataFields.checkText(
      detection.thresholds.keys.sorted() + detection.rejectLabels, "detection")
    operatingPoints = try OperatingPoints(reading: metadata, labels: labels)
    scores = try ScoreCalibration(reading: metadata, labels: labels)
    let geometry = header.geometry
    let quantization = try MetadataFields.decode(Quantization.self, "quantization", in: metadata)
    guard quantization.layers.count == geometry.count else {
      throw .badField(
        "quantization.layers", expected: "\(geometry.count)", found: "\(quantization.layers.count)")
    }
    input = try quantization.input.checked("quantization.input")
    layers = []
    for (index, (entry, geometry)) in zip(quantization.layers, geometry).enumerated() {
      let field = "quantization.layers[\(index)]"
      guard (entry.output == nil) == (index == quantization.layers.count - 1) else {
        throw .badField(
          "\(field).output", expected: "a quantization for every layer but the last",
          found: entry.output == nil ? "none" : "one for the last")
      }
      var layer = QuantizedLayer(
        weightBits: entry.weightBits, weights: [], weightScales: [], bias: [],
        output: try entry.output?.checked("\(field).output"))
      let expectedBits = geometry.hasWeights ? WeightLevels.bitCounts : [0]
      guard expectedBits.contains(entry.weightBits) else {
        throw .badField(
          "\(field).weightBits", expected: "one of \(expectedBits)", found: "\(entry.weightBits)")
      }
      if geometry.hasWeights { try layer.read(from: container, geometry: geometry) }
      layers.append(layer)
    }
  }
}

extension QuantizedLayer {
  fileprivate mutating func read(
    from container: Safetensors, geometry: LayerGeometry
  ) throws(ModelFormatError) {
    let name = geometry.layer.name
    let shape = geometry.channelShape
    if weightBits == 8 {
      weights = try container.signedBytes("\(name).weight", shape: geometry.weightShape)
    } else {
      let levels = WeightLevels(bitCount: weightBits)
      let count = geometry.weightCount
      let packed = try container.bytes(
        "\(name).weight", shape: [PackedWeights.byteCount(count, levels)])
      weights = try PackedWeights.unpack(packed, count: count, levels, name: "\(name).weight")
    }
    weightScales = try container.floats("\(name).weightScale", shape: shape)
    bias = try container.integers("\(name).bias", shape: shape)
    guard !weights.contains(-128) else {
      throw .badTensor("\(name).weight", expected: "-127...127", found: "-128")
    }
    let isSigned = geometry.hasSignedScales
    for scale in weightScales where !(scale > 0 || scale < 0 && isSigned) {
      throw .badTensor(
        "\(name).weightScale", expected: isSigned ? "not 0" : "positive", found: "\(scale)")
    }
    for value in bias where value.magnitude > 1 << 30 {
      throw .badTensor("\(name).bias", expected: "at most 2^30", found: "\(value)")
    }
  }
}

extension ActivationQuantization {
  fileprivate func checked(_ field: String) throws(ModelFormatError) -> ActivationQuantization {
    guard scale.isFinite, scale > 0 else {
      throw .badField("\(field).scale", expected: "finite and positive", found: "\(scale)")
    }
    guard BitWidths.activationBitCounts.contains(bitCount) else {
      throw .badField(
        "\(field).bitCount", expected: "one of \(BitWidths.activationBitCounts)",
        found: "\(bitCount)")
    }
    guard (0...largest).contains(zeroPoint) else {
      throw .badField("\(field).zeroPoint", expected: "0...\(largest)", found: "\(zeroPoint)")
    }
    return self
  }
}

extension LayerGeometry {
  /// Shape of what a layer has one of per output channel, such as biases and scales: `[channel]`,
  /// with SubSpectralNorm `[band, channel]`.
  package var channelShape: [Int] {
    if case .subSpectral(let bandCount) = layer.normalization {
      return [bandCount, output.channelCount]
    }
    return [output.channelCount]
  }

  /// Whether the scales of the integer weights hold a normalization's gains, of either sign.
  package var hasSignedScales: Bool {
    if case .subSpectral = layer.normalization { true } else { false }
  }

  /// Shape of the integer weights in a model file; see `QuantizedLayer.weights`.
  package var weightShape: [Int] {
    switch layer.operation {
    case .convolution(let outputs, let window):
      [outputs, window.kernel.time, window.kernel.frequency, input.channelCount]
    case .depthwise(let window):
      [window.kernel.time, window.kernel.frequency, input.channelCount]
    case .dense(let outputs): [outputs, input.channelCount]
    case .frequencyToChannels, .frequencyAverage, .averagePool, .sum: [0]
    }
  }

  /// Shape of the float weights in a checkpoint; see `Operation`.
  package var floatWeightShape: [Int] {
    switch layer.operation {
    case .convolution(let outputs, let window):
      [window.kernel.time, window.kernel.frequency, input.channelCount, outputs]
    case .depthwise(let window):
      [window.kernel.time, window.kernel.frequency, input.channelCount]
    case .dense(let outputs): [input.channelCount, outputs]
    case .frequencyToChannels, .frequencyAverage, .averagePool, .sum: [0]
    }
  }
}
