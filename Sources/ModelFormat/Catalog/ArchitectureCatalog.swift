// SPDX-License-Identifier: GPL-3.0-or-later

package import SpeechFeatures

/// Architectures that go by a name.
///
/// Published ones are here in causal form: weights as published, columns rounded down along time
/// where the papers round up.
package enum ArchitectureCatalog: String, CaseIterable, Sendable {
  /// Time-channel separable residual network behind a two-dimensional stem: 3.95 M
  /// multiply-accumulates per window of 97 frames of 40 bins.
  case temporal64 = "temporal-64"

  /// The same with 48 channels: 2.5 M multiply-accumulates.
  case temporal48 = "temporal-48"

  /// Depthwise separable network of Hello Edge, small: 22.0 k weights, 2.55 M multiply-accumulates.
  case dsCNNSmall = "ds-cnn-s"

  /// The same, medium: 133.5 k weights.
  case dsCNNMedium = "ds-cnn-m"

  /// The same, large: 407.7 k weights.
  case dsCNNLarge = "ds-cnn-l"

  /// Broadcasted residual network of width 1: 9.4 k parameters, 2.38 M multiply-accumulates (3.1 M are
  /// published, normalization and averages included).
  case bcResNet1 = "bc-resnet-1"

  /// The same of width 2: 7.03 M multiply-accumulates.
  case bcResNet2 = "bc-resnet-2"

  /// The same of width 3: 13.95 M multiply-accumulates.
  case bcResNet3 = "bc-resnet-3"

  /// Found by search on 10 coefficients (Peter et al., arXiv 2012.10138): 244.2 k weights.
  case searched10 = "wm1.25_3"

  /// Found by search on 20 coefficients (the same paper): 167.5 k weights.
  case searched20 = "mfcc20_4"

  /// Inverted residuals of every kernel size in stages of growing width, for measurements of speed:
  /// 294 k weights, 12.08 M multiply-accumulates.
  case derived

  /// The architecture that is trained where none is named.
  package static let `default` = temporal64

  /// The features that the architecture is meant for: 40 log-mel bins at hop 160, or cepstral
  /// coefficients at hop 320.
  package var features: FeatureConfiguration {
    switch self {
    case .temporal64, .temporal48, .bcResNet1, .bcResNet2, .bcResNet3:
      FeatureConfiguration(hopLength: 160)
    case .dsCNNSmall, .dsCNNMedium, .dsCNNLarge, .searched10, .derived:
      FeatureConfiguration(hopLength: 320, cepstralCoefficientCount: 10)
    case .searched20:
      FeatureConfiguration(hopLength: 320, cepstralCoefficientCount: 20)
    }
  }

  /// The architecture for features of `coefficientCount` values in windows of `windowFrameCount`
  /// frames, with one output per label.
  package func architecture(
    coefficientCount: Int, windowFrameCount: Int, labelCount: Int
  ) -> Architecture {
    let layers =
      switch self {
      case .temporal64: TemporalNetwork(channelCount: 64).layers(labelCount: labelCount)
      case .temporal48: TemporalNetwork(channelCount: 48).layers(labelCount: labelCount)
      case .dsCNNSmall: SeparableNetwork.small.layers(labelCount: labelCount)
      case .dsCNNMedium: SeparableNetwork.medium.layers(labelCount: labelCount)
      case .dsCNNLarge: SeparableNetwork.large.layers(labelCount: labelCount)
      case .bcResNet1: BroadcastedNetwork(width: 1).layers(labelCount: labelCount)
      case .bcResNet2: BroadcastedNetwork(width: 2).layers(labelCount: labelCount)
      case .bcResNet3: BroadcastedNetwork(width: 3).layers(labelCount: labelCount)
      case .searched10: InvertedResidualNetwork.searched10.layers(labelCount: labelCount)
      case .searched20: InvertedResidualNetwork.searched20.layers(labelCount: labelCount)
      case .derived: InvertedResidualNetwork.derived.layers(labelCount: labelCount)
      }
    return Architecture(
      name: rawValue, coefficientCount: coefficientCount, windowFrameCount: windowFrameCount,
      layers: layers)
  }
}
