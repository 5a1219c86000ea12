// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import FoundationEssentials
import SpeechDatasets
import SpeechFeatures
import Testing

/// Where real speech lies on this machine.
private let dataRoot = ProcessInfo.processInfo.environment["KWS_SPEECH_DATA"]

/// Real speech, where `KWS_SPEECH_DATA` names a folder with it.
@Suite(.enabled(if: dataRoot != nil)) struct RealDataTests {
  private let keywords = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]

  @Test func `the log-mel set makes the twelve classes with a tenth each of the last two`() throws {
    let data = try TrainingData(
      sources: [.logMel(path: try #require(dataRoot) + "/log-mel")], keywords: keywords,
      features: FeatureConfiguration(), batchSize: 100, seed: 1)
    var counts = [Int](repeating: 0, count: 12)
    for index in 0..<data.validationBatchCount {
      for label in try data.validationBatch(index).labels { counts[label] += 1 }
    }
    let keywordCount = counts[..<10].reduce(0, +)
    #expect(keywordCount == 3_703)
    #expect(counts[10] == 370 && counts[11] == 370)
    // 30,769 training clips of keywords and twice 3,076, in whole batches.
    #expect(data.clipCount == 36_900)
  }

  @Test func `the list of the recordings and the hash of the spectra split the same clips alike`()
    throws
  {
    let root = try #require(dataRoot)
    let folder = try RecordingFolder(path: root + "/speech-commands")
    let spectra = try LogMelSet(path: root + "/log-mel")
    let training = Set(
      spectra.clips.filter { $0.split == .training }.map { "\($0.word)/\($0.name)" })
    let validation = Set(
      spectra.clips.filter { $0.split == .validation }.map { "\($0.word)/\($0.name)" })
    var counts = (same: 0, other: 0)
    for clip in folder.clips {
      let key = "\(clip.word)/\(clip.name)"
      let (isTraining, isValidation) = (training.contains(key), validation.contains(key))
      guard isTraining || isValidation else { continue }
      if clip.split == (isTraining ? .training : .validation) {
        counts.same += 1
      } else {
        counts.other += 1
      }
    }
    #expect(counts.same > 1_000 && counts.other == 0)
  }
}
