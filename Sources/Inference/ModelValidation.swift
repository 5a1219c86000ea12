// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// Checks that the numbers of a model fit its architecture and the integer arithmetic.
struct ModelValidation {
  let model: QuantizedModel
  let geometry: [LayerGeometry]

  /// Factors up to here keep every rescaled sum finite in single precision.
  static let largestMultiplier: Float = 0x1p60

  func check() throws(InferenceError) {
    let coefficients = model.architecture.coefficientCount
    try count("input", "mean", expected: coefficients, model.normalization.mean.count)
    try count("input", "scale", expected: coefficients, model.normalization.scale.count)
    try finite("input", "mean", model.normalization.mean)
    try finite("input", "scale", model.normalization.scale)
    try quantization("input", model.input)
    try count("input", "layers", expected: geometry.count, model.layers.count)
    for (geometry, layer) in zip(geometry, model.layers) { try check(geometry, layer) }
    let last = geometry[geometry.count - 1]
    try count(last.layer.name, "labels", expected: last.output.channelCount, model.labels.count)
    for (index, geometry) in geometry.enumerated() {
      let isLast = index == self.geometry.count - 1
      let output = model.layers[index].output
      guard isLast == (output == nil) else {
        throw .outputQuantization(layer: geometry.layer.name, expected: !isLast)
      }
      if case .frequencyToChannels = geometry.layer.operation {
        let input = geometry.inputIndex.map { model.layers[$0].output } ?? model.input
        guard let input, output == input else {
          throw .differentQuantization(
            layer: geometry.layer.name, expected: input ?? model.input, found: output)
        }
      }
    }
  }

  private func check(_ geometry: LayerGeometry, _ layer: QuantizedLayer) throws(InferenceError) {
    let name = geometry.layer.name
    // `[channel]` or `[band, channel]`.
    let parameters = geometry.hasWeights ? geometry.channelShape.reduce(1, *) : 0
    try count(name, "weights", expected: geometry.weightCount, layer.weights.count)
    try count(name, "weightScales", expected: parameters, layer.weightScales.count)
    try count(name, "bias", expected: parameters, layer.bias.count)
    if let output = layer.output { try quantization(name, output) }
    for (index, scale) in layer.weightScales.enumerated() {
      guard scale.isFinite, scale > 0 || scale < 0 && geometry.hasSignedScales else {
        throw .scale(layer: name, field: "weightScales", index: index, found: scale)
      }
    }
    if let index = layer.weights.firstIndex(of: -128) {
      throw .weight(layer: name, index: index, found: -128)
    }
    if case .averagePool = geometry.layer.operation {
      let bound = geometry.input.frequencyCount * geometry.poolLength * 255
      guard bound <= Int(Int32.max) else {
        throw .accumulatorOverflow(layer: name, channel: 0, bound: bound)
      }
    }
    // With x and the zero point in 0...255 every partial sum of bias - zero point * weights +
    // x * weights, in any order, stays within this bound.
    let sums = magnitudes(geometry, layer)
    for (index, bias) in layer.bias.enumerated() {
      let channel = index % sums.count
      let bound = abs(Int(bias)) + 255 * sums[channel]
      guard bound <= Int(Int32.max) else {
        throw .accumulatorOverflow(layer: name, channel: channel, bound: bound)
      }
    }
  }

  /// Sum of the magnitudes of each output channel's weights.
  private func magnitudes(_ geometry: LayerGeometry, _ layer: QuantizedLayer) -> [Int] {
    guard geometry.hasWeights else { return [] }
    var sums = [Int](repeating: 0, count: geometry.output.channelCount)
    let perChannel = layer.weights.count / sums.count
    for (index, weight) in layer.weights.enumerated() {
      if case .depthwise = geometry.layer.operation {
        sums[index % sums.count] += abs(Int(weight))
      } else {
        sums[index / perChannel] += abs(Int(weight))
      }
    }
    return sums
  }

  private func count(
    _ layer: String, _ field: String, expected: Int, _ found: Int
  ) throws(InferenceError) {
    guard expected == found else {
      throw .count(layer: layer, field: field, expected: expected, found: found)
    }
  }

  private func finite(
    _ layer: String, _ field: String, _ values: [Float]
  ) throws(InferenceError) {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(layer: layer, field: field, index: index)
    }
  }

  private func quantization(
    _ layer: String, _ value: ActivationQuantization
  ) throws(InferenceError) {
    guard value.scale.isFinite, value.scale > 0 else {
      throw .scale(layer: layer, field: "scale", index: 0, found: value.scale)
    }
    guard (0...value.largest).contains(value.zeroPoint) else {
      throw .zeroPoint(layer: layer, found: value.zeroPoint)
    }
  }
}
