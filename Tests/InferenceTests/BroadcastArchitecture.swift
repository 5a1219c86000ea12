// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// A broadcast residual network in the manner of BC-ResNet (arXiv 2106.04140): bands, frequency
/// averages, sums with one bin, hard-swish, and a window without padding at the end.
func broadcastArchitecture(channels: Int = 10, blocks: Int = 2) -> Architecture {
  func depthwise(_ name: String, _ kernel: Extent, _ normalization: Normalization) -> Layer {
    Layer(
      name: name, operation: .depthwise(window: Window(kernel: kernel)),
      normalization: normalization, activation: .hardSwish)
  }
  var layers = [
    Layer(
      name: "stem",
      operation: .convolution(
        outputChannelCount: channels,
        window: Window(
          kernel: Extent(time: 2, frequency: 4), stride: Extent(time: 1, frequency: 4))),
      normalization: .subSpectral(bandCount: 2), activation: .hardSwish)
  ]
  for block in 0..<blocks {
    let before = layers[layers.count - 1].name
    layers.append(
      depthwise(
        "frequency\(block)", Extent(time: 1, frequency: 3), .subSpectral(bandCount: 5)))
    layers.append(Layer(name: "average\(block)", operation: .frequencyAverage))
    layers.append(depthwise("time\(block)", Extent(time: 3, frequency: 1), .batch))
    layers.append(
      Layer(
        name: "add\(block)", input: "frequency\(block)",
        operation: .sum(with: ["time\(block)", before]), activation: .relu))
  }
  layers.append(
    Layer(
      name: "last",
      operation: .depthwise(
        window: Window(kernel: Extent(time: 1, frequency: 10), padding: .none)),
      normalization: .batch, activation: .hardSwish))
  layers.append(Layer(name: "pool", operation: .averagePool))
  layers.append(Layer(name: "head", operation: .dense(outputCount: 12)))
  return Architecture(
    name: "broadcast", coefficientCount: 40, windowFrameCount: 97, layers: layers)
}
