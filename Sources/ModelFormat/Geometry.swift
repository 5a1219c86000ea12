// SPDX-License-Identifier: GPL-3.0-or-later

/// The shape of one column, one step in time, of a tensor: `[frequency, channel]`.
package struct ColumnShape: Equatable, Sendable {
  package var frequencyCount: Int
  package var channelCount: Int

  /// Values per column.
  package var count: Int { frequencyCount * channelCount }

  package init(frequencyCount: Int, channelCount: Int) {
    self.frequencyCount = frequencyCount
    self.channelCount = channelCount
  }
}

/// A layer of an architecture with its names resolved and its shapes inferred.
package struct LayerGeometry: Equatable, Sendable {
  /// The layer as written.
  package var layer: Layer

  /// Index of the layer whose output is read; nil for the features.
  package var inputIndex: Int?

  /// Index of the layer whose output is added.
  package var residualIndex: Int?

  /// Indices of the layers whose outputs a sum adds to its input.
  package var addendIndices: [Int]

  /// Shape of an input column.
  package var input: ColumnShape

  /// Shape of an output column.
  package var output: ColumnShape

  /// Feature frames per output column.
  package var timeStride: Int

  /// Columns of its input, before the newest, that the layer looks back on.
  package var historyCount: Int

  /// Output columns per model window (of `windowFrameCount` frames from reset).
  package var windowColumnCount: Int

  /// Columns averaged by an average pool; 1 for other layers.
  package var poolLength: Int

  /// Whether the input is what an average pool puts out, or comes of that. In a window such a layer
  /// runs once, on the window's mean; in a stream at every column.
  package var followsPool: Bool

  /// Whether the output is, or comes of, an average pool's.
  var isPooled: Bool { followsPool || layer.operation == .averagePool }
}

extension Architecture {
  /// Weights of all layers together: 256 MiB in single precision.
  package static let weightLimit = 1 << 26

  /// Values that all layers together put out per window: 1 GiB in single precision.
  package static let activationLimit = 1 << 28

  /// Resolves names and infers shapes.
  ///
  /// Time: output column `u` of a layer of stride `s` appears with input column `t = s * u + s - 1`
  /// and reads the input columns `t - (kernel - 1) * dilation ... t`. Frequency: see
  /// `FrequencyPadding`.
  ///
  /// - Throws: `ArchitectureError` for the first layer that makes no sense.
  package func geometry() throws(ArchitectureError) -> [LayerGeometry] {
    guard (1...1024).contains(coefficientCount) else {
      throw .outOfRange(
        layer: "input", field: "coefficientCount", found: coefficientCount, 1...1024)
    }
    guard (1...10_000).contains(windowFrameCount) else {
      throw .outOfRange(
        layer: "input", field: "windowFrameCount", found: windowFrameCount, 1...10_000)
    }
    guard !layers.isEmpty else { throw .empty }
    guard layers.count <= 1_000 else {
      throw .outOfRange(layer: "input", field: "layers", found: layers.count, 1...1_000)
    }
    var resolved: [LayerGeometry] = []
    var (weightCount, activationCount) = (0, 0)
    var indexOfName: [String: Int] = [:]
    for (index, layer) in layers.enumerated() {
      guard layer.hasUsableName, indexOfName[layer.name] == nil else {
        throw .badName(layer: layer.name)
      }
      var inputIndex: Int? = index == 0 ? nil : index - 1
      if let name = layer.input {
        if name == "input" {
          inputIndex = nil
        } else if let found = indexOfName[name] {
          inputIndex = found
        } else {
          throw .unknownLayer(layer: layer.name, reference: name)
        }
      }
      let source = inputIndex.map { resolved[$0] }
      let sourceShape =
        source?.output ?? ColumnShape(frequencyCount: coefficientCount, channelCount: 1)
      var geometry = LayerGeometry(
        layer: layer, inputIndex: inputIndex, residualIndex: nil, addendIndices: [],
        input: sourceShape,
        output: sourceShape, timeStride: source?.timeStride ?? 1, historyCount: 0,
        windowColumnCount: source?.windowColumnCount ?? windowFrameCount, poolLength: 1,
        followsPool: source?.isPooled ?? false)
      func earlier(_ name: String) throws(ArchitectureError) -> Int {
        guard let found = indexOfName[name] else {
          throw .unknownLayer(layer: layer.name, reference: name)
        }
        return found
      }
      try geometry.applyOperation()
      if case .sum(let others) = layer.operation {
        for name in others {
          let found = try earlier(name)
          try geometry.checkAddend(resolved[found])
          geometry.addendIndices.append(found)
        }
      }
      if let name = layer.residual {
        let found = try earlier(name)
        guard resolved[found].output == geometry.output,
          resolved[found].timeStride == geometry.timeStride
        else { throw .residualShape(layer: layer.name, residual: name) }
        guard resolved[found].isPooled == geometry.isPooled else {
          throw .residualAcrossPool(layer: layer.name, residual: name)
        }
        geometry.residualIndex = found
      }
      weightCount += geometry.weightCount
      guard weightCount <= Self.weightLimit else {
        throw .tooManyWeights(layer: layer.name, found: weightCount, limit: Self.weightLimit)
      }
      activationCount += geometry.windowColumnCount * geometry.output.count
      guard activationCount <= Self.activationLimit else {
        throw .tooManyActivations(
          layer: layer.name, found: activationCount, limit: Self.activationLimit)
      }
      indexOfName[layer.name] = index
      resolved.append(geometry)
    }
    guard case .dense = layers[layers.count - 1].operation else { throw .noDenseHead }
    return resolved
  }
}

extension Layer {
  /// First parts of the names of what a checkpoint holds beside the layers' tensors.
  private static let reservedNames: Set = [
    "normalization", "optimizer", "history", "state", "quantization",
  ]

  /// Whether the name can begin a tensor's name: not empty, at most 200 characters, none of them a
  /// slash or a control character, and not reserved.
  fileprivate var hasUsableName: Bool {
    let firstPart = name.prefix { $0 != "." }
    return (1...200).contains(name.unicodeScalars.count) && name != "input"
      && !Self.reservedNames.contains(String(firstPart))
      && name.unicodeScalars.allSatisfy {
        $0 != "/" && $0 != "\\" && $0.properties.generalCategory != .control
      }
  }
}

extension LayerGeometry {
  /// Whether the layer has weights.
  package var hasWeights: Bool {
    switch layer.operation {
    case .convolution, .depthwise, .dense: true
    case .frequencyToChannels, .frequencyAverage, .averagePool, .sum: false
    }
  }

  /// The window of a convolution or depthwise layer.
  package var window: Window? {
    switch layer.operation {
    case .convolution(_, let window), .depthwise(let window): window
    default: nil
    }
  }

  fileprivate mutating func applyOperation() throws(ArchitectureError) {
    if let window { try apply(window) }
    switch layer.operation {
    case .convolution(let outputChannelCount, _):
      try check("outputs", outputChannelCount, 1...4096)
      output.channelCount = outputChannelCount
    case .depthwise: break
    case .frequencyToChannels:
      output = ColumnShape(frequencyCount: 1, channelCount: input.count)
      try check("channels", input.count, 1...4096)
      try checkPlain(activation: false)
    case .frequencyAverage:
      output.frequencyCount = 1
      try checkPlain(activation: false)
    case .averagePool:
      guard !followsPool else { throw .secondPool(layer: layer.name) }
      output = ColumnShape(frequencyCount: 1, channelCount: input.channelCount)
      poolLength = windowColumnCount
      historyCount = windowColumnCount
      try checkPlain(activation: false)
    case .sum(let others):
      try check("addends", others.count, 1...4)
      try checkPlain(activation: true)
    case .dense(let outputCount):
      try check("outputs", outputCount, 1...4096)
      try check("input frequencies", input.frequencyCount, 1...1)
      output = ColumnShape(frequencyCount: 1, channelCount: outputCount)
      guard layer.normalization == .none, layer.residual == nil else {
        throw .notAllowed(layer: layer.name, field: "normalization or residual")
      }
    }
    try applyNormalization()
  }

  private mutating func apply(_ window: Window) throws(ArchitectureError) {
    let (kernel, stride) = (window.kernel, window.stride)
    try check("kernel time", kernel.time, 1...255)
    try check("kernel frequency", kernel.frequency, 1...255)
    try check("stride time", stride.time, 1...16)
    try check("stride frequency", stride.frequency, 1...16)
    try check("dilation", window.dilation, 1...64)
    switch window.padding {
    case .same:
      output.frequencyCount = (input.frequencyCount + stride.frequency - 1) / stride.frequency
    case .none:
      guard kernel.frequency <= input.frequencyCount else {
        throw .kernelPastInput(
          layer: layer.name, kernel: kernel.frequency, frequencyCount: input.frequencyCount)
      }
      output.frequencyCount =
        (input.frequencyCount - kernel.frequency) / stride.frequency + 1
    }
    timeStride *= stride.time
    historyCount = (kernel.time - 1) * window.dilation
    windowColumnCount /= stride.time
    try check("columns per window", windowColumnCount, 1...10_000)
    // A window has one mean, a stream one per column: only without reach along time is it the
    // same network.
    for (field, extent) in [("time kernel", kernel.time), ("time stride", stride.time)]
    where followsPool && extent > 1 {
      throw .timeAfterPool(layer: layer.name, field: field, found: extent)
    }
  }

  private func applyNormalization() throws(ArchitectureError) {
    if case .subSpectral(let bandCount) = layer.normalization {
      try check("bands", bandCount, 1...1024)
      guard output.frequencyCount % bandCount == 0 else {
        throw .unevenBands(
          layer: layer.name, frequencyCount: output.frequencyCount, bandCount: bandCount)
      }
    }
    if let dropout = layer.dropout {
      guard hasWeights, layer.normalization == .none else {
        throw .notAllowed(layer: layer.name, field: "dropout")
      }
      guard dropout >= 0, dropout < 1 else {
        throw .badDropout(layer: layer.name, found: dropout)
      }
    }
  }

  /// A layer without weights has neither normalization nor residual.
  private func checkPlain(activation: Bool) throws(ArchitectureError) {
    guard layer.normalization == .none, layer.residual == nil,
      activation || layer.activation == .none
    else {
      throw .notAllowed(
        layer: layer.name,
        field: activation ? "normalization or residual" : "normalization, activation or residual")
    }
  }

  fileprivate func checkAddend(_ addend: LayerGeometry) throws(ArchitectureError) {
    guard addend.output.channelCount == output.channelCount,
      [1, output.frequencyCount].contains(addend.output.frequencyCount),
      addend.timeStride == timeStride
    else { throw .addendShape(layer: layer.name, addend: addend.layer.name) }
    guard addend.isPooled == isPooled else {
      throw .addendAcrossPool(layer: layer.name, addend: addend.layer.name)
    }
  }

  private func check(
    _ field: String, _ value: Int, _ range: ClosedRange<Int>
  ) throws(ArchitectureError) {
    guard range.contains(value) else {
      throw .outOfRange(layer: layer.name, field: field, found: value, range)
    }
  }
}
