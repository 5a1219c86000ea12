// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// What is in a data set: words, clips, speakers, lengths, split, and what is broken.
package struct DatasetSummary: Equatable, Sendable {
  /// The form of a data set.
  package enum Kind: String, Equatable, Sendable {
    case recordings
    case logMel
  }

  /// The clips of one word.
  package struct Word: Equatable, Sendable {
    package var name: String
    package var clipCounts: [Split: Int] = [:]
    package var speakerCount = 0

    /// Shortest, summed and longest length of the readable clips, in seconds.
    package var shortestSeconds = Double.infinity
    package var totalSeconds = 0.0
    package var longestSeconds = 0.0

    package init(name: String) { self.name = name }

    /// Clips in all splits.
    package var clipCount: Int { clipCounts.values.reduce(0, +) }

    mutating func add(seconds: Double) {
      shortestSeconds = min(shortestSeconds, seconds)
      longestSeconds = max(longestSeconds, seconds)
      totalSeconds += seconds
    }
  }

  /// A recording that cannot be used as it is.
  package struct BrokenFile: Equatable, Sendable {
    package var path: String
    package var reason: Reason

    package enum Reason: Equatable, Sendable {
      /// It cannot be read.
      case unreadable(DatasetError)

      /// Its header promises more frames than it holds.
      case truncated(missingFrameCount: Int, of: Int)
    }
  }

  package var kind: Kind

  /// SHA-256 over the index, as models trained on it carry.
  package var digest: String

  /// Words in the order of their names.
  package var words: [Word]

  /// Different speakers in all words; names without a speaker count one each.
  package var speakerCount: Int

  /// Recordings or windows of noise, and their length in seconds.
  package var noiseCount: Int
  package var noiseSeconds: Double

  /// Files that cannot be used, by path; always empty for log-mel sets, whose opening checks them.
  package var brokenFiles: [BrokenFile]

  /// Reads the data set in the folder `path`, every recording to its end.
  ///
  /// - Parameter progress: called with (files read, files in all).
  /// - Throws: `DatasetError` where there is no data set or its index is broken; a broken recording
  ///   is part of the summary.
  package init(
    path: String, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(DatasetError) {
    if FileManager.default.fileExists(atPath: path + "/" + LogMelSet.containerName) {
      self.init(try LogMelSet(path: path))
    } else {
      self.init(try RecordingFolder(path: path), progress: progress)
    }
  }
}
