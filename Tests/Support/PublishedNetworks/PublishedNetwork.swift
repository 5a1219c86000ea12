// SPDX-License-Identifier: GPL-3.0-or-later

/// A network of the published form with what is published of it, and its `net.config` as text.
package struct PublishedNetwork: Sendable {
  /// One of the twelve blocks: kernel and expansion.
  package struct Block: Sendable {
    package var kernel: Int
    package var expansion: Int
  }

  /// The setting and its index.
  package var name: String

  /// Coefficients per frame.
  package var coefficientCount: Int

  /// Channels of the blocks.
  package var channelCount: Int

  /// Channels of the last pointwise layer.
  package var mixChannelCount: Int

  /// The blocks; nil for one that the search left out.
  package var blocks: [Block?]

  /// As printed: thousands of weights, parameters and parameters as the code counts them, millions
  /// of operations and of operations as the code counts them.
  package var printed: [String]

  /// - Parameter blocks: such as `7e2 5e1 -`.
  init(
    _ name: String, coefficientCount: Int, channelCount: Int, mixChannelCount: Int, blocks: String,
    printed: String
  ) {
    self.name = name
    self.coefficientCount = coefficientCount
    self.channelCount = channelCount
    self.mixChannelCount = mixChannelCount
    self.blocks = blocks.split(separator: " ").map { text in
      let numbers = text.split(separator: "e").compactMap { Int($0) }
      return numbers.count == 2 ? Block(kernel: numbers[0], expansion: numbers[1]) : nil
    }
    self.printed = printed.split(separator: " ").map(String.init)
  }

  /// Four of the thirty networks: both headlines, the smallest, and the smallest of another width.
  package static let all = [
    PublishedNetwork(
      "5", coefficientCount: 10, channelCount: 72, mixChannelCount: 144,
      blocks: "7e1 7e1 - - 7e1 - - - - - - -", printed: "42.2 43.5 85.69 3.40 3.4"),
    PublishedNetwork(
      "mfcc20_4", coefficientCount: 20, channelCount: 72, mixChannelCount: 144,
      blocks: "7e2 7e2 7e2 7e1 5e1 7e1 5e1 7e1 5e1 5e1 5e1 5e1",
      printed: "167.5 172.7 340.14 27.14 27.1"),
    PublishedNetwork(
      "wm0.75_5", coefficientCount: 10, channelCount: 56, mixChannelCount: 112,
      blocks: "7e2 3e1 7e1 - - 7e1 - - - - - -", printed: "44.1 45.7 89.84 4.61 4.6"),
    PublishedNetwork(
      "wm1.25_3", coefficientCount: 10, channelCount: 88, mixChannelCount: 184,
      blocks: "7e2 7e2 7e2 5e1 5e1 7e1 7e1 7e1 7e1 7e1 5e1 7e1",
      printed: "244.2 250.6 494.78 19.70 19.6"),
  ]
}
