// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// A model of convolutions, one average over everything and a classifier, as the peers' script reads
/// it.
struct InferencePeerRequest: Encodable {
  struct Input: Encodable {
    var scale: Float
    var zeroPoint: Int
    var time: Int
    var frequency: Int
  }

  struct Output: Encodable {
    var scale: Float
    var zeroPoint: Int
  }

  struct Layer: Encodable {
    var name: String
    var kind: String
    var input: String?
    var residual: String?
    var kernel: [Int]
    var stride: [Int]
    var dilation: Int
    var low: Int
    var weights: [Int]
    var scales: [Float]
    var bias: [Int32]
    var activation: String
    var inputScale: Float
    var output: Output?
    var shape: [Int]
  }

  var peer: String
  var input: Input
  var values: [Int]
  var layers: [Layer]

  /// Whether the script knows every layer of a network.
  static func canRun(_ geometry: [LayerGeometry]) -> Bool {
    geometry.allSatisfy { layer in
      if case .subSpectral = layer.layer.normalization { return false }
      switch layer.layer.operation {
      case .convolution, .depthwise, .dense: return layer.layer.activation != .hardSwish
      case .averagePool: return true
      case .frequencyToChannels, .frequencyAverage, .sum: return false
      }
    }
  }

  /// - Precondition: `canRun(geometry)`.
  init(peer: String, model: QuantizedModel, geometry: [LayerGeometry], values: [UInt8]) {
    self.peer = peer
    self.values = values.map(Int.init)
    input = Input(
      scale: model.input.scale, zeroPoint: model.input.zeroPoint,
      time: model.architecture.windowFrameCount, frequency: model.architecture.coefficientCount)
    layers = geometry.indices.map { index in
      let (layer, own) = (geometry[index], model.layers[index])
      let window = layer.window ?? Window(kernel: Extent(time: 1, frequency: 1))
      let kind =
        switch layer.layer.operation {
        case .depthwise: "depthwise"
        case .averagePool: "averagePool"
        case .dense: "dense"
        default: "convolution"
        }
      let source = layer.inputIndex.flatMap { model.layers[$0].output } ?? model.input
      let isOne = layer.followsPool || layer.layer.operation == .averagePool
      return Layer(
        name: layer.layer.name, kind: kind,
        input: layer.inputIndex.map { geometry[$0].layer.name }, residual: layer.layer.residual,
        kernel: [window.kernel.time, window.kernel.frequency],
        stride: [window.stride.time, window.stride.frequency], dilation: window.dilation,
        low: window.lowPadding, weights: own.weights.map(Int.init), scales: own.weightScales,
        bias: own.bias, activation: Self.text(layer.layer.activation), inputScale: source.scale,
        output: own.output.map { Output(scale: $0.scale, zeroPoint: $0.zeroPoint) },
        shape: [
          isOne ? 1 : layer.windowColumnCount, layer.output.frequencyCount,
          layer.output.channelCount,
        ])
    }
  }

  private static func text(_ activation: Activation) -> String {
    switch activation {
    case .none, .hardSwish: "none"
    case .relu: "relu"
    case .relu6: "relu6"
    }
  }
}
