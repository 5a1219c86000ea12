// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Foundation
import Testing

@Suite struct SidecarTests {
  private let folder: TemporaryFolder
  private let path: String
  private static let header =
    #"{"kind":"recording","schema":1,"source":"mic","rate":16000,"channels":1,"#
    + #""encoding":"int16"}"#

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write("x.wav", WaveBytes.integers(Array(1...100)))
  }

  private func write(_ text: String) throws { try folder.write("x.wav.jsonl", Array(text.utf8)) }

  private func expect(
    _ line: Int, _ field: String?, _ fault: SidecarFault, _ text: String
  ) throws {
    try write(text)
    let error = AudioError.sidecar(path: path + ".jsonl", line: line, field: field, fault)
    #expect(throws: error, "\(text)") {
      var source = try RecordedSource(path: path)
      _ = try replay(&source)
    }
  }

  private func mark(_ field: String?, _ fault: SidecarFault, _ text: String) throws {
    try expect(2, field, fault, Self.header + "\n" + text + "\n")
  }

  private func header(
    _ field: String?, _ fault: SidecarFault, _ old: String, _ new: String
  ) throws {
    try expect(1, field, fault, Self.header.replacingOccurrences(of: old, with: new) + "\n")
  }

  @Test func `a header that is wrong is named with its field`() throws {
    try expect(1, nil, .notJSON, "nonsense\n")
    try expect(1, nil, .notJSON, "[]\n")
    try expect(1, nil, .notJSON, "\n")
    try expect(1, "kind", .missing, "{}\n")
    try header("kind", .unknownValue(found: "gap"), "\"recording\"", "\"gap\"")
    try header("schema", .unknownValue(found: "2"), "\"schema\":1", "\"schema\":2")
    try header("schema", .wrongType, "\"schema\":1", "\"schema\":\"1\"")
    try header("rate", .missing, "\"rate\":16000,", "")
    try header("rate", .outOfRange(found: 5, 4_000...384_000), "16000", "5")
    try header("rate", .differs(expected: "16000", found: "16001"), "16000", "16001")
    try header("rate", .wrongType, "16000", "1e99")
    try header("rate", .wrongType, "16000", "16000.5")
    try header("channels", .differs(expected: "1", found: "2"), "\"channels\":1", "\"channels\":2")
    try header("encoding", .differs(expected: "int16", found: "int32"), "int16", "int32")
    try header("encoding", .unknownValue(found: "int17"), "int16", "int17")
    try header("source", .missing, "\"source\":\"mic\",", "")
  }

  @Test func `a mark that is wrong is named with its line and field`() throws {
    let far = 1 << 44
    try mark(nil, .notJSON, "{")
    try mark("kind", .unknownValue(found: "x"), #"{"kind":"x","frame":1}"#)
    try mark("frame", .missing, #"{"kind":"reconfigured"}"#)
    try mark("frame", .outOfRange(found: -1, 0...far), #"{"kind":"reconfigured","frame":-1}"#)
    try mark("rate", .outOfRange(found: 0, 4_000...384_000), #"{"kind":"rate","frame":1,"rate":0}"#)
    try mark("reason", .unknownValue(found: "y"), #"{"kind":"end","frame":1,"reason":"y"}"#)
    try mark(
      "cause", .unknownValue(found: "z"),
      #"{"kind":"gap","frame":1,"length":9,"cause":"z","restart":true}"#)
    try mark(
      "length", .outOfRange(found: 0, 1...far),
      #"{"kind":"gap","frame":1,"length":0,"cause":"overrun","restart":true}"#)
    // Hours of zeros are not to be heard because a line says so.
    try mark(
      "length", .outOfRange(found: 1 << 40, 1...384_000),
      #"{"kind":"gap","frame":1,"length":1099511627776,"cause":"overrun","restart":false}"#)
    try mark("length", .outOfRange(found: far + 1, 1...far), unrecorded(far + 1))
    let twice = Self.header + "\n" + unrecorded(far) + "\n" + unrecorded(far) + "\n"
    try expect(3, "length", .outOfRange(found: 2 * far, 0...far), twice)
    let back =
      Self.header + "\n" + #"{"kind":"reconfigured","frame":7}"# + "\n"
      + #"{"kind":"reconfigured","frame":6}"# + "\n"
    try expect(3, "frame", .outOfRange(found: 6, 7...far), back)
    let long = Self.header + "\n{\"kind\":\"" + String(repeating: "x", count: 9_000) + "\"}\n"
    try expect(2, nil, .tooLong(limit: 8_192), long)
  }

  private func unrecorded(_ length: Int) -> String {
    #"{"kind":"unrecorded","frame":1,"length":\#(length)}"#
  }

  @Test func `a sidecar cut anywhere, or with any byte changed, never traps`() throws {
    let whole =
      Self.header + "\n"
      + #"{"kind":"gap","frame":10,"length":9000,"cause":"overrun","restart":true}"# + "\n"
      + #"{"kind":"rate","frame":20,"rate":44100}"# + "\n"
      + unrecorded(3).replacing("1", with: "30")
      + "\n" + #"{"kind":"end","frame":100,"reason":"stopped"}"# + "\n"
    let bytes = Array(whole.utf8)
    var goodCount = 0
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= UInt8(1 << (index % 8))
      for variant in [Array(bytes[..<index]), changed] {
        try folder.write("x.wav.jsonl", variant)
        do {
          var source = try RecordedSource(path: path)
          _ = try replay(&source)
          goodCount += 1
        } catch {
          guard case .sidecar = error else {
            Issue.record("\(error)")
            continue
          }
        }
      }
    }
    #expect(goodCount > 0)
  }

  @Test func `marks behind the end of the sound file are not reached`() throws {
    try write(
      Self.header + "\n" + #"{"kind":"end","frame":101,"reason":"stopped"}"# + "\n")
    var source = try RecordedSource(path: path)
    #expect(try replay(&source).end == 100 && !source.isComplete)
  }

  @Test func `events of an earlier replay, or an empty file, are no sidecar`() throws {
    #expect(!RecordedSource.hasSidecar(path: path))
    try write("")
    #expect(!RecordedSource.hasSidecar(path: path))
    try write("{\"event\":\"detection\",\"keyword\":\"on\"}\n")
    #expect(!RecordedSource.hasSidecar(path: path))
    try write("{\"broken\n")
    #expect(RecordedSource.hasSidecar(path: path))
    try write(Self.header + "\n")
    #expect(RecordedSource.hasSidecar(path: path))
  }
}
