// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// A network with all its integers, and clips with what our engine makes of them, as a peer is told.
struct InferencePeerRequest: Encodable {
  struct Integers: Encodable {
    var weights: [Int8]
    var weightScales: [Float]
    var bias: [Int32]
    var output: ActivationQuantization?
  }

  var windowFrameCount: Int
  var coefficientCount: Int
  var input: ActivationQuantization
  var layers: [Layer]
  var integers: [Integers]

  /// What every layer puts out in a window, `[time, frequency, channel]`.
  var shapes: [[Int]]

  /// Quantized features of a window each, `[frame, coefficient]`.
  var clips: [[UInt8]]

  /// Our posteriors at the end of each of the windows.
  var posteriors: [[Float]]

  init(_ model: QuantizedModel, clips: [[UInt8]], posteriors: [[Float]]) throws {
    windowFrameCount = model.architecture.windowFrameCount
    coefficientCount = model.architecture.coefficientCount
    input = model.input
    layers = model.architecture.layers
    integers = model.layers.map {
      Integers(
        weights: $0.weights, weightScales: $0.weightScales, bias: $0.bias, output: $0.output)
    }
    shapes = try model.architecture.geometry().map(\.windowShape)
    self.clips = clips
    self.posteriors = posteriors
  }
}
