// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// What `kws inspect` shows of a model, as values.
struct ModelSummary {
  /// One layer of the table.
  struct Row {
    var name: String
    var operation: String
    var output: String
    var weightBits: Int
    var macPerWindow: Int
    var macPerSecond: Double
    var byteCount: Int
  }

  var model: QuantizedModel
  var rows: [Row]
  var stateByteCount: Int
  var instructionSet: String

  /// Multiply-accumulates for one window from reset.
  var macPerWindow: Int { rows.reduce(0) { $0 + $1.macPerWindow } }

  /// Multiply-accumulates per second of stream.
  var macPerSecond: Double { rows.reduce(0) { $0 + $1.macPerSecond } }

  /// - Parameters:
  ///   - stateByteCount: bytes of state per stream, from samples to detections.
  ///   - instructionSet: the kernels that this machine would use.
  init(_ model: QuantizedModel, stateByteCount: Int, instructionSet: String) throws {
    self.model = model
    self.stateByteCount = stateByteCount
    self.instructionSet = instructionSet
    let framesPerSecond = Double(model.features.sampleRate) / Double(model.features.hopLength)
    let geometry = try model.architecture.geometry()
    let costs = try model.architecture.costs(framesPerSecond: framesPerSecond)
    rows = zip(zip(geometry, costs), model.layers).map { pair, layer in
      let (geometry, cost) = pair
      return Row(
        name: geometry.layer.name, operation: Self.describe(geometry),
        output: "\(geometry.output.frequencyCount)x\(geometry.output.channelCount)",
        weightBits: layer.weightBits, macPerWindow: cost.macPerWindow,
        macPerSecond: cost.macPerSecond, byteCount: layer.byteCount)
    }
  }

  /// Such as `convolution 5x1 /2x1, 5 bands + stem, relu`; kernel and stride are time x frequency,
  /// bands those of a SubSpectralNorm.
  private static func describe(_ geometry: LayerGeometry) -> String {
    let layer = geometry.layer
    var text =
      switch layer.operation {
      case .convolution: "convolution"
      case .depthwise: "depthwise"
      case .frequencyToChannels: "frequency to channels"
      case .frequencyAverage: "average over frequencies"
      case .averagePool: "average of \(geometry.poolLength) columns"
      case .sum(let others): "sum with \(others.joined(separator: ", "))"
      case .dense: "dense"
      }
    if let window = geometry.window {
      let (kernel, stride, dilation) = (window.kernel, window.stride, window.dilation)
      text += " \(kernel.time)x\(kernel.frequency)"
      if stride != Extent(time: 1, frequency: 1) { text += " /\(stride.time)x\(stride.frequency)" }
      if dilation > 1 { text += " dilation \(dilation)" }
      if window.padding == .none { text += " unpadded" }
    }
    if case .subSpectral(let bandCount) = layer.normalization { text += ", \(bandCount) bands" }
    if let residual = layer.residual { text += " + \(residual)" }
    if layer.activation != .none { text += ", \(layer.activation.rawValue)" }
    return text
  }
}
