// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers

extension DatasetSummary {
  /// The summary of a log-mel set; lengths are those of the frames that hold sound.
  package init(_ set: LogMelSet) {
    let hopSeconds = 0.01
    var tally = Tally()
    var noiseCount = 0
    for clip in set.clips {
      guard let split = clip.split else {
        noiseCount += 1
        continue
      }
      tally.add(
        word: clip.word, name: clip.name, split: split,
        seconds: Double(set.soundFrames(row: clip.row).count) * hopSeconds)
    }
    self.init(
      kind: .logMel, digest: set.digest, words: tally.words, speakerCount: tally.speakers.count,
      noiseCount: noiseCount,
      noiseSeconds: Double(noiseCount * LogMelSet.frameCount) * hopSeconds, brokenFiles: [])
  }

  /// The summary of a folder of recordings, every one of which is read.
  package init(_ folder: RecordingFolder, progress: (Int, Int) -> Void) {
    let total = folder.clips.count + folder.noisePaths.count
    var tally = Tally()
    var broken: [BrokenFile] = []
    for (index, clip) in folder.clips.enumerated() {
      let (seconds, reason) = Self.read(clip.path)
      if let reason { broken.append(BrokenFile(path: clip.path, reason: reason)) }
      tally.add(word: clip.word, name: clip.name, split: clip.split, seconds: seconds)
      progress(index + 1, total)
    }
    var noiseSeconds = 0.0
    for (index, path) in folder.noisePaths.enumerated() {
      let (seconds, reason) = Self.read(path)
      if let reason { broken.append(BrokenFile(path: path, reason: reason)) }
      noiseSeconds += seconds ?? 0
      progress(folder.clips.count + index + 1, total)
    }
    self.init(
      kind: .recordings, digest: folder.digest, words: tally.words,
      speakerCount: tally.speakers.count, noiseCount: folder.noisePaths.count,
      noiseSeconds: noiseSeconds, brokenFiles: broken)
  }

  private init(
    kind: Kind, digest: String, words: [Word], speakerCount: Int, noiseCount: Int,
    noiseSeconds: Double, brokenFiles: [BrokenFile]
  ) {
    self.kind = kind
    self.digest = digest
    self.words = words
    self.speakerCount = speakerCount
    self.noiseCount = noiseCount
    self.noiseSeconds = noiseSeconds
    self.brokenFiles = brokenFiles
  }

  /// Reads a recording to its end: its length, nil where it gives no sample, and what is wrong.
  private static func read(_ path: String) -> (seconds: Double?, reason: BrokenFile.Reason?) {
    do throws(AudioError) {
      var source = try SoundFileSource(path: path)
      var chunk = AlignedBuffer<Float>(zeroed: 8192)
      var sampleCount = 0
      while true {
        var room = chunk.mutableSpan
        guard case .samples(let count) = try source.read(into: &room) else { break }
        sampleCount += count
      }
      guard sampleCount > 0 else {
        return (nil, .unreadable(.empty(path: path, expected: "samples")))
      }
      let seconds = Double(sampleCount) / Double(AudioFormat.sampleRate)
      guard source.missingFrameCount > 0 else { return (seconds, nil) }
      return (
        seconds,
        .truncated(
          missingFrameCount: source.missingFrameCount, of: source.declaredFrameCount ?? 0)
      )
    } catch {
      return (nil, .unreadable(.audio(error)))
    }
  }

  /// Counts clips by word.
  private struct Tally {
    private var byName: [String: (word: Word, speakers: Set<String>)] = [:]
    private(set) var speakers: Set<String> = []

    mutating func add(word: String, name: String, split: Split, seconds: Double?) {
      let speaker = Split.speaker(ofClip: name)
      speakers.insert(speaker)
      var entry = byName[word] ?? (Word(name: word), [])
      entry.word.clipCounts[split, default: 0] += 1
      entry.speakers.insert(speaker)
      entry.word.speakerCount = entry.speakers.count
      if let seconds { entry.word.add(seconds: seconds) }
      byName[word] = entry
    }

    /// The words by name.
    var words: [Word] { byName.values.map(\.word).sorted { $0.name < $1.name } }
  }
}
