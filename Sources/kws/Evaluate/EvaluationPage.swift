// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Evaluation
import Reports

/// The report on an evaluation: what was measured, how sure it is, and what to listen to.
struct EvaluationPage {
  let model: ReportedModel

  /// The command that makes the same report.
  let command: String

  /// Sounds that a page carries at most: of one to three seconds, two megabytes together.
  static let soundCount = 24

  /// Rows of a table of what went wrong, beyond those with sounds.
  static let rowCount = 200

  /// Bins of a score's 0...1.
  static let scoreBinCount = 20

  /// The last section of every page: how to get it again.
  func origin(_ facts: [Page.Fact]) -> Page.Section {
    Page.Section(
      "How it was made",
      [
        .facts(facts + model.facts + [Page.Fact("kws", Kws.configuration.version)]),
        .code(command),
        .paragraph(
          "Run it where the paths are the same. The numbers of this page are in report.json beside it, "
            + "its drawings in files of their own."),
      ])
  }

  /// `members` behind what made them.
  func json(_ members: [(name: String, json: String)]) -> String {
    var object = JSONLine()
    object.add("command", command)
    object.add("version", Kws.configuration.version)
    object.add("model", json: model.json)
    for member in members { object.add(member.name, json: member.json) }
    return object.text
  }

  /// Large: a part with its exact interval.
  static func highlight(
    _ name: String, _ count: Int, of total: Int, _ what: String
  ) -> Page.Highlight {
    let interval = ClopperPearsonInterval(count: count, total: total)
    return Page.Highlight(
      percent(Double(count) / Double(max(total, 1))), name: name,
      note: "\(count) of \(total) \(what); \(percentInterval(interval.low, interval.high))")
  }

  /// Such as `95 % interval 94.96-97.20, exact`.
  static func percentInterval(_ low: Double, _ high: Double) -> String {
    "95 % interval \(fixed(100 * low, decimals: 2))-\(fixed(100 * high, decimals: 2)), exact"
  }

  /// A histogram of scores, whose counts differ by orders of magnitude.
  static func scores(
    _ title: String, _ label: String, _ groups: [(name: String, values: [Float])]
  ) -> Histogram {
    var histogram = Histogram(
      title: title, label: label, range: 0...1, binCount: scoreBinCount, scale: .logarithmic)
    for group in groups {
      histogram.add("\(group.name) (\(group.values.count))", group.values.map(Double.init))
    }
    return histogram
  }

  /// `{"edges": [...], "counts": {"<group>": [...]}}`, the groups by the names given here.
  static func json(_ histogram: Histogram, _ names: [String]) -> String {
    var counts = JSONLine()
    for (name, group) in zip(names, histogram.groups) {
      counts.add(name, json: JSONLine.array(group.counts.map { "\($0)" }))
    }
    var object = JSONLine()
    object.add("edges", json: JSONLine.array(histogram.edges.map { fixed($0, decimals: 3) }))
    object.add("counts", json: counts.text)
    return object.text
  }
}
