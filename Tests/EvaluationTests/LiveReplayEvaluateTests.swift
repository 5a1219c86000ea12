// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers
import Evaluation
import Foundation
import KeywordSpotting
import StreamSpotting
import Testing
import ToneModel

/// One line from samples to events, with another source at its head: a device, its recording, a
/// sound file, a pipe.
@Suite final class LiveReplayEvaluateTests {
  private let root =
    FileManager.default.temporaryDirectory.path + "/kws-live-tests-" + UUID().uuidString
  private let plan: SpottingPlan

  init() throws {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    plan = try SpottingPlan(model: toneModel(), nearMissRatio: 0.5)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// What a listener detects on `device`, which a recorder may hear as well.
  private func live(_ device: consuming RandomDevice) throws -> [Detection] {
    var line = SpottingLine(plan: plan, keepsRecentSamples: true)
    var found: [Detection] = []
    while true {
      let step = try line.step(&device)
      if case .detection(let detection) = step { found.append(detection) }
      if step == .end { return found }
    }
  }

  private func replay(
    _ source: inout some AudioSource & ~Copyable, tailLength: Int = 0
  ) throws -> [Detection] {
    var replay = Replay(plan: plan)
    var found: [Detection] = []
    _ = try replay.run(&source, tailLength: tailLength) { found.append($0) }
    return found
  }

  @Test(arguments: 0..<24)
  func `a device, its recording, and the recording evaluated give the same detections`(
    turn: UInt32
  ) throws {
    var generator = CounterBasedGenerator(seed: 8, stream: turn)
    let hasGaps = turn % 2 == 0
    let sound = RandomSound(&generator)
    let path = "\(root)/heard.wav"
    let recorder = try CaptureRecorder(path: path, format: sound.format, source: "mic")
    let heard = try live(
      RandomDevice(sound, recorder: recorder, hasGaps: hasGaps, generator: generator))
    try #require(recorder.waitUntilClosed())
    #expect(!heard.isEmpty)
    var recording = try RecordedSource(path: path)
    #expect(try replay(&recording) == heard && recording.isComplete)
    guard !hasGaps else { return }
    // The same device in other pieces, without a recorder.
    let again = try live(RandomDevice(sound, recorder: nil, hasGaps: false, generator: generator))
    #expect(again == heard)
    var file = try SoundFileSource(path: path)
    #expect(try replay(&file) == heard)
    var evaluated = try SoundFileSource(path: path)
    let trace = try PosteriorTrace(&evaluated, plan: plan, tailLength: 0)
    #expect(
      trace.detections()
        == heard.filter { !$0.isNearMiss }.map {
          ScoredDetection(time: Double($0.at) / 16_000, label: $0.label, score: $0.score)
        })
  }

  @Test(arguments: 0..<12)
  func `a recording in several files is heard whole through a pipe, and each file alone from cold`(
    turn: UInt32
  ) throws {
    var generator = CounterBasedGenerator(seed: 9, stream: turn)
    let samples = RandomSound.tones(secondCount: 8, &generator).map { Int16($0 * 32_767) }
    let whole = try replayPipe(samples)
    #expect(!whole.isEmpty)
    let cuts = (0..<3).map { _ in Int.random(in: 1..<samples.count, using: &generator) }.sorted()
    let bounds = [0] + cuts + [samples.count]
    var replay = Replay(plan: plan)
    var pieces: [Int16] = []
    for (start, end) in zip(bounds, bounds.dropFirst()) where start < end {
      let path = "\(root)/\(start).wav"
      try WaveClip.write(samples[start..<end].span, to: path)
      // One replay hears all files, as the command's does; each is a stream of its own.
      var file = try SoundFileSource(path: path)
      var found: [Detection] = []
      _ = try replay.run(&file, tailLength: 8_000) { found.append($0) }
      var alone = try SoundFileSource(path: path)
      #expect(try self.replay(&alone, tailLength: 8_000) == found, "from \(start)")
      #expect(found.allSatisfy { $0.at < end - start + 8_000 && $0.start >= 0 })
      pieces += try readWholeClip(path).map { Int16($0 * 32_768) }
    }
    #expect(try replayPipe(pieces) == whole)
  }

  /// The detections on raw samples that come in pieces of all sizes through a pipe.
  private func replayPipe(_ samples: [Int16]) throws -> [Detection] {
    let pipe = Pipe()
    let bytes = samples.flatMap {
      [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
    }
    let writer = Thread {
      var start = 0
      var size = 1
      while start < bytes.count {
        let end = min(start + size, bytes.count)
        pipe.fileHandleForWriting.write(Data(bytes[start..<end]))
        start = end
        size = size * 3 % 20_011
      }
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    var source = RawPCMSource(descriptor: pipe.fileHandleForReading.fileDescriptor)
    return try replay(&source)
  }
}
