// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService
import Storage
import Testing

@Suite struct ConfigurationFileTests {
  @Test func `an empty file gives the defaults`() throws {
    for text in ["", "# nothing\n"] {
      let resolved = try ConfigurationFixture(text).layers.resolve(isService: false)
      #expect(resolved.configuration == ListenerConfiguration())
      #expect(resolved.entries.isEmpty)
    }
  }

  @Test func `every setting of a file arrives`() throws {
    let file = try ConfigurationFixture(
      """
      device = "hw:1"
      model = "m.safetensors"
      threshold = [0.5, "yes=0.25", 1]
      target-fa-per-day = 2
      accept-unproven = true
      near-misses = 0.5
      format = "none"
      wall-clock = true
      record = "r.wav"
      wait-for-device = true
      silence-seconds = 5
      realtime-priority = 10
      log-file = "log"
      log-file-format = "text"
      exec = ["/bin/echo", "", "a b"]
      exec-timeout = 2.5
      exec-limit = 2
      socket = "s"
      save-clips = "clips"
      clip-pre-roll = 0
      clip-post-roll = 2.0
      clip-quota = 7
      metrics-socket = "ms"
      metrics-port = 9100
      metrics-textfile = "t.prom"
      """)
    let resolved = try file.layers.resolve(isService: false)
    #expect(Set(resolved.entries.keys) == Set(Setting.allCases))
    var expected = ListenerConfiguration()
    expected.device = "hw:1"
    expected.modelPath = "m.safetensors"
    expected.thresholds = [
      ThresholdSetting(value: 0.5), ThresholdSetting(keyword: "yes", value: 0.25),
      ThresholdSetting(value: 1),
    ]
    expected.targetFalseAlarmsPerDay = 2
    expected.acceptsUnproven = true
    expected.nearMissRatio = 0.5
    expected.wallClock = true
    expected.recordingPath = "r.wav"
    expected.waitsForDevice = true
    expected.silenceSeconds = 5
    expected.realtimePriority = 10
    expected.outputs.standardOutput = nil
    expected.outputs.logFile = LogFileConfiguration(path: "log", format: .text)
    expected.outputs.exec = ExecConfiguration(
      command: ["/bin/echo", "", "a b"], timeoutSeconds: 2.5, childLimit: 2)
    expected.outputs.socketPath = "s"
    expected.outputs.clips = ClipConfiguration(
      directory: "clips", preRollSeconds: 0, postRollSeconds: 2, quotaByteCount: 7_000_000)
    expected.outputs.metrics.socketPath = "ms"
    expected.outputs.metrics.port = 9100
    expected.outputs.metrics.textfilePath = "t.prom"
    #expect(resolved.configuration == expected)
  }

  @Test func `every mistake is told, each with its place, in the order of the file`() throws {
    let file = try ConfigurationFixture(
      """
      tresholds = 0.5
        devices = "x"
      frobnicate = 1
      wall-clock = "yes"
      format = "xml"
      realtime-priority = 100
      clip-quota = 1.5
      threshold = [0.5, "yes", 2, true]
      exec = ["", 1]
      socket = ""
      """)
    let mistakes = file.mistakes
    #expect(
      mistakes.map { "\($0.place) \($0.field)" } == [
        "1:1 tresholds", "2:3 devices", "3:1 frobnicate", "4:14 wall-clock", "5:10 format",
        "6:21 realtime-priority", "7:14 clip-quota", "8:19 threshold", "8:26 threshold",
        "8:29 threshold", "9:9 exec", "9:13 exec", "10:10 socket",
      ])
    #expect(
      mistakes.map(\.fact) == [
        .unknown(nearest: "threshold"), .unknown(nearest: "device"), .unknown(nearest: nil),
        .type(expected: .boolean, found: .string),
        .notAValue(expected: Setting.format.kind, found: "xml"),
        .outOfRange(expected: .integer(0...99), found: "100"),
        .type(expected: .integer(1...1_000_000), found: .float),
        .notAValue(expected: Setting.threshold.kind, found: "yes"),
        .outOfRange(expected: Setting.threshold.kind, found: "2.0"),
        .type(expected: Setting.threshold.kind, found: .boolean),
        .empty(expected: .command), .type(expected: .command, found: .integer),
        .empty(expected: .path),
      ])
  }

  @Test func `an empty command has its place`() throws {
    let mistake = try #require(try ConfigurationFixture("exec = []").mistake)
    #expect(mistake.place == "1:8" && mistake.fact == .empty(expected: .command))
  }

  @Test(
    arguments: [
      ("device = ", "1:10"), ("device = \"a\ndevice = 1", "1:12"), ("= 1", "1:1"),
      ("\ndevice = \"a\"\ndevice = \"b\"", "3:1"), ("device = \"\\x\"", "1:12"),
      ("a = [", "1:6"), ("a = 1\n[ = 1\nb = 1", "2:1"), ("[device", "1:8"), ("device \"x\"", "1:8"),
    ])
  func `a file that is no TOML is refused at its line`(text: String, place: String) throws {
    let mistake = try #require(try ConfigurationFixture(text).mistake)
    guard case .syntax(let words) = mistake.fact else {
      Issue.record("\(mistake)")
      return
    }
    #expect(!words.isEmpty)
    #expect(mistake.place.split(separator: ":")[0] == place.split(separator: ":")[0])
  }

  @Test func `bytes that are no text are refused`() throws {
    for bytes: [UInt8] in [
      Array("device = \"".utf8) + [0xFF, 0x22], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x00],
      Array("device = \"a".utf8) + [0x00, 0x22], [0xFE, 0xFF, 0x00, 0x61],
    ] {
      let mistake = try #require(try ConfigurationFixture(bytes).mistake)
      guard case .syntax = mistake.fact else {
        Issue.record("\(bytes): \(mistake)")
        continue
      }
    }
  }

  @Test func `a name or path with a control character is refused`() throws {
    let mistake = try #require(try ConfigurationFixture("model = \"a\\u0000b\"").mistake)
    #expect(mistake.fact == .controlCharacter(code: 0))
    let other = try #require(try ConfigurationFixture("device = \"a\\u001bb\"").mistake)
    #expect(other.fact == .controlCharacter(code: 27))
    let argument = try #require(try ConfigurationFixture("exec = [\"a\", \"b\\u0000\"]").mistake)
    #expect(argument.fact == .controlCharacter(code: 0) && argument.place == "1:14")
  }

  @Test func `nesting of hostile depth is refused or found to be no setting`() throws {
    let depth = 15_000
    let dots = [String](repeating: "a", count: depth).joined(separator: ".")
    for text in ["\(dots) = 1", "[\(dots)]\nx = 1"] {
      let mistake = try #require(try ConfigurationFixture(text).mistake)
      #expect(mistake.fact == .unknown(nearest: nil) && mistake.field == "a")
    }
    for text in [
      "a = " + String(repeating: "[", count: depth),
      "a = " + String(repeating: "{a=", count: depth / 2),
      "threshold = " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth),
    ] {
      let mistake = try #require(try ConfigurationFixture(text).mistake)
      guard case .syntax = mistake.fact else {
        Issue.record("\(mistake.fact)")
        continue
      }
    }
    let table = try #require(try ConfigurationFixture("[device]\nname = 1").mistake)
    #expect(table.fact == .type(expected: .text, found: .table))
  }

  @Test func `a file past the limit, or none, is named`() throws {
    let large = try ConfigurationFixture([UInt8](repeating: 0x0A, count: 32_769))
    #expect(
      large.mistake?.fact
        == .file(.tooLarge(path: large.path, byteCount: 32_769, limit: 32_768)))
    #expect(try ConfigurationFixture([UInt8](repeating: 0x0A, count: 32_768)).mistakes.isEmpty)
    var layers = ConfigurationLayers()
    layers.addFile("/nonexistent/kws.toml")
    #expect(layers.mistakes.map(\.fact) == [.file(.notFound(path: "/nonexistent/kws.toml"))])
  }

  @Test func `a file with a hyphen in front may be missing, but not be wrong`() throws {
    var layers = ConfigurationLayers()
    layers.addFile("-/nonexistent/kws.toml")
    #expect(layers.mistakes.isEmpty)
    let file = try ConfigurationFixture("device = 1")
    layers.addFile("-" + file.path)
    #expect(
      layers.mistakes.map(\.origin) == [.file(path: file.path, TextPosition(line: 1, column: 10))])
  }

  @Test func `a file cut anywhere or with any byte changed never ends the process`() throws {
    let bytes = Array("exec = [\"a\", 'b']\nthreshold = [0.5, \"yes=0.5\"]\nd = 1979-05-27\n".utf8)
    for length in 0..<bytes.count {
      _ = try ConfigurationFixture(Array(bytes[..<length])).mistakes
      for byte: UInt8 in [0, 0x22, 0x5B, 0x80, 0xFF] {
        var changed = bytes
        changed[length] = byte
        _ = try ConfigurationFixture(changed).mistakes
      }
    }
  }
}
