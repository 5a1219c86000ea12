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

    /// Of what the layer puts out; nil for real logits.
    var outputBits: Int?
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
        name: geometry.layer.name, operation: geometry.text,
        output: geometry.output.text,
        weightBits: layer.weightBits, outputBits: layer.output?.bitCount,
        macPerWindow: cost.macPerWindow, macPerSecond: cost.macPerSecond, byteCount: layer.byteCount
      )
    }
  }
}
