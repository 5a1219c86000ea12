// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Storage
import Training

/// What every epoch of a training brought, kept in the report over interruptions.
struct TrainingHistory {
  private(set) var epochs: [EpochReport] = []

  init() {}

  /// The epochs before those that are still to come, from the report of the same command that was
  /// interrupted; none where that is missing or another.
  ///
  /// - Throws: `StorageError` where a report is there and cannot be read.
  init(in folder: ReportFolder, before page: TrainingPage) throws {
    guard page.firstEpoch > 0, File.isRegular(folder.json) else { return }
    let bytes = try File.read(folder.json, limit: 1 << 26)
    guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(bytes)),
      stored.command == page.command
    else { return }
    epochs = stored.epochs.map(\.report).filter { (1...page.firstEpoch).contains($0.epoch) }
      .sorted { $0.epoch < $1.epoch }
  }

  mutating func add(_ report: EpochReport) { epochs.append(report) }

  var json: String {
    JSONLine.array(
      epochs.map { epoch in
        var object = JSONLine()
        object.add("epoch", epoch.epoch)
        object.add("loss", epoch.loss, decimals: 6)
        object.add("trainingAccuracy", epoch.trainingAccuracy, decimals: 6)
        object.add("validationClips", epoch.validation.clipCount)
        object.add("correctFromReset", epoch.validation.correctFromReset)
        object.add("correctInStream", epoch.validation.correctInStream)
        object.add("clipsPerSecond", epoch.clipsPerSecond, decimals: 1)
        return object.text
      })
  }

  /// What is read again of `report.json`.
  private struct Stored: Decodable {
    var command: String
    var epochs: [Epoch]

    struct Epoch: Decodable {
      var epoch: Int
      var loss: Double
      var trainingAccuracy: Double
      var validationClips: Int
      var correctFromReset: Int
      var correctInStream: Int
      var clipsPerSecond: Double

      var report: EpochReport {
        EpochReport(
          epoch: epoch, loss: loss, trainingAccuracy: trainingAccuracy,
          validation: ValidationReport(
            clipCount: validationClips, correctFromReset: correctFromReset,
            correctInStream: correctInStream),
          clipsPerSecond: clipsPerSecond)
      }
    }
  }
}
