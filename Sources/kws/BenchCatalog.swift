// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// Networks of the training benchmark that the catalog does not have yet.
enum BenchCatalog: String {
  case derived
  case dsCNNSmall = "ds-cnn-s"
  case dsCNNLarge = "ds-cnn-l"

  /// Ten MFCCs at a hop of 20 ms.
  var features: FeatureConfiguration {
    FeatureConfiguration(hopLength: 320, cepstralCoefficientCount: 10)
  }

  func architecture(
    coefficientCount: Int, windowFrameCount: Int, labelCount: Int
  ) -> Architecture {
    let layers =
      switch self {
      case .derived: Self.derived()
      case .dsCNNSmall:
        Self.separable(channelCount: 64, stemStride: (2, 2), blockStride: (1, 1), blockCount: 4)
      case .dsCNNLarge:
        Self.separable(channelCount: 276, stemStride: (2, 1), blockStride: (2, 2), blockCount: 5)
      }
    return Architecture(
      name: rawValue, coefficientCount: coefficientCount, windowFrameCount: windowFrameCount,
      layers: layers + [
        Layer(name: "pool", operation: .averagePool),
        Layer(name: "head", operation: .dense(outputCount: labelCount)),
      ])
  }

  private static func convolution(
    _ name: String, _ outputs: Int, kernel: (Int, Int) = (1, 1), stride: (Int, Int) = (1, 1),
    residual: String? = nil, activation: Activation
  ) -> Layer {
    Layer(
      name: name,
      operation: .convolution(outputChannelCount: outputs, window: window(kernel, stride)),
      normalization: .batch, residual: residual, activation: activation)
  }

  private static func depthwise(
    _ name: String, kernel: (Int, Int), stride: (Int, Int), activation: Activation
  ) -> Layer {
    Layer(
      name: name, operation: .depthwise(window: window(kernel, stride)), normalization: .batch,
      activation: activation)
  }

  private static func window(_ kernel: (Int, Int), _ stride: (Int, Int)) -> Window {
    Window(
      kernel: Extent(time: kernel.0, frequency: kernel.1),
      stride: Extent(time: stride.0, frequency: stride.1))
  }

  /// DS-CNN (Zhang et al., arXiv 1711.07128).
  private static func separable(
    channelCount: Int, stemStride: (Int, Int), blockStride: (Int, Int), blockCount: Int
  ) -> [Layer] {
    var layers = [
      convolution("stem", channelCount, kernel: (10, 4), stride: stemStride, activation: .relu)
    ]
    for block in 1...blockCount {
      layers += [
        depthwise(
          "block\(block).depthwise", kernel: (3, 3), stride: block == 1 ? blockStride : (1, 1),
          activation: .relu),
        convolution("block\(block).pointwise", channelCount, activation: .relu),
      ]
    }
    return layers
  }

  /// Twelve inverted residual blocks of kernels 3, 5 and 7 and expansions 6 and 3 in turn.
  private static func derived() -> [Layer] {
    var layers = [convolution("stem", 32, kernel: (3, 3), stride: (2, 2), activation: .relu6)]
    var channelCount = 32
    var block = 0
    let stages = [
      (24, 2, (1, 1)), (32, 3, (2, 1)), (48, 3, (1, 1)), (64, 2, (2, 2)), (72, 2, (1, 1)),
    ]
    for (outputs, blockCount, firstStride) in stages {
      for index in 0..<blockCount {
        let kernel = [3, 5, 7][block % 3]
        let expansion = [6, 3][block % 2]
        block += 1
        let stride = index == 0 ? firstStride : (1, 1)
        let source = layers[layers.count - 1].name
        layers += [
          convolution("block\(block).expand", expansion * channelCount, activation: .relu6),
          depthwise(
            "block\(block).depthwise", kernel: (kernel, kernel), stride: stride,
            activation: .relu6),
          convolution(
            "block\(block).project", outputs,
            residual: stride == (1, 1) && channelCount == outputs ? source : nil,
            activation: .none),
        ]
        channelCount = outputs
      }
    }
    return layers
  }
}
