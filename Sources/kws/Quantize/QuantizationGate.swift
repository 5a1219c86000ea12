// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import Training

/// The options of the gate.
struct GateOptions: ParsableArguments {
  @Option(help: "Most points of validation accuracy that a model may lose and still be written.")
  var maxLoss = 1.0

  @Flag(help: "Write the model whatever it loses.")
  var acceptLoss = false

  func validate() throws {
    guard (0...100).contains(maxLoss) else {
      throw ValidationError("--max-loss \(maxLoss): expected 0 to 100")
    }
  }
}

/// What a network loses on the validation clips by becoming integers, and whether that is too much.
struct QuantizationGate {
  let labels: [String]

  /// What the integers are compared with, and what to call it.
  let reference: (name: String, decisions: ValidationDecisions)
  let integer: ValidationDecisions

  /// Points of accuracy lost from reset or in-stream, whichever is more; negative for a gain.
  var loss: Double {
    let (before, after) = (reference.decisions.report, integer.report)
    return 100
      * max(
        before.accuracyFromReset - after.accuracyFromReset,
        before.accuracyInStream - after.accuracyInStream)
  }

  /// Accuracies in words, for the model and for people.
  var accuracyLines: [String] {
    [(reference.name, reference.decisions.report), ("integers", integer.report)].flatMap {
      kind, report in
      [("from reset", report.correctFromReset), ("in-stream", report.correctInStream)].map {
        "validation, \(kind), \($0): "
          + AccuracyText.line(correct: $1, total: report.clipCount)
      }
    }
  }

  /// Right decisions of each class from reset, before and after.
  var classTable: Table {
    var table = Table(header: ["class", "clips", reference.name, "integers", "change"])
    for (index, label) in labels.enumerated() {
      let own = integer.labels.indices.filter { integer.labels[$0] == index }
      func part(_ decisions: [Decision]) -> Double {
        Double(own.count { decisions[$0].label == index }) / Double(max(own.count, 1))
      }
      let (before, after) = (part(reference.decisions.fromReset), part(integer.fromReset))
      let change = 100 * (after - before)
      table.add([
        label, "\(own.count)", percent(before), percent(after),
        (change > 0 ? "+" : "") + fixed(change, decimals: 2),
      ])
    }
    return table
  }

  /// - Throws: `CommandError` where more is lost than the options allow.
  func check(_ options: GateOptions) throws {
    guard loss > options.maxLoss, !options.acceptLoss else { return }
    throw CommandError(
      "the model loses \(fixed(loss, decimals: 2)) points of validation accuracy; --max-loss allows "
        + "\(fixed(options.maxLoss, decimals: 2)). Nothing was written. Give the layers that cost "
        + "most more bits, train it with its integers (--method qat), or accept the loss "
        + "(--accept-loss).", .badData)
  }
}

/// How often the simulation of training and the integers decide alike.
struct DecisionAgreement {
  let simulated: ValidationDecisions
  let integer: ValidationDecisions

  var line: String {
    let differing = simulated.fromReset.indices.filter {
      simulated.fromReset[$0].label != integer.fromReset[$0].label
    }
    let count = simulated.fromReset.count
    let part = Double(count - differing.count) / Double(max(count, 1))
    let start = "simulation and integers decide alike on \(percent(part)) of \(count) clips"
    let margins = differing.map { simulated.fromReset[$0].margin }.sorted(by: >)
    guard let largest = margins.first else { return start }
    return start
      + "; \(differing.count) differ, where the simulation's best posterior is ahead of its second by "
      + "\(fixed(Double(margins[margins.count / 2]), decimals: 3)) in the median and "
      + "\(fixed(Double(largest), decimals: 3)) at most"
  }
}
