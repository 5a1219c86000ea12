// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import Reports
import Training

/// The report on a quantization: what the integers cost, in all, by class and by layer.
struct QuantizationPage {
  /// The command that makes the same model.
  let command: String
  let model: QuantizedModel
  let gate: QuantizationGate
  let agreement: DecisionAgreement
  let layers: [RoundedLayer]

  var content: ReportContent {
    ReportContent(
      page: Page(
        title: "Integers of \(model.architecture.name)",
        subtitle: "\(model.byteCount) bytes for inference, everything counted.",
        sections: [
          Page.Section("Accuracy", accuracy), Page.Section("Layers", layerElements), origin,
        ]), json: json)
  }

  private var accuracy: [Page.Element] {
    let highlights = [
      (gate.reference.name, gate.reference.decisions.report), ("integers", gate.integer.report),
    ].flatMap { name, report in
      [("from reset", report.correctFromReset), ("in-stream", report.correctInStream)].map {
        EvaluationPage.highlight(
          "validation \($0), \(name)", $1, of: report.clipCount, "clips right")
      }
    }
    return [
      .highlights(highlights), .paragraph(agreement.line),
      .details(summary: "Every class", [.table(Page.Table(gate.classTable))]),
    ]
  }

  private var layerElements: [Page.Element] {
    let bars = layers.map { layer in
      BarChart.Bar(
        name: layer.name, value: layer.cost,
        text: "\(fixed(layer.cost, decimals: 4)) at \(layer.bitCount) bits")
    }
    return [
      .figure(
        Page.Figure(
          name: "layers",
          .bars(
            BarChart(
              title: "What rounding the weights of one layer alone costs",
              axis: Chart.Axis(label: "cross entropy, nats more"), bars: bars)),
          caption:
            "Measured on training clips before any training with integers, which takes most of "
            + "it back.")),
      .details(summary: "The same as a table", [.table(Page.Table(RoundedLayer.table(layers)))]),
    ]
  }

  private var origin: Page.Section {
    Page.Section(
      "How it was made",
      [
        .facts([
          Page.Fact(
            "network", "\(model.architecture.name), \(model.labels.count) classes"),
          Page.Fact("seed of the training", "\(model.provenance.seed)"),
          Page.Fact("SHA-256 of the data", model.provenance.datasetDigest),
          Page.Fact("kws", Kws.configuration.version),
        ]),
        .code(command),
      ])
  }

  private var json: String {
    var object = JSONLine()
    object.add("command", command)
    object.add("version", Kws.configuration.version)
    object.add("network", model.architecture.name)
    object.add("bytes", model.byteCount)
    object.add("validationClips", gate.integer.report.clipCount)
    for (name, report) in [
      ("reference", gate.reference.decisions.report), ("integers", gate.integer.report),
    ] {
      var entry = JSONLine()
      entry.add("correctFromReset", report.correctFromReset)
      entry.add("correctInStream", report.correctInStream)
      object.add(name, json: entry.text)
    }
    object.add(
      "layers",
      json: JSONLine.array(
        layers.map { layer in
          var entry = JSONLine()
          entry.add("name", layer.name)
          entry.add("bits", layer.bitCount)
          entry.add("nats", layer.cost, decimals: 6)
          return entry.text
        }))
    return object.text
  }
}
