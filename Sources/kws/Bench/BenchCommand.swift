// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the speed of features, network, whole line and training on this machine.",
    discussion: """
      Every figure is the median over rounds, on one thread but for training. What is compared runs \
      in turn, so that ratios hold on a busy machine.
      """,
    subcommands: [
      BenchBitsCommand.self, BenchFeaturesCommand.self, BenchInferenceCommand.self,
      BenchStreamCommand.self,
      BenchTrainingCommand.self, BenchSearchCommand.self,
    ])
}

/// One line of a benchmark.
struct BenchmarkRow {
  var name: String
  var value: Double
  var unit: String

  /// Ratio to what it is compared with, and what that is.
  var ratio: (value: Double, to: String)?
}

extension [BenchmarkRow] {
  /// Prints the rows as a table or as one JSON object.
  func print(json: Bool) throws {
    if json {
      var object = JSONLine()
      for row in self {
        var entry = JSONLine()
        entry.add("value", row.value, decimals: 4)
        entry.add("unit", row.unit)
        if let ratio = row.ratio {
          entry.add("ratio", ratio.value, decimals: 3)
          entry.add("to", ratio.to)
        }
        object.add(row.name, json: entry.text)
      }
      try StandardOutput.write(line: object.text)
      return
    }
    var table = Table(header: ["measured", "value", "unit", "ratio"])
    for row in self {
      table.add([
        row.name, fixed(row.value, decimals: row.value < 1000 ? 2 : 0), row.unit,
        row.ratio.map { "\(fixed($0.value, decimals: 2)) x \($0.to)" } ?? "",
      ])
    }
    for line in table.lines { try StandardOutput.write(line: line) }
  }
}
