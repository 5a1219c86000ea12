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
  /// Zeros on the low side of the frequency axis for a kernel of `kernel` bins: 'same' padding.
  package static func frequencyPadding(kernel: Int) -> Int { (kernel - 1) / 2 }

  /// Weights of all layers together: 256 MiB in single precision.
  package static let weightLimit = 1 << 26

  /// Values that all layers together put out per window: 1 GiB in single precision.
  package static let activationLimit = 1 << 28

  /// Resolves names and infers shapes.
  ///
  /// Time: output column `u` of a layer of stride `s` appears with input column `t = s * u + s - 1`
  /// and reads the input columns `t - (kernel - 1) * dilation ... t`. Frequency: `ceil(F / stride)`
  /// outputs, padded with `(kernel - 1) / 2` zeros on the low side.
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
        layer: layer, inputIndex: inputIndex, residualIndex: nil, input: sourceShape,
        output: sourceShape, timeStride: source?.timeStride ?? 1, historyCount: 0,
        windowColumnCount: source?.windowColumnCount ?? windowFrameCount, poolLength: 1,
        followsPool: source?.isPooled ?? false)
      try geometry.applyOperation()
      if let name = layer.residual {
        guard let found = indexOfName[name] else {
          throw .unknownLayer(layer: layer.name, reference: name)
        }
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
  private static let reservedNames: Set = ["normalization", "optimizer", "history", "state"]

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
    case .frequencyToChannels, .averagePool: false
    }
  }

  /// The kernel, stride and dilation of a convolution or depthwise layer.
  package var window: (kernel: Extent, stride: Extent, dilation: Int)? {
    switch layer.operation {
    case .convolution(_, let kernel, let stride, let dilation),
      .depthwise(let kernel, let stride, let dilation):
      (kernel, stride, dilation)
    default: nil
    }
  }

  fileprivate mutating func applyOperation() throws(ArchitectureError) {
    if let (kernel, stride, dilation) = window {
      try check("kernel time", kernel.time, 1...255)
      try check("kernel frequency", kernel.frequency, 1...255)
      guard kernel.frequency % 2 == 1 else {
        throw .evenFrequencyKernel(layer: layer.name, found: kernel.frequency)
      }
      try check("stride time", stride.time, 1...16)
      try check("stride frequency", stride.frequency, 1...16)
      try check("dilation", dilation, 1...64)
      output.frequencyCount = (input.frequencyCount + stride.frequency - 1) / stride.frequency
      timeStride *= stride.time
      historyCount = (kernel.time - 1) * dilation
      windowColumnCount /= stride.time
      try check("columns per window", windowColumnCount, 1...10_000)
      // A window has one mean, a stream one per column: only without reach along time is it the
      // same network.
      for (field, extent) in [("time kernel", kernel.time), ("time stride", stride.time)]
      where followsPool && extent > 1 {
        throw .timeAfterPool(layer: layer.name, field: field, found: extent)
      }
    }
    switch layer.operation {
    case .convolution(let outputChannelCount, _, _, _):
      try check("outputs", outputChannelCount, 1...4096)
      output.channelCount = outputChannelCount
    case .depthwise: break
    case .frequencyToChannels:
      output = ColumnShape(frequencyCount: 1, channelCount: input.count)
      try check("channels", input.count, 1...4096)
      guard layer.normalization == .none, layer.activation == .none, layer.residual == nil else {
        throw .notAllowed(layer: layer.name, field: "normalization, activation or residual")
      }
    case .averagePool:
      guard !followsPool else { throw .secondPool(layer: layer.name) }
      output = ColumnShape(frequencyCount: 1, channelCount: input.channelCount)
      poolLength = windowColumnCount
      historyCount = windowColumnCount
      guard layer.normalization == .none, layer.activation == .none, layer.residual == nil else {
        throw .notAllowed(layer: layer.name, field: "normalization, activation or residual")
      }
    case .dense(let outputCount):
      try check("outputs", outputCount, 1...4096)
      try check("input frequencies", input.frequencyCount, 1...1)
      output = ColumnShape(frequencyCount: 1, channelCount: outputCount)
      guard layer.normalization == .none, layer.residual == nil else {
        throw .notAllowed(layer: layer.name, field: "normalization or residual")
      }
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
