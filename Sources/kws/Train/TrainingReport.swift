// SPDX-License-Identifier: GPL-3.0-or-later

import Training

/// The report of a training in its folder, written anew after every epoch.
struct TrainingReport {
  let folder: ReportFolder
  private var page: TrainingPage

  /// Goes on with what the same command wrote there before it was interrupted.
  ///
  /// - Throws: `StorageError` where a report is there and cannot be read.
  init(_ trainer: Trainer, command: String, in folder: ReportFolder) throws {
    self.folder = folder
    page = TrainingPage(trainer, command: command)
    page.history = try TrainingHistory(in: folder, before: page)
  }

  mutating func add(_ report: EpochReport) throws {
    page.history.add(report)
    _ = try folder.write(page.content)
  }
}
