// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import ArgumentParser
import ModelFormat
import SpeechDatasets
import Training

/// The spaces that a search can go through.
enum SearchSpaceName: String, CaseIterable, ExpressibleByArgument {
  case stream, paper

  /// The space of this name.
  func space(width: Double, coefficientCount: Int?, labelCount: Int) -> SearchSpace {
    switch self {
    case .stream:
      .stream(width: width, coefficientCount: coefficientCount, labelCount: labelCount)
    case .paper:
      .paper(coefficientCount: coefficientCount ?? 10, width: width, labelCount: labelCount)
    }
  }
}

/// How a network is found in a space.
enum SearchStrategy: String, CaseIterable, ExpressibleByArgument {
  /// By the supernet's gradients.
  case gradient

  /// Drawn evenly among the networks that use a limit to 95 %: what a search has to beat.
  case random
}

/// What is searched, and how.
struct SearchOptions: ParsableArguments {
  @Option(
    help: """
      stream: blocks made for streams, 40 log-mel bins; paper: the MBConv supernet of arXiv 2012.10138 \
      on MFCCs.
      """)
  var space = SearchSpaceName.stream

  @Option(
    help: """
      gradient, or random: one drawn evenly of those that use --target to 95 %, to compare with.
      """)
  var strategy = SearchStrategy.gradient

  @Option(
    help: """
      A factor on the numbers of channels. Left out, 1; with --target in the space stream the one at \
      which a network drawn at random costs about as much as allowed.
      """)
  var width: Double?

  @Option(help: "MFCCs; 10 for the space paper, none but 40 log-mel bins for stream if left out.")
  var coefficients: Int?

  @Option(
    help: ArgumentHelp(
      """
      The most that the network may cost, such as macs=3.1e6,bytes=18e3; also stream-macs (per \
      second) and latency (microseconds per feature frame, from --profile).
      """, valueName: "cost=most,..."))
  var target: String?

  @Option(
    help: """
      Without --target: accuracy is traded against multiply-accumulates by the paper's \
      CE * (ln E / ln reference)^beta.
      """)
  var beta = 4.0

  @Option(help: "Without --target: by CE + weight * E / reference instead.")
  var additive: Double?

  @Option(help: "The multiply-accumulates that --beta and --additive compare with.")
  var reference = 20e6

  @Option(
    help: ArgumentHelp(
      "The times of layers that 'kws profile' measured, for latency.", valueName: "file"))
  var profile: String?

  @Option(help: "Epochs in which only weights learn; 40 for paper, 15 for stream.")
  var warmUpEpochs: Int?

  @Option(help: "Epochs of the search proper; 120 for paper, 30 for stream.")
  var epochs: Int?

  @Option(help: "Clips per step.")
  var batch = 100

  @Option(help: "Peak learning rate of weights; 0.2 for paper, 0.1 for stream.")
  var learningRate: Float?

  @Option(help: "Learning rate of the architecture at the end; 4e-3 for paper, 1e-2 for stream.")
  var architectureRate: Double?

  @Option(
    help: """
      Candidates that a step of the architecture looks at: all, or the pair of ProxylessNAS's \
      two-path form.
      """)
  var gates = GateMode.all

  @Option(help: "Bits that weights are rounded to in every step of the search.")
  var weightBits: Int?

  @Option(help: "Percent of the training speakers that the architecture learns from.")
  var heldOut = 15.0

  @Option(help: "How far clips are varied in the search.")
  var augmentation = AugmentationStrength.light

  @Option(help: "Seed of every draw.")
  var seed: UInt64 = 1

  func validate() throws {
    if let width, !(0.1...16).contains(width) {
      throw ValidationError("--width \(width): expected 0.1 to 16")
    }
    if let coefficients, !(5...40).contains(coefficients) {
      throw ValidationError("--coefficients \(coefficients): expected 5 to 40")
    }
    if let weightBits, !WeightLevels.bitCounts.contains(weightBits) {
      throw ValidationError(
        "--weight-bits \(weightBits): expected one of "
          + WeightLevels.bitCounts.map(String.init).joined(separator: ", "))
    }
    if try limits().contains(where: { $0.metric == .latency }), profile == nil || width == nil {
      throw ValidationError(
        "--target latency needs --profile with the file that 'kws profile' wrote, and its --width")
    }
  }

  /// What --target asks for.
  func limits() throws -> [CostLimit] {
    guard let target else { return [] }
    return try target.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, let metric = CostMetric(rawValue: sides[0]),
        let most = Double(sides[1]), most.isFinite, most > 0
      else {
        throw ValidationError(
          "--target \(part): expected a cost and its limit, such as macs=3.1e6; costs are "
            + CostMetric.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return CostLimit(metric: metric, most: most)
    }
  }

  /// The options of the search itself.
  func configuration() throws -> SearchConfiguration {
    let isPaper = space == .paper
    let limits = try limits()
    let objective: CostObjective =
      if !limits.isEmpty {
        .limits(limits)
      } else if let additive {
        .additive(metric: .macs, reference: reference, weight: additive)
      } else {
        .product(metric: .macs, reference: reference, beta: beta)
      }
    var configuration = SearchConfiguration(
      warmUpEpochCount: warmUpEpochs ?? (isPaper ? 40 : 15),
      epochCount: epochs ?? (isPaper ? 120 : 30), objective: objective)
    configuration.batchSize = batch
    configuration.rate = learningRate ?? (isPaper ? 0.2 : 0.1)
    configuration.warmUpRate = isPaper ? 0.05 : configuration.rate
    configuration.architectureRate = architectureRate ?? (isPaper ? 4e-3 : 1e-2)
    configuration.gates = gates
    configuration.weightBits = weightBits
    configuration.heldOutPercent = heldOut
    configuration.seed = seed
    return configuration
  }

  /// The space at a width that is given or fits the limits.
  func searchSpace(labelCount: Int, latencies: LatencyTable) throws -> SearchSpace {
    func space(_ width: Double) -> SearchSpace {
      self.space.space(width: width, coefficientCount: coefficients, labelCount: labelCount)
    }
    if let width { return space(width) }
    let limits = try limits()
    guard self.space == .stream, !limits.isEmpty else { return space(1) }
    return try SearchWidth.fitting(limits, latencies: latencies, space: space)
  }
}

extension GateMode: ExpressibleByArgument {}
