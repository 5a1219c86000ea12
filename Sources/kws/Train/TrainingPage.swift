// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import NeuralNetwork
import Reports
import SpeechDatasets
import Training

/// The report on a training: its course over the epochs.
struct TrainingPage {
  /// The command that makes the same training.
  let command: String

  /// Epochs that were done before this run.
  let firstEpoch: Int
  var history = TrainingHistory()
  private let network: String
  private let configuration: TrainingConfiguration
  private let data: (clipCount: Int, labels: [String], digest: String)

  init(_ trainer: Trainer, command: String) {
    self.command = command
    firstEpoch = trainer.epoch
    network = trainer.network.architecture.name
    configuration = trainer.configuration
    data = (trainer.data.clipCount, trainer.data.labels, trainer.data.digest)
  }

  var content: ReportContent {
    let done = history.epochs.last?.epoch ?? 0
    return ReportContent(
      page: Page(
        title: "Training of \(network)",
        subtitle: "\(done) of \(configuration.epochCount) epochs are done.",
        sections: [
          Page.Section("Accuracy", accuracy), Page.Section("Loss", [loss]), origin,
        ]), json: json)
  }

  private var accuracy: [Page.Element] {
    var elements: [Page.Element] = []
    if let last = history.epochs.last?.validation {
      elements.append(
        .highlights([
          EvaluationPage.highlight(
            "validation from reset", last.correctFromReset, of: last.clipCount, "clips right"),
          EvaluationPage.highlight(
            "validation in-stream", last.correctInStream, of: last.clipCount, "clips right"),
        ]))
    }
    let chart = Chart(
      title: "Clips decided right", x: Chart.Axis(label: "epoch"),
      y: Chart.Axis(label: "clips decided right, %"),
      series: [
        series("validation from reset") { 100 * $0.validation.accuracyFromReset },
        series("validation in-stream") { 100 * $0.validation.accuracyInStream },
        series("training, augmented", isDashed: true) { 100 * $0.trainingAccuracy },
      ])
    return elements + [
      .figure(
        Page.Figure(
          name: "accuracy", .chart(chart),
          caption: "Training clips are varied, and each counts as the network was when it saw it: "
            + "they may be decided worse than those of the validation.")),
      .details(summary: "Every epoch", [.table(Page.Table(table))]),
    ]
  }

  private var loss: Page.Element {
    .figure(
      Page.Figure(
        name: "loss",
        .chart(
          Chart(
            title: "Mean loss of the training clips", x: Chart.Axis(label: "epoch"),
            y: Chart.Axis(label: "nats, label smoothing included"),
            series: [series("loss") { $0.loss }]))))
  }

  private func series(
    _ name: String, isDashed: Bool = false, _ value: (EpochReport) -> Double
  ) -> Chart.Series {
    Chart.Series(
      name: name,
      points: history.epochs.map { Chart.Point(x: Double($0.epoch), y: value($0)) },
      isDashed: isDashed)
  }

  private var table: Table {
    var table = Table(
      header: ["epoch", "loss", "training", "from reset", "in-stream", "clips/s"],
      textColumnCount: 0)
    for epoch in history.epochs {
      table.add([
        "\(epoch.epoch)", fixed(epoch.loss, decimals: 4), percent(epoch.trainingAccuracy),
        percent(epoch.validation.accuracyFromReset), percent(epoch.validation.accuracyInStream),
        fixed(epoch.clipsPerSecond, decimals: 0),
      ])
    }
    return table
  }

  private var origin: Page.Section {
    Page.Section(
      "How it was made",
      [
        .facts([
          Page.Fact("network", "\(network), \(data.labels.count) classes"),
          Page.Fact("clips", "\(data.clipCount) an epoch"),
          Page.Fact("SHA-256 of the data", data.digest),
          Page.Fact("batch", "\(configuration.batchSize)"),
          Page.Fact("peak learning rate", "\(configuration.learningRate)"),
          Page.Fact("seed", "\(configuration.seed)"),
          Page.Fact("kws", Kws.configuration.version),
        ]),
        .code(command),
      ])
  }

  private var json: String {
    var object = JSONLine()
    object.add("command", command)
    object.add("version", Kws.configuration.version)
    object.add("network", network)
    object.add("labels", json: JSONLine.array(data.labels.map(JSONLine.quoted)))
    object.add("datasetDigest", data.digest)
    object.add("epochCount", configuration.epochCount)
    object.add("epochs", json: history.json)
    return object.text
  }
}
