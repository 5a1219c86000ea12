// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

extension SearchSpace {
  /// The space of Peter, Roth and Pernkopf (arXiv 2012.10138): a convolution of 5 frequencies and 11
  /// columns; 12 blocks of one width, each an MBConv of kernel 3, 5 or 7 and expansion 1 to 6, or
  /// nothing; a pointwise layer. Block 1 halves both axes and cannot be nothing.
  ///
  /// Here causal along time.
  /// - Parameters:
  ///   - coefficientCount: MFCCs; the paper has 10, 20, 30, 40.
  ///   - width: the paper's omega, a factor on 72 and 144 channels.
  package static func paper(
    coefficientCount: Int, width: Double, labelCount: Int
  ) -> SearchSpace {
    let features = FeatureConfiguration(
      hopLength: 320, cepstralCoefficientCount: coefficientCount)
    let channelCount = divisible(72 * width)
    let candidates = [3, 5, 7].flatMap { kernel in
      (1...6).map { expansion in
        Candidate.invertedResidual(
          kernel: Extent(time: kernel, frequency: kernel), expansion: expansion)
      }
    }
    let stem = Layer.convolution(
      "stem", channelCount, kernel: Extent(time: 11, frequency: 5),
      stride: Extent(time: 2, frequency: 1), activation: .relu6)
    let blocks = (1...12).map { number in
      let isFirst = number == 1
      return SearchBlock(
        name: "block\(number)", candidates: candidates + (isFirst ? [] : [.zero]),
        inputChannelCount: channelCount, outputChannelCount: channelCount,
        frequencyCount: isFirst ? coefficientCount : (coefficientCount + 1) / 2,
        stride: isFirst ? Extent(time: 2, frequency: 2) : .one, hasShortcut: !isFirst,
        activation: .none, innerActivation: .relu6)
    }
    let mix = Layer.convolution("mix", divisible(144 * width), activation: .relu6)
    return SearchSpace(
      name: "paper", features: features, windowFrameCount: windowFrameCount(features),
      parts: [.fixed([stem])] + blocks.map(Part.choice)
        + [.fixed([mix] + Layer.classifier(labelCount: labelCount))])
  }

  /// The multiple of 8 nearest to `value`, but at least 90 % of it: the paper's rule of widths.
  private static func divisible(_ value: Double) -> Int {
    let rounded = max(8, Int(value + 4) / 8 * 8)
    return Double(rounded) < 0.9 * value ? rounded + 8 : rounded
  }

  static func windowFrameCount(_ features: FeatureConfiguration) -> Int {
    features.frameCount(sampleCount: features.sampleRate)
  }
}
