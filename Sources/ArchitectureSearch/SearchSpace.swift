// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
package import ModelFormat
package import SpeechFeatures

/// All networks that a search can find: fixed layers, and between them blocks with a choice.
///
/// Whatever is chosen in one block, the shapes of all others stay: what a candidate costs depends on
/// its block alone.
package struct SearchSpace: Sendable {
  /// A part of the network, in order.
  package enum Part: Sendable {
    case fixed([Layer])
    case choice(SearchBlock)
  }

  /// The first part of the names of the networks.
  package var name: String

  package let features: FeatureConfiguration

  /// Frames of the networks' window.
  package let windowFrameCount: Int

  package let parts: [Part]

  package init(
    name: String, features: FeatureConfiguration, windowFrameCount: Int, parts: [Part]
  ) {
    self.name = name
    self.features = features
    self.windowFrameCount = windowFrameCount
    self.parts = parts
  }

  /// The blocks in order.
  package var blocks: [SearchBlock] {
    parts.compactMap { if case .choice(let block) = $0 { block } else { nil } }
  }

  /// How many networks there are, as a logarithm to base 10.
  package var sizeLog10: Double {
    blocks.reduce(0) { $0 + log10(Double($1.candidates.count)) }
  }

  /// The network with candidate `choices[b]` in every block b. Its layers have names that tell block
  /// and candidate.
  package func architecture(_ choices: [Int]) -> Architecture {
    var layers: [Layer] = []
    var block = 0
    for part in parts {
      switch part {
      case .fixed(let fixed): layers += fixed
      case .choice(let searched):
        layers += searched.layers(
          searched.candidates[choices[block]], source: layers[layers.count - 1].name)
        block += 1
      }
    }
    return architecture(layers)
  }

  func architecture(_ layers: [Layer]) -> Architecture {
    Architecture(
      name: name, coefficientCount: features.coefficientCount, windowFrameCount: windowFrameCount,
      layers: layers)
  }

  /// `block candidate` pairs for people and reports.
  package func describe(_ choices: [Int]) -> [(block: String, candidate: String)] {
    zip(blocks, choices).map { ($0.name, $0.candidates[$1].name) }
  }
}
