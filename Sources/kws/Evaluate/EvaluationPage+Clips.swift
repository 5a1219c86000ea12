// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import Reports

extension EvaluationPage {
  /// The report on clips of known classes.
  ///
  /// - Throws: `AudioError` where a clip that is to be played can no longer be read.
  func clips(_ report: ClipReport) throws -> ReportContent {
    let confusion = report.confusion
    let scores = ClipScores(report)
    let page = Page(
      title: "\(model.name) on \(confusion.clipCount) clips",
      subtitle: report.isInStream
        ? "Every clip follows another in one stream." : "Every clip starts from reset.",
      sections: [
        Page.Section("Accuracy", accuracy(report)),
        Page.Section(
          "Confusions",
          [
            .figure(Page.Figure(name: "confusion", .map(Self.map(confusion)))),
            .details(summary: "The same as a table", [.table(Page.Table(report.table))]),
          ]),
        Page.Section("Scores", Self.scores(scores)),
        Page.Section("Worst clips", try worst(report)),
        origin([
          Page.Fact("clips", "\(confusion.clipCount) in \(report.path)"),
          Page.Fact("start of every clip", report.start),
        ]),
      ])
    return ReportContent(page: page, json: json(report, scores))
  }

  private func accuracy(_ report: ClipReport) -> [Page.Element] {
    let confusion = report.confusion
    var highlights = [
      Self.highlight(
        "accuracy \(report.start)", confusion.correctCount, of: confusion.clipCount,
        "clips right")
    ]
    if let rest = report.withoutSilence {
      highlights.append(
        Self.highlight(
          "without the clips of silence", rest.correctCount, of: rest.clipCount, "clips right"))
    }
    return [
      .highlights(highlights),
      .figure(
        Page.Figure(
          name: "classes", .bars(Self.bars(confusion)),
          caption: "The lines are exact intervals of 95 %.")),
    ]
  }

  private static func bars(_ confusion: Confusion) -> BarChart {
    let bars = confusion.labels.indices.compactMap { label -> BarChart.Bar? in
      let total = confusion.counts[label].reduce(0, +)
      let wrong = total - confusion.counts[label][label]
      guard total > 0 else { return nil }
      let interval = ClopperPearsonInterval(count: wrong, total: total)
      return BarChart.Bar(
        name: confusion.labels[label], value: 100 * Double(wrong) / Double(total),
        text: "\(percent(Double(wrong) / Double(total))), \(wrong) of \(total)",
        interval: 100 * interval.low...100 * interval.high)
    }
    return BarChart(
      title: "Clips of each class decided wrong",
      axis: Chart.Axis(label: "clips decided wrong, %"), bars: bars)
  }

  private static func map(_ confusion: Confusion) -> HeatMap {
    HeatMap.confusion(
      title: "What clips of each class were taken for", rowLabel: "class of the clip",
      columnLabel: "decision", labels: confusion.labels, counts: confusion.counts)
  }

  private static func scores(_ scores: ClipScores) -> [Page.Element] {
    let caption = "The counts are drawn logarithmically: every grid line is a multiple."
    var elements: [Page.Element] = [
      .figure(
        Page.Figure(name: "scores", .histogram(scores.own), caption: caption))
    ]
    if let keywords = scores.keywords {
      elements.append(
        .figure(
          Page.Figure(
            name: "keywords", .histogram(keywords),
            caption: "What a threshold has to tell apart. " + caption)))
    }
    return elements + [
      .details(
        summary: "Score of the right class, by class", [.table(Page.Table(scores.table))])
    ]
  }

  private func worst(_ report: ClipReport) throws -> [Page.Element] {
    let worst = report.worstFirst
    let wrongCount = worst.count { !$0.isRight }
    let played = worst.prefix(Self.soundCount)
    let others = worst.dropFirst(Self.soundCount).filter { !$0.isRight }.prefix(Self.rowCount)
    let header = ["class", "taken for", "its score", "score of the class", "clip"]
    var elements: [Page.Element] = [
      .paragraph(
        "\(wrongCount) of \(worst.count) clips are decided wrong. Those come first whose own class had "
          + "the lowest score; a second of each is to be heard, as the model heard it."),
      .table(
        Page.Table(
          header: ["sound"] + header,
          rows: try played.map { outcome in
            let samples = try WholeClip(
              path: outcome.clip.path, limit: AudioFormat.sampleRate
            ).samples
            return [.sound(Sound(samples: samples, rate: AudioFormat.sampleRate))]
              + row(outcome, report)
          })),
    ]
    if !others.isEmpty {
      elements.append(
        .details(
          summary: "\(others.count) more that are wrong",
          [.table(Page.Table(header: header, rows: others.map { row($0, report) }))]))
    }
    return elements
  }

  private func row(_ outcome: ClipOutcome, _ report: ClipReport) -> [Page.Cell] {
    let labels = report.confusion.labels
    return [
      .text(labels[outcome.clip.label]),
      .text(outcome.isRight ? "itself" : labels[outcome.decision]),
      .number(fixed(Double(outcome.posteriors[outcome.decision]), decimals: 3)),
      .number(fixed(Double(outcome.score), decimals: 3)), .text(report.name(of: outcome)),
    ]
  }

  private func json(_ report: ClipReport, _ scores: ClipScores) -> String {
    let exact = report.confusion.exactInterval
    var members = [
      ("clips", JSONLine.quoted(report.path)), ("start", JSONLine.quoted(report.start)),
      ("evaluation", report.json), ("exactInterval", JSONLine.interval(exact.low, exact.high)),
    ]
    if let rest = report.withoutSilence {
      var object = JSONLine()
      object.add("clips", rest.clipCount)
      object.add("correct", rest.correctCount)
      object.add("accuracy", rest.accuracy, decimals: 6)
      let interval = rest.exactInterval
      object.add("exactInterval", json: JSONLine.interval(interval.low, interval.high))
      members.append(("withoutSilence", object.text))
    }
    members.append(("scores", Self.json(scores.own, ["right", "wrong"])))
    if let keywords = scores.keywords {
      members.append(("keywordScores", Self.json(keywords, ["keyword", "rest"])))
    }
    let worst = report.worstFirst.filter { !$0.isRight }
    members.append(("wrong", JSONLine.array(worst.map { json($0, report) })))
    return json(members)
  }

  private func json(_ outcome: ClipOutcome, _ report: ClipReport) -> String {
    let labels = report.confusion.labels
    var object = JSONLine()
    object.add("clip", report.name(of: outcome))
    object.add("class", labels[outcome.clip.label])
    object.add("decision", labels[outcome.decision])
    object.add("decisionScore", Double(outcome.posteriors[outcome.decision]), decimals: 4)
    object.add("classScore", Double(outcome.score), decimals: 4)
    return object.text
  }
}
