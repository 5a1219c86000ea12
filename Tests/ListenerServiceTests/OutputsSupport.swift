// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import KeywordSpotting
import ListenerService
import Synchronization

/// A folder that is gone when its owner is.
final class OutputFolder {
  let root: String

  init() throws {
    // Short: the path of a Unix socket has 107 bytes at most.
    root = "/tmp/kws-outputs-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// The path of `name` inside.
  func path(_ name: String) -> String { root + "/" + name }

  /// The lines of file `name`, none where it is not there.
  func lines(_ name: String) -> [String] {
    let text = (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Writes a shell script and returns its path.
  func script(_ name: String, _ text: String) throws -> String {
    try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path(name)))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path(name))
    return path(name)
  }

  /// The mode of file `name`.
  func mode(_ name: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path(name)))?[.posixPermissions] as? Int
  }
}

/// Reports of outputs in the order in which they came.
final class ReportLog: Sendable {
  private let reports = Mutex<[OutputReport]>([])

  var all: [OutputReport] { reports.withLock { $0 } }

  func facts(_ output: OutputKind) -> [OutputFact] {
    all.filter { $0.output == output }.map(\.fact)
  }

  func add(_ report: OutputReport) { reports.withLock { $0.append(report) } }
}

/// An event that is number `number` of a series.
func sampleEvent(
  _ number: Int, label: String = "seven", score: Float = 0.875, at: Int = 16_000,
  start: Int = 4000, end: Int = 12_000, isNearMiss: Bool = false
) -> ListenerEvent {
  ListenerEvent(
    detection: Detection(
      labelIndex: 2, label: label, score: score, threshold: 0.5, at: at, start: start, end: end,
      isNearMiss: isNearMiss), source: "test", wallClock: 1_700_000_000.25, text: "text \(number)",
    json: #"{"n":\#(number)}"#)
}

/// The JSON lines of events `range`.
func sampleLines(_ range: Range<Int>) -> [String] { range.map { #"{"n":\#($0)}"# } }

/// Whether `condition` holds within `seconds`, asked again and again.
func eventually(within seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date().addingTimeInterval(seconds)
  while Date() < end {
    if try condition() { return true }
    usleep(10_000)
  }
  return try condition()
}
