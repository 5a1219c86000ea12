// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import FoundationEssentials
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import Storage
import Threads
import Training

/// One search with its files in a folder: `search.safetensors` (after every epoch what is needed to go
/// on, in the end the derived network), and the report.
struct SearchRun {
  let folder: String
  let searcher: Searcher
  let attribution: String

  /// The command line, for the record.
  let command: String

  var checkpointPath: String { "\(folder)/search.safetensors" }

  /// Searches to the end; goes on from the checkpoint where there is one.
  ///
  /// - Returns: the derived network with the supernet's weights.
  func search() throws -> Checkpoint {
    if File.isRegular(checkpointPath) {
      let checkpoint = try loadCheckpoint(checkpointPath)
      do throws(SearchError) {
        try searcher.resume(checkpoint)
      } catch {
        throw error.commandError(at: checkpointPath)
      }
    }
    let epochCount = searcher.configuration.totalEpochCount
    printError(
      "\(searcher.space.name): \(searcher.space.blocks.count) blocks, "
        + "10^\(fixed(searcher.space.sizeLog10, decimals: 1)) networks, "
        + searcher.tables.map {
          "\($0.metric.text($0.range.lowerBound)) to \($0.metric.text($0.range.upperBound))"
        }.joined(separator: ", ")
        + "; \(searcher.clipCount) clips an epoch, epoch \(searcher.epoch) of \(epochCount) done")
    StopRequest.listen()
    var progress = SearchProgress(searcher)
    while !searcher.isFinished {
      let report = try searcher.runEpoch { batch, loss in
        progress.step(batch: batch, loss: loss)
        return !StopRequest.isSet
      }
      guard let report else {
        throw CommandError(
          "stopped in epoch \(searcher.epoch + 1); go on with the same command and --resume.",
          .interrupted)
      }
      try write(searcher.checkpoint(provenance: provenance(report)))
      try writeReport()
      progress.epoch(report)
    }
    return try loadCheckpoint(checkpointPath)
  }

  /// Writes `report.html` with its figures, `epochs.jsonl` with one line per epoch, and `result.json`
  /// once something was trained.
  func writeReport(_ trainings: [SearchedTraining.Result] = []) throws {
    let page = try SearchPage(
      space: searcher.space, configuration: searcher.configuration, tables: searcher.tables,
      history: searcher.history, command: command, trainings: trainings
    ).page()
    try page.write(to: folder, name: "report")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let lines = try searcher.history.map { try encoder.encode($0) + Data("\n".utf8) }
    try File.replace("\(folder)/epochs.jsonl", with: Array(lines.joined()).span)
    guard let best = SearchedTraining.best(trainings) else { return }
    let point = try SweepPage.Point(
      name: searcher.space.name, best, framesPerSecond: searcher.space.framesPerSecond)
    try SearchResult(command: command, point: point).write(to: folder)
  }

  private func write(_ checkpoint: Checkpoint) throws {
    try File.replace(checkpointPath, with: checkpoint.encoded().span)
  }

  private func provenance(_ report: SearchEpochReport) -> Provenance {
    Provenance(
      license: "CC-BY-4.0", attribution: attribution, datasetDigest: searcher.data.digest,
      commands: [command], seed: searcher.configuration.seed,
      accuracy: [
        ("from reset", report.accuracyFromReset), ("in-stream", report.accuracyInStream),
      ].compactMap { kind, accuracy in
        accuracy.map {
          "validation, weights of the supernet, \(kind): \(percent($0)) of "
            + "\(report.validationClipCount) clips"
        }
      })
  }
}
