// SPDX-License-Identifier: GPL-3.0-or-later

import Interchange
import KeywordSpotting
import ModelFormat

extension FuzzedParser {
  /// Multiply-accumulates per window up to which a model is run, not only planned.
  private static let runLimit = 1_000_000

  /// Samples that a model hears: enough for a column of most networks.
  private static let sampleCount = 16_000

  static func readModel(_ bytes: [UInt8]) throws {
    // A model that is read is written and read back as it is.
    func read(_ bytes: [UInt8]) throws(ModelFormatError) -> QuantizedModel {
      try QuantizedModel(reading: bytes)
    }
    _ = try? read(bytes)
    let model = try read(SealedContainer.repaired(bytes))
    precondition((try? read(model.encoded())) == model, "not read back as it was written")
    try run(model)
  }

  private static func run(_ model: QuantizedModel) throws(SpottingError) {
    let plan = try SpottingPlan(model: model, nearMissRatio: 0.5)
    guard let geometry = try? model.architecture.geometry(),
      geometry.allSatisfy({ $0.macPerColumn <= runLimit / $0.windowColumnCount })
    else { return }
    let samples = (0..<sampleCount).map { Float(($0 &* 7919) % 65_536 - 32_768) / 32_768 }
    var spotter = KeywordSpotter(plan: plan)
    var rest = samples.span
    while true {
      let progress = spotter.push(rest)
      guard let detection = progress.detection else { break }
      precondition(
        detection.start <= detection.end && detection.end <= detection.at + 1
          && detection.score.isFinite, "a detection in no order")
      rest = rest.extracting(droppingFirst: progress.consumedSampleCount)
    }
  }

  static func readCheckpoint(_ bytes: [UInt8]) throws(ModelFormatError) {
    _ = try? Checkpoint(reading: bytes)
    let checkpoint = try Checkpoint(reading: SealedContainer.repaired(bytes))
    precondition(
      (try? Checkpoint(reading: checkpoint.encoded())) == checkpoint,
      "not read back as it was written")
  }

  static func readNetConfig(_ bytes: [UInt8]) throws(InterchangeError) {
    let network = try NetConfig(reading: bytes)
    for coefficientCount in [10, 40] {
      _ = try network.publishedCost(coefficientCount: coefficientCount)
    }
  }
}
