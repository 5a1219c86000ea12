// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import ArgumentParser
import FoundationEssentials
import Storage

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measures what the layers of a search space take on this machine.",
    discussion: """
      Writes a table for 'kws search --target latency=... --profile FILE', and says how far the sum \
      of a network's layers is from what the network takes. One thread; the machine should have \
      nothing else to do.

      Example:
        kws profile --width 1 --output profile.json
        kws search --data log-mel=DATA --width 1 --target latency=2 --profile profile.json --output fast
      """)

  @Option(help: "The space whose layers are measured.")
  var space = SearchSpaceName.stream

  @Option(help: "A factor on the numbers of channels.")
  var width = 1.0

  @Option(help: "MFCCs; 10 for the space paper, none but 40 log-mel bins for stream if left out.")
  var coefficients: Int?

  @Option(help: "Classes of the network.")
  var labels = 12

  @Option(help: "The file to write.")
  var output: String

  func validate() throws {
    guard (0.1...16).contains(width) else {
      throw ValidationError("--width \(width): expected 0.1 to 16")
    }
    guard (2...1_000).contains(labels) else {
      throw ValidationError("--labels \(labels): expected 2 to 1000")
    }
  }

  func run() throws {
    try File.checkCanReplace(output)
    let profile = LatencyProfile(
      space: space.space(width: width, coefficientCount: coefficients, labelCount: labels),
      labels: (1...labels).map { "label\($0)" })
    let (table, checks) = try profile.run { done, count in
      printError("network \(done) of \(count)")
    }
    try JSONFile.write(table, to: output)
    var lines = Table(header: ["us per frame", "estimated", "measured", "error"])
    for check in checks {
      lines.add([
        check.name, fixed(check.estimated, decimals: 3), fixed(check.measured, decimals: 3),
        percent(check.error),
      ])
    }
    for line in lines.lines { try StandardOutput.write(line: line) }
    let mean = checks.reduce(0) { $0 + abs($1.error) } / Double(checks.count)
    try StandardOutput.write(
      line: "\(table.microseconds.count) layers, kernels \(table.kernels), "
        + "\(fixed(table.overhead, decimals: 3)) us per frame beside them; mean error "
        + "\(percent(mean)); wrote \(output)")
  }
}
