// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import PulseServer
import Testing

/// `kws listen` as a person or a service manager runs it, on a microphone with a real clock.
@Suite(.serialized) struct ListenTests {
  private let folder: TemporaryFolder
  private let server: PulseServer

  init() throws {
    folder = try TemporaryFolder()
    server = try PulseServer()
  }

  private func listen(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> RunningCommand {
    try RunningCommand(
      ["listen", "--device", "nullmon"] + arguments,
      environment: environment.merging(server.environment) { $1 })
  }

  /// Waits for the line that says that audio flows.
  private func hears(_ listener: RunningCommand) -> Bool {
    listener.wait { $0.error.contains("the first audio went through the network") }
  }

  /// Plays recordings one after another, each with a second of silence behind it, to the end.
  private func play(_ names: [String]) throws {
    var samples: [Int16] = []
    for name in names {
      let path = try Speech.convert(
        Speech.path(name), to: folder.path("\(name).raw"),
        ["-t", "raw", "-r", "16000", "-c", "1", "-b", "16", "-e", "signed"])
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      samples += stride(from: 0, to: bytes.count - 1, by: 2).map {
        Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
      }
      samples += [Int16](repeating: 0, count: 16_000)
    }
    #expect(try server.play(samples).wait() == 0)
  }

  @Test func `a recording of what was heard gives the same events, byte for byte`() throws {
    let recording = folder.path("heard.wav")
    let listener = try listen(["--record", recording, "--format", "jsonl"])
    #expect(hears(listener))
    try play(["Front_Left", "Noise", "Side_Right"])
    #expect(listener.wait { $0.lines.count == 2 })
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
    #expect(try Command(["replay", "--format", "jsonl", recording]).output == listener.output)
    #expect(listener.output.contains("\"keyword\":\"left\""))
    #expect(listener.output.contains("\"keyword\":\"right\""))
    #expect(!listener.output.contains("\"time\""))
  }

  @Test func `a target gives the events that a replay gives for it`() throws {
    let (model, recording) = (folder.path("m.safetensors"), folder.path("heard.wav"))
    let truth = try folder.write("w.tsv", Array("0.5\t1.4\tleft\n".utf8))
    let noise = (0..<960_000).map { Float(($0 * 7_919) % 1_001 - 500) / 100_000 }
    try folder.write("noise.wav", WaveFile.bytes(noise))
    let calibrated = try Command(calibration(truth: truth, model: model))
    #expect(calibrated.status == 0, "\(calibrated.error)")
    let target = ["--model", model, "--format", "jsonl", "--target-fa-per-day"]
    let listener = try listen(["--record", recording] + target + ["9000"])
    #expect(hears(listener))
    #expect(listener.error.contains("kws: thresholds for at most 9000 false alarms per day"))
    try play(["Front_Left", "Side_Right"])
    #expect(listener.wait { $0.lines.count == 2 })
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
    let replayed = try Command(["replay"] + target + ["9000", recording])
    #expect(replayed.output == listener.output, "\(replayed.error)")
  }

  /// The calibration of the built-in model with the noise that lies in the folder.
  private func calibration(truth: String, model: String) throws -> [String] {
    [
      "calibrate", "--stream", try Speech.path("Front_Left"), "--truth", truth, "--background",
      folder.path("noise.wav"), "--output", model,
    ]
  }

  @Test func `a process that was stopped for seconds accounts for all of them`() throws {
    let recording = folder.path("stopped.wav")
    let listener = try listen(["--record", recording])
    #expect(hears(listener))
    let began = Date()
    usleep(500_000)
    listener.send(SIGSTOP)
    usleep(4_000_000)
    listener.send(SIGCONT)
    try play(["Front_Left"])
    #expect(listener.wait { $0.lines.count == 1 })
    listener.send(SIGINT)
    #expect(listener.end() == 0)
    let elapsed = -began.timeIntervalSinceNow
    #expect(try Command(["replay", recording]).output == listener.output)
    // The sound server may keep what was not fetched, or drop it: both are accounted for.
    let marks = try Sidecar(recording)
    let captured = try #require(marks.frame(of: "end"))
    let lost = marks.lengths(of: "gap").reduce(0, +)
    let seconds = Double(captured + lost) / 16_000
    #expect(abs(seconds - elapsed) < 1, "\(captured) + \(lost) frames in \(elapsed) s")
  }

  @Test func `the time of day is that of the word, also where it is heard late`() throws {
    let listener = try listen(["--wall-clock", "--format", "jsonl"])
    #expect(hears(listener))
    try play(["Front_Left"])
    #expect(listener.wait { $0.lines.count == 1 })
    listener.send(SIGSTOP)
    try play(["Side_Right"])
    usleep(1_000_000)
    listener.send(SIGCONT)
    #expect(listener.wait { $0.lines.count == 2 })
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    let times = try listener.lines.map { line in
      let event =
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      let time = try #require((event["time"] as? String).flatMap(formatter.date(from:)))
      return (time: time.timeIntervalSince1970, at: try #require(event["at"] as? Int))
    }
    try #require(times.count == 2)
    let samples = Double(times[1].at - times[0].at) / 16_000
    #expect(abs(times[1].time - times[0].time - samples) < 0.5)
  }

  @Test func `a server that dies is waited for, and heard when it is back`() throws {
    let listener = try listen(["--format", "name"])
    #expect(hears(listener))
    server.stop()
    #expect(listener.wait { $0.error.contains("device gone") || $0.error.contains("no audio") })
    usleep(1_500_000)
    try server.start()
    #expect(listener.wait(seconds: 30) { $0.error.contains("is over") })
    // A listener is cold for a second after a long gap.
    usleep(1_500_000)
    try play(["Front_Left"])
    #expect(listener.wait { $0.lines == ["left"] })
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
  }

  @Test func `a hangup takes new thresholds, and refuses what is wrong`() throws {
    let path = try folder.write("kws.toml", Array("format = \"name\"\nthreshold = 1\n".utf8))
    let listener = try listen(["--config", path])
    #expect(hears(listener))
    try play(["Front_Left"])
    #expect(listener.lines == [])
    try folder.write("kws.toml", Array("format = \"name\"\nthreshold = 0.7\n".utf8))
    listener.send(SIGHUP)
    #expect(listener.wait { $0.error.contains("the new configuration holds") })
    try play(["Front_Left"])
    #expect(listener.wait { $0.lines == ["left"] })
    try folder.write("kws.toml", Array("format = \"name\"\nthreshold = 7\n".utf8))
    listener.send(SIGHUP)
    #expect(listener.wait { $0.error.contains("the new configuration is refused") })
    #expect(listener.error.contains("kws.toml:2:"))
    try play(["Side_Right"])
    #expect(listener.wait { $0.lines == ["left", "right"] })
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
  }

  @Test func `hangups without a change change nothing, and many do not delay the end`() throws {
    let recording = folder.path("same.wav")
    let listener = try listen(["--record", recording, "--format", "name"])
    #expect(hears(listener))
    try play(["Front_Left"])
    for _ in 0..<500 { listener.send(SIGHUP) }
    #expect(listener.wait { $0.error.contains("the new configuration holds") })
    try play(["Side_Right"])
    #expect(listener.wait { $0.lines == ["left", "right"] })
    for _ in 0..<500 { listener.send(SIGHUP) }
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
    // Far fewer reloads than hangups.
    #expect(listener.error.split(separator: "\n").count < 50)
    let replayed = try Command(["replay", "--format", "name", recording])
    #expect(replayed.output == listener.output && replayed.error == "")
  }

  @Test func `a reader that leaves ends a listener that has nothing else to write to`() throws {
    let run = Process()
    run.executableURL = URL(fileURLWithPath: "/bin/bash")
    run.arguments = [
      "-c", "\"$0\" listen --device nullmon --format name | head -1; exit ${PIPESTATUS[0]}",
      Command.executable,
    ]
    run.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("KWS_") }.merging(server.environment) { $1 }
    let output = Pipe()
    run.standardOutput = output
    try run.run()
    usleep(2_000_000)
    try play(["Front_Left", "Side_Right", "Front_Left"])
    let deadline = Date(timeIntervalSinceNow: 20)
    while run.isRunning && Date() < deadline { usleep(50_000) }
    #expect(!run.isRunning)
    if run.isRunning { run.terminate() }
    #expect(run.terminationStatus == 0)
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text == "left\n" || text == "right\n")
  }

  @Test func `code that only the start needed leaves the memory`() throws {
    let listener = try listen([])
    #expect(hears(listener))
    // The peak is that of the start.
    #expect(
      listener.wait { listener in
        let status = "/proc/\(listener.identifier)/status"
        guard let text = try? String(contentsOfFile: status, encoding: .utf8) else { return false }
        func kilobytes(_ name: String) -> Int {
          let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
          return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }
        return kilobytes("VmRSS:") > 0 && kilobytes("VmRSS:") < kilobytes("VmHWM:") * 4 / 5
      })
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
  }

  @Test func `a device that is not there ends it with 69`() throws {
    let listener = try RunningCommand(
      ["listen", "--device", "nobody"], environment: server.environment)
    #expect(listener.end() == 69)
    #expect(listener.error.contains("nobody"))
  }
}

/// The marks beside a recording.
struct Sidecar {
  private var lines: [[String: Any]] = []

  init(_ recording: String) throws {
    let text = try String(contentsOfFile: recording + ".jsonl", encoding: .utf8)
    for line in text.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      if let object = object as? [String: Any] { lines.append(object) }
    }
  }

  /// Frames before the mark of `kind`.
  func frame(of kind: String) -> Int? {
    lines.first { $0["kind"] as? String == kind }?["frame"] as? Int
  }

  /// Lengths, in frames, of all marks of `kind`.
  func lengths(of kind: String) -> [Int] {
    lines.filter { $0["kind"] as? String == kind }.compactMap { $0["length"] as? Int }
  }
}
