// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat

/// The bits of a network in integers, as commands take them.
struct BitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Bits per weight (1, 2, 3, 4, 5, 6 or 8): one number for all layers, or one for each layer \
      that has weights, in their order.
      """, valueName: "bits,..."))
  var weightBits: BitList?

  @Option(
    help: ArgumentHelp(
      "Bits per activation (8 or 4): one number for all layers, or one for each layer.",
      valueName: "bits,..."))
  var activationBits: BitList?

  /// Whether any was given.
  var isGiven: Bool { weightBits != nil || activationBits != nil }

  /// The bits of each layer, 8 where nothing else is said; nil where nothing is said at all.
  ///
  /// - Throws: `BitWidthError`, or `ArchitectureError`.
  func bitWidths(of architecture: Architecture) throws -> BitWidths? {
    guard isGiven else { return nil }
    return try BitWidths(
      try architecture.geometry(), weights: weightBits?.values ?? [8],
      activations: activationBits?.values ?? [8])
  }
}

/// Numbers with commas between them.
struct BitList: ExpressibleByArgument {
  var values: [Int]

  init(_ values: [Int]) { self.values = values }

  var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = parts.compactMap(\.self)
    guard numbers.count == parts.count, !numbers.isEmpty else { return nil }
    values = numbers
  }
}
