// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
package import SpeechFeatures

extension SearchSpace {
  /// A space made for streams, of what today's small networks showed to be worth it: a stem that
  /// halves time and frequency; blocks on 20 and on 10 frequencies that keep apart what happens along
  /// frequency and along time (BC-ResNet's broadcast residual, separable and MBConv blocks); two ways
  /// from frequencies to channels; blocks along time alone, of several reaches; a pointwise layer.
  ///
  /// Every residual block can be skipped, so that depth is searched, too.
  /// - Parameters:
  ///   - width: a factor on all numbers of channels, which are multiples of 4.
  ///   - coefficientCount: MFCCs; nil for the 40 log-mel bins.
  package static func stream(
    width: Double, coefficientCount: Int? = nil, labelCount: Int
  ) -> SearchSpace {
    let features = FeatureConfiguration(
      hopLength: 160, cepstralCoefficientCount: coefficientCount)
    let stemCount = channels(16 * width)
    let middleCount = channels(24 * width)
    let timeCount = channels(48 * width)
    let high = (features.coefficientCount + 1) / 2
    let low = (high + 1) / 2
    var parts: [Part] = [
      .fixed([
        .convolution(
          "stem", stemCount, kernel: Extent(time: 5, frequency: 5),
          stride: Extent(time: 2, frequency: 2), activation: .relu)
      ])
    ]
    func residuals(
      _ stage: String, _ count: Int, _ candidates: [Candidate], channelCount: Int, bins: Int
    ) -> [Part] {
      (1...count).map { number in
        .choice(
          SearchBlock(
            name: "\(stage)\(number)", candidates: candidates, inputChannelCount: channelCount,
            outputChannelCount: channelCount, frequencyCount: bins, activation: .relu,
            innerActivation: .relu))
      }
    }
    parts += residuals(
      "high", 2, planar(bins: high), channelCount: stemCount, bins: high)
    parts.append(
      .fixed([
        .depthwise(
          "halve.depthwise", kernel: Extent(time: 3, frequency: 3),
          stride: Extent(time: 1, frequency: 2)),
        .convolution("halve.pointwise", middleCount, activation: .relu),
      ]))
    parts += residuals(
      "low", 4, planar(bins: low), channelCount: middleCount, bins: low)
    parts.append(
      .choice(
        SearchBlock(
          name: "join", candidates: [.flattened(narrowChannelCount: 8), .collapsed],
          inputChannelCount: middleCount, outputChannelCount: timeCount, frequencyCount: low,
          hasShortcut: false, activation: .none, innerActivation: .relu)))
    // Blocks with a shortcut start from what has been through an activation.
    parts.append(
      .fixed([
        .depthwise("time0", kernel: Extent(time: 5, frequency: 1), activation: .relu)
      ]))
    parts += residuals("time", 8, alongTime, channelCount: timeCount, bins: 1)
    parts.append(
      .fixed(
        [.convolution("mix", channels(72 * width), activation: .relu)]
          + Layer.classifier(labelCount: labelCount)))
    return SearchSpace(
      name: "stream", features: features, windowFrameCount: windowFrameCount(features),
      parts: parts)
  }

  /// Candidates of blocks on several frequencies; broadcast ones where five bands fit.
  private static func planar(bins: Int) -> [Candidate] {
    let square3 = Extent(time: 3, frequency: 3)
    let broadcast = [1, 2, 4].map {
      Candidate.broadcast(frequencyKernel: 3, timeKernel: 3, dilation: $0)
    }
    return (bins % 5 == 0 ? broadcast : []) + [
      .separable(kernel: square3, dilation: 1, pairCount: 1),
      .separable(kernel: Extent(time: 5, frequency: 5), dilation: 1, pairCount: 1),
      .invertedResidual(kernel: square3, expansion: 2),
      .zero,
    ]
  }

  /// Candidates of blocks along time.
  private static let alongTime: [Candidate] = {
    func separable(_ reach: Int, dilation: Int = 1, pairCount: Int = 1) -> Candidate {
      .separable(
        kernel: Extent(time: reach, frequency: 1), dilation: dilation, pairCount: pairCount)
    }
    return [
      separable(5), separable(9), separable(13), separable(9, dilation: 2),
      separable(7, pairCount: 2),
      .invertedResidual(kernel: Extent(time: 9, frequency: 1), expansion: 2), .zero,
    ]
  }()

  private static func channels(_ value: Double) -> Int { max(4, Int((value / 4).rounded()) * 4) }
}
