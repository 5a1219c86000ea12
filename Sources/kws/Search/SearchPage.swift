// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import ModelFormat
import Reports
import Training

/// The report of a search, from its reports of epochs.
struct SearchPage {
  let space: SearchSpace
  let configuration: SearchConfiguration
  let tables: [CostTable]
  let history: [SearchEpochReport]
  let command: String

  /// Of the networks trained from what was found; empty before that.
  var trainings: [SearchedTraining.Result] = []

  func page() throws -> Page {
    guard let last = history.last else { return Page(title: "Search \(space.name)") }
    return Page(
      title: "Search \(space.name)",
      subtitle: "\(space.blocks.count) blocks, 10^\(fixed(space.sizeLog10, decimals: 1)) networks, "
        + "\(last.epoch) of \(configuration.totalEpochCount) epochs",
      sections: [
        Page.Section("Result", try result(last)),
        Page.Section("Course", course),
        Page.Section("Probabilities", [probabilities(last)]),
        Page.Section("Architecture", try architecture(last)),
        Page.Section("Command", [.code(command)]),
      ])
  }

  private func result(_ last: SearchEpochReport) throws -> [Page.Element] {
    var highlights = zip(tables, last.costs).map { table, cost in
      let limit = configuration.objective.limits.first { $0.metric == table.metric }
      return Page.Highlight(
        table.metric.text(cost), name: table.metric.rawValue,
        note: limit.map { "at most \(table.metric.text($0.most)) allowed" } ?? "")
    }
    if let best = SearchedTraining.best(trainings) {
      highlights.append(
        Page.Highlight(
          percent(best.validation.accuracyFromReset), name: "validation, trained",
          note: "of \(best.validation.clipCount) clips from reset; in-stream "
            + percent(best.validation.accuracyInStream)))
    } else if let accuracy = last.accuracyFromReset {
      highlights.append(
        Page.Highlight(
          percent(accuracy), name: "validation, supernet's weights",
          note: "of \(last.validationClipCount) clips from reset"))
    }
    let facts = trainings.map { training in
      Page.Fact(
        "trained from \(training.start.rawValue)",
        AccuracyText.line(
          correct: training.validation.correctFromReset, total: training.validation.clipCount)
          + " from reset, \(percent(training.validation.accuracyInStream)) in-stream")
    }
    return [.highlights(highlights)] + (facts.isEmpty ? [] : [.facts(facts)])
  }

  private var course: [Page.Element] {
    func line(_ name: String, _ value: (SearchEpochReport) -> Double?) -> Chart.Series {
      Chart.Series(
        name: name,
        points: history.compactMap { report in
          value(report).map { Chart.Point(x: Double(report.epoch), y: $0) }
        })
    }
    let epochs = Chart.Axis(label: "epoch")
    var elements: [Page.Element] = [
      figure(
        "accuracy",
        Chart(
          title: "Accuracy", x: epochs, y: Chart.Axis(label: "% right"),
          series: [
            line("training, paths", { 100 * $0.trainingAccuracy }),
            line("held-out, paths", { $0.heldOutAccuracy.map { 100 * $0 } }),
            line("validation, derived", { $0.accuracyFromReset.map { 100 * $0 } }),
          ].filter { !$0.points.isEmpty }),
        "Training counts augmented clips with the path of each step; validation the network that the "
          + "search would have ended with, with the supernet's weights."),
      figure(
        "entropy",
        Chart(
          title: "Entropy", x: epochs, y: Chart.Axis(label: "nats per block"),
          series: [line("mean over blocks", \.entropy)]),
        "Falls from the logarithm of the number of candidates to 0 as the choice is made."),
    ]
    for (index, table) in tables.enumerated() {
      let unit = table.metric.chartUnit
      var series = [
        line("expected", { $0.expectedCosts[index] / unit.value }),
        line("derived", { $0.isWarmUp ? nil : $0.costs[index] / unit.value }),
      ].filter { !$0.points.isEmpty }
      if let limit = configuration.objective.limits.first(where: { $0.metric == table.metric }) {
        series.append(
          Chart.Series(
            name: "limit",
            points: [history[0], history[history.count - 1]].map {
              Chart.Point(x: Double($0.epoch), y: limit.most / unit.value)
            }, isDashed: true))
      }
      elements.append(
        figure(
          table.metric.rawValue,
          Chart(
            title: table.metric.rawValue, x: epochs, y: Chart.Axis(label: unit.label),
            series: series), ""))
    }
    return elements
  }

  private func figure(_ name: String, _ chart: Chart, _ caption: String) -> Page.Element {
    .figure(Page.Figure(name: "search-\(name)", .chart(chart), caption: caption))
  }

  private func probabilities(_ last: SearchEpochReport) -> Page.Element {
    var names: [String] = []
    for block in space.blocks {
      for candidate in block.candidates where !names.contains(candidate.name) {
        names.append(candidate.name)
      }
    }
    let cells = space.blocks.enumerated().map { index, block in
      names.map { name -> HeatMap.Cell in
        guard let place = block.candidates.firstIndex(where: { $0.name == name }) else {
          return HeatMap.Cell(text: "", strength: 0)
        }
        let probability = last.probabilities[index][place]
        return HeatMap.Cell(
          text: fixed(100 * probability, decimals: 0), strength: 0.9 * probability,
          isWrong: false)
      }
    }
    return .figure(
      Page.Figure(
        name: "search-probabilities",
        .map(
          HeatMap(
            title: "Probability of every candidate, %", rowLabel: "block",
            columnLabel: "candidate", rowNames: space.blocks.map(\.name), columnNames: names,
            cells: cells))))
  }

  private func architecture(_ last: SearchEpochReport) throws -> [Page.Element] {
    let architecture = space.architecture(last.choices)
    let diagram = LayerDiagram(architecture, try architecture.geometry())
    let rows = try architecture.geometry().map { layer -> [Page.Cell] in
      [
        .text(layer.layer.name),
        .number("\(layer.windowColumnCount)"),
        .number("\(layer.output.frequencyCount)x\(layer.output.channelCount)"),
        .number("\(layer.weightCount)"),
        .number(millions(Double(layer.macPerColumn * layer.windowColumnCount))),
      ]
    }
    return [
      .figure(Page.Figure(name: "search-network", .layers(diagram))),
      .table(
        Page.Table(
          header: ["block", "chosen", "probability"],
          rows: space.describe(last.choices).enumerated().map { index, choice in
            [
              .text(choice.block), .text(choice.candidate),
              .number(percent(last.probabilities[index][last.choices[index]])),
            ]
          })),
      .details(
        summary: "All layers",
        [
          .table(
            Page.Table(
              header: ["layer", "columns", "frequencies x channels", "weights", "M MAC"],
              rows: rows))
        ]),
    ]
  }
}

extension CostMetric {
  /// For the axis of a chart: a unit whose numbers are short.
  var chartUnit: (label: String, value: Double) {
    switch self {
    case .macs: ("M multiply-accumulates per window", 1e6)
    case .streamMACs: ("M multiply-accumulates per second", 1e6)
    case .bytes: ("kB", 1e3)
    case .latency: ("us per frame", 1)
    }
  }
}
