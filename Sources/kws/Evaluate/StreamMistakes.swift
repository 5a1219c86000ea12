// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Reports

/// Missed words and false alarms in whole recordings, worst first, with what is to be heard of them.
struct StreamMistakes {
  private let recordings: [HeardRecording]

  /// Indices of recordings, with words that never came near before others.
  private let missed: [(recording: Int, word: ScorePeaks.Word)]

  /// Indices of recordings, with alarms that were surest before others.
  private let alarms: [(recording: Int, alarm: ScoredDetection)]

  /// Of the sounds of a page for either kind.
  private static let soundCount = EvaluationPage.soundCount / 2

  /// A player's seconds before a false alarm; a word that fires lies within.
  private static let secondsBefore = 1.5

  /// A player's seconds around a missed word, and the most it plays.
  private static let margin = 0.25
  private static let longest = 2.5

  init(_ report: StreamReport) {
    recordings = report.recordings
    missed = report.recordings.enumerated().flatMap { index, recording in
      recording.misses.map { (index, $0) }
    }.sorted { ($0.1.peak, $0.0, $0.1.word.start) < ($1.1.peak, $1.0, $1.1.word.start) }
    alarms = report.recordings.enumerated().flatMap { index, recording in
      recording.falseAlarms.map { (index, $0) }
    }.sorted { (-$0.1.score, $0.0, $0.1.time) < (-$1.1.score, $1.0, $1.1.time) }
  }

  /// - Throws: `AudioError`.
  func missedWords() throws -> [Page.Element] {
    try elements(
      missed.map { recording, item in
        (
          recording,
          max(
            0, item.word.start - Self.margin)...min(
              item.word.end + Self.margin, item.word.start + Self.longest),
          [
            .text(item.word.label), .number(fixed(Double(item.peak), decimals: 3)),
            .number(Self.time(item.word.start)), .text(recordings[recording].path),
          ]
        )
      }, header: ["word", "highest score", "time", "recording"], none: "No word was missed.")
  }

  /// - Throws: `AudioError`.
  func falseAlarms() throws -> [Page.Element] {
    try elements(
      alarms.map { recording, alarm in
        (
          recording, max(0, alarm.time - Self.secondsBefore)...alarm.time,
          [
            .text(alarm.label), .number(fixed(Double(alarm.score), decimals: 3)),
            .number(Self.time(alarm.time)), .text(recordings[recording].path),
          ]
        )
      }, header: ["taken for", "score", "time", "recording"], none: "There were no false alarms.")
  }

  private func elements(
    _ items: [(recording: Int, part: ClosedRange<Double>, cells: [Page.Cell])], header: [String],
    none: String
  ) throws -> [Page.Element] {
    guard !items.isEmpty else { return [.paragraph(none)] }
    let played = items.prefix(Self.soundCount)
    var sounds = [Sound?](repeating: nil, count: played.count)
    for recording in Set(played.map(\.recording)) {
      let own = played.indices.filter { played[$0].recording == recording }
      let found = try recordings[recording].sounds(own.map { played[$0].part })
      for (index, sound) in zip(own, found) { sounds[index] = sound }
    }
    var elements: [Page.Element] = [
      .table(
        Page.Table(
          header: ["sound"] + header,
          rows: zip(played, sounds).map { item, sound in
            [sound.map { .sound($0) } ?? .text("")] + item.cells
          }))
    ]
    let others = items.dropFirst(Self.soundCount).prefix(EvaluationPage.rowCount)
    if !others.isEmpty {
      elements.append(
        .details(
          summary: "\(others.count) more of \(items.count)",
          [.table(Page.Table(header: header, rows: others.map(\.cells)))]))
    }
    return elements
  }

  var missesJSON: String {
    JSONLine.array(
      missed.map { recording, item in
        var object = JSONLine()
        object.add("recording", recordings[recording].path)
        object.add("start", item.word.start, decimals: 3)
        object.add("end", item.word.end, decimals: 3)
        object.add("word", item.word.label)
        object.add("score", Double(item.peak), decimals: 4)
        return object.text
      })
  }

  var falseAlarmsJSON: String {
    JSONLine.array(
      alarms.map { recording, alarm in
        var object = JSONLine()
        object.add("recording", recordings[recording].path)
        object.add("time", alarm.time, decimals: 3)
        object.add("keyword", alarm.label)
        object.add("score", Double(alarm.score), decimals: 4)
        return object.text
      })
  }

  /// Such as `1:02:03.4` or `2:03.4`.
  private static func time(_ seconds: Double) -> String {
    let tenths = Int((10 * seconds).rounded())
    let (whole, minutes) = (tenths / 10, tenths / 600)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let rest = "\(two(whole % 60)).\(tenths % 10)"
    return minutes < 60
      ? "\(minutes):\(rest)" : "\(minutes / 60):\(two(minutes % 60)):\(rest)"
  }
}
