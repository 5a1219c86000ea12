// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Foundation
import Testing

@Suite struct CaptureRecorderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let stereo = CaptureFormat(rate: 44_100, channelCount: 2, encoding: .int16)

  private func steps(_ format: CaptureFormat) -> [CaptureStep] {
    var drifted = format
    drifted.rate = format.rate + 12
    return [
      .gap(99, .suspended), .frames(frames(format, count: 30_001)), .gap(400, .overrun),
      .frames(frames(format, count: 5_000, seed: 2)), .gap(format.rate * 3, .deviceLost),
      .frames(frames(format, count: 7_777, seed: 3)), .change(drifted),
      .frames(frames(format, count: 20_000, seed: 4)), .gap(5, .stalled),
    ]
  }

  /// Records `steps` and gives what was heard meanwhile.
  ///
  /// - Parameter name: the path that the recording must get, where it is not `path`.
  private func record(
    _ path: String, as name: String? = nil, _ format: CaptureFormat, _ steps: [CaptureStep]
  ) throws -> Heard {
    let recorder = try CaptureRecorder(path: path, format: format, source: "plughw:\"1\"")
    var stream = try CaptureStream(format: format, recorder: recorder)
    let heard = try run(steps, through: &stream)
    #expect(recorder.waitUntilClosed() && recorder.unrecordedFrameCount == 0)
    #expect(recorder.path == name ?? path && recorder.unwrittenFrameCount == 0)
    return heard
  }

  @Test(arguments: SampleEncoding.allCases)
  func `a recording gives the pieces that were heard`(encoding: SampleEncoding) throws {
    for (rate, channelCount) in [(16_000, 1), (48_000, 3)] {
      let format = CaptureFormat(rate: rate, channelCount: channelCount, encoding: encoding)
      let path = folder.path("heard-\(rate).wav")
      let heard = try record(path, format, steps(format))
      #expect(heard.stretches.count == 3)
      var source = try RecordedSource(path: path)
      #expect(try replay(&source) == heard)
      #expect(source.sourceName == "plughw:\"1\"" && source.isComplete)
      #expect(source.reconfiguredAt == nil && source.unrecordedFrameCount == 0)
    }
  }

  @Test func `without gaps a recording is the sound file that was heard`() throws {
    let path = folder.path("plain.wav")
    let bytes = frames(Self.stereo, count: 50_000)
    let heard = try record(path, Self.stereo, [.frames(bytes)])
    #expect(try readWholeClip(path) == heard.stretches[0].samples)
    let written = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(written.suffix(bytes.count) == Data(bytes))
  }

  @Test func `samples that are no numbers are recorded as silence`() throws {
    let format = CaptureFormat(rate: 16_000, channelCount: 1, encoding: .float32)
    let values: [Float] = [0.5, .nan, -.infinity, 0.25]
    let path = folder.path("nan.wav")
    let bytes = values.flatMap { WaveBytes.word(Int($0.bitPattern), 4) }
    _ = try record(path, format, [.frames(bytes)])
    #expect(try readWholeClip(path) == [0.5, 0, 0, 0.25])
  }

  @Test func `the sidecar says what happened, and when`() throws {
    let path = folder.path("told.wav")
    let recorder = try CaptureRecorder(path: path, format: Self.stereo, source: "mic\n")
    recorder.append(frames(Self.stereo, count: 10).span)
    recorder.markReconfigured()
    recorder.markGap(frameCount: 7, cause: .suspended, isBridged: true)
    recorder.append(frames(Self.stereo, count: 5).span)
    recorder.markChange(to: CaptureFormat(rate: 44_000, channelCount: 2, encoding: .int16))
    recorder.markChange(to: CaptureFormat(rate: 44_000, channelCount: 1, encoding: .int16))
    #expect(recorder.state == .formatChanged)
    recorder.append(frames(Self.stereo, count: 3).span)
    #expect(recorder.unrecordedFrameCount == 3)
    #expect(recorder.waitUntilClosed())
    #expect(
      try String(contentsOfFile: path + ".jsonl", encoding: .utf8) == """
        {"kind":"recording","schema":1,"source":"mic\\u000a","rate":44100,"channels":2,\
        "encoding":"int16"}
        {"kind":"reconfigured","frame":10}
        {"kind":"gap","frame":10,"length":7,"cause":"suspended","restart":false}
        {"kind":"rate","frame":15,"rate":44000}
        {"kind":"end","frame":15,"reason":"formatChanged"}

        """)
    var source = try RecordedSource(path: path)
    _ = try replay(&source)
    #expect(source.reconfiguredAt != nil && source.isComplete && source.readFrameCount == 15)
  }

  @Test func `frames that do not fit are counted, marked and a gap`() throws {
    let path = folder.path("slow.wav")
    let (before, after) = (
      frames(Self.stereo, count: 20_000), frames(Self.stereo, count: 9_000, seed: 2)
    )
    // More than the ring holds, however quick the disk is.
    let lost = 30 * 44_100
    let recorder = try CaptureRecorder(path: path, format: Self.stereo, source: "mic")
    recorder.append(before.span)
    recorder.append(frames(Self.stereo, count: lost).span)
    recorder.append(after.span)
    recorder.end()
    #expect(recorder.waitUntilClosed() && recorder.unrecordedFrameCount == lost)
    var source = try RecordedSource(path: path)
    let again = try replay(&source)
    #expect(source.isComplete && source.unrecordedFrameCount == lost)
    #expect(source.readFrameCount == 29_000 && source.unrecordedAt == 7_256)
    var stream = try CaptureStream(format: Self.stereo)
    let steps: [CaptureStep] = [.frames(before), .gap(lost, .overrun), .frames(after)]
    #expect(try run(steps, through: &stream) == again)
  }

  @Test func `a start that hears nothing leaves an earlier recording alone`() throws {
    let path = folder.path("kept.wav")
    let first = try record(path, Self.stereo, steps(Self.stereo))
    do {
      let recorder = try CaptureRecorder(path: path, format: Self.stereo, source: "other")
      usleep(300_000)
      recorder.markGap(frameCount: 100, cause: .deviceLost, isBridged: true)
      recorder.end()
      // Not even the end of nothing is a reason to replace it.
      #expect(recorder.waitUntilClosed())
    }
    var source = try RecordedSource(path: path)
    #expect(try replay(&source) == first && source.sourceName == "plughw:\"1\"")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted()
    #expect(names == ["kept.wav", "kept.wav.jsonl"])
  }

  @Test(arguments: [
    ("night.wav", "night-2.wav", "night-3.wav"), ("a.b/night", "a.b/night-2", "a.b/night-3"),
    (".night", ".night-2", ".night-3"), ("n.i.wav", "n.i-2.wav", "n.i-3.wav"),
  ])
  func `no recording is replaced: another start makes one with a number`(
    first: String, second: String, third: String
  ) throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("a.b"), withIntermediateDirectories: true)
    let path = folder.path(first)
    let names = [first, second, third].map(folder.path)
    let heard = try (0..<3).map { number in
      try record(
        path, as: names[number], Self.stereo,
        [.frames(frames(Self.stereo, count: 500 + number)), .gap(9, .overrun)])
    }
    for (name, heard) in zip(names, heard) {
      var source = try RecordedSource(path: name)
      #expect(try replay(&source) == heard && source.isComplete)
    }
    #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
  }

  @Test func `a sidecar or a dangling link in the way is left alone too`() throws {
    let path = folder.path("night.wav")
    let sidecar = URL(fileURLWithPath: path + ".jsonl")
    try Data("{}".utf8).write(to: sidecar)
    let link = folder.path("night-2.wav")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "none")
    let bytes = frames(Self.stereo, count: 500)
    _ = try record(path, as: folder.path("night-3.wav"), Self.stereo, [.frames(bytes)])
    #expect(try Data(contentsOf: sidecar) == Data("{}".utf8))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "none")
    // Neither the name that was free for a moment nor the link's is left behind.
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
  }

  @Test func `a disk that stands still leaves frames unwritten, and the recorder tells how many`()
    throws
  {
    // A full pipe stands for the disk: the line of a mark waits in it.
    let path = folder.path("slow.wav")
    let pipe = path + ".jsonl.partial"
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    let reader = unsafe open(pipe, O_RDONLY | O_NONBLOCK)
    let filler = unsafe open(pipe, O_WRONLY | O_NONBLOCK)
    defer { close(reader) }
    let recorder = try CaptureRecorder(path: path, format: Self.stereo, source: "mic")
    let page = [UInt8](repeating: 32, count: 4096)
    while unsafe write(filler, page, page.count) > 0 {}
    while unsafe write(filler, page, 1) > 0 {}
    close(filler)
    recorder.append(frames(Self.stereo, count: 1000).span)
    recorder.markReconfigured()
    recorder.append(frames(Self.stereo, count: 300).span)
    recorder.end()
    #expect(!recorder.waitUntilClosed(withinSeconds: 1))
    while recorder.unwrittenFrameCount > 300 { usleep(10_000) }
    #expect(recorder.unwrittenFrameCount == 300 && recorder.unrecordedFrameCount == 0)
    var taken = [UInt8](repeating: 0, count: 1 << 17)
    while unsafe read(reader, &taken, taken.count) != 0 { usleep(1000) }
    #expect(recorder.waitUntilClosed() && recorder.unwrittenFrameCount == 0)
  }

  @Test func `a place where nothing can be recorded is refused at once`() throws {
    func expect(_ error: AudioError, _ path: String) {
      #expect(throws: error) {
        _ = try CaptureRecorder(path: path, format: Self.stereo, source: "mic")
      }
    }
    expect(.notARegularFile(path: "/dev/null"), "/dev/null")
    expect(.isDirectory(path: folder.root), folder.root)
    let absent = folder.path("none/x.wav")
    expect(.system(path: absent + ".partial", operation: "create", code: ENOENT), absent)
    try FileManager.default.createDirectory(
      atPath: folder.path("y.wav.jsonl"), withIntermediateDirectories: false)
    expect(.isDirectory(path: folder.path("y.wav.jsonl")), folder.path("y.wav.jsonl"))
  }

  @Test func `what was recorded before SIGKILL is there`() async throws {
    let path = folder.path("killed.wav")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let format = CaptureFormat(rate: 44_100, channelCount: 2, encoding: .int16)
      let recorder = try CaptureRecorder(path: path, format: format, source: "mic")
      recorder.append(frames(format, count: 20_000).span)
      recorder.markGap(frameCount: 44_100, cause: .stalled, isBridged: false)
      recorder.append(frames(format, count: 9_000, seed: 2).span)
      // The writer looks every 0.1 s; the machine may be busy.
      var status = stat()
      while unsafe stat(path, &status) != 0 || status.st_size < 4 * 29_000 { usleep(50_000) }
      usleep(500_000)
      kill(getpid(), SIGKILL)
    }
    var source = try RecordedSource(path: path)
    let again = try replay(&source)
    #expect(source.readFrameCount == 29_000 && !source.isComplete)
    #expect(again.stretches.map(\.at) == [0, Int((64_100.0 * 16_000 / 44_100).rounded())])
  }

  @Test func `a full disk ends the recording, not the hearing`() async throws {
    let path = folder.path("full.wav")
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 200_000, rlim_max: 200_000)
      #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let format = CaptureFormat(rate: 16_000, channelCount: 1, encoding: .int16)
      let recorder = try CaptureRecorder(path: path, format: format, source: "mic")
      var stream = try CaptureStream(format: format, recorder: recorder)
      let heard = try run(
        [.frames(frames(format, count: 160_000))], through: &stream, by: 1_600
      ) { usleep(20_000) }
      let isTold =
        recorder.waitUntilClosed() && recorder.state == .failed && recorder.failureCode == EFBIG
        && recorder.failure == .system(path: path + ".partial", operation: "write", code: EFBIG)
      let isCounted = recorder.unrecordedFrameCount > 0
      exit(isTold && isCounted && heard.end == 160_000 ? 0 : 1)
    }
    var source = try RecordedSource(path: path)
    let again = try replay(&source)
    #expect(!source.isComplete && again.end > 50_000 && again.end < 100_000, "\(again.end)")
  }
}
