// SPDX-License-Identifier: GPL-3.0-or-later

/// The text of how fast integer networks are.
struct InferenceSpeedReport {
  /// The instruction set of the kernels.
  var kernels: String
  var roundCount: Int
  var speeds: [InferenceSpeed] = []

  /// The network on which instruction sets are compared.
  var instructionSetNetwork: String
  var instructionSets: [InstructionSetSpeed] = []

  /// Peers that could not be started, and why.
  var missingPeers: [(name: String, reason: String)] = []

  var lines: [String] {
    let header = [
      "kws, \(kernels), int8, 1 thread, \(roundCount) rounds; microseconds, median and 99th "
        + "percentile"
    ]
    var table = Table(header: [
      "network", "M MAC/window", "M MAC/hop", "window", "p99", "hop", "p99", "window/hop: MAC",
      "time",
    ])
    for speed in speeds {
      table.add(
        [
          speed.name, millions(Double(speed.mac.perWindow)),
          fixed(speed.mac.perHop / 1e6, decimals: 3),
        ] + Self.texts(speed.window) + Self.texts(speed.hop) + [
          fixed(speed.recomputing.mac, decimals: 1), fixed(speed.recomputing.time, decimals: 1),
        ])
    }
    return header + table.lines + instructionSetLines + peerLines
  }

  private var instructionSetLines: [String] {
    guard let scalar = instructionSets.last else { return [] }
    var table = Table(header: ["kernels", "window", "p99", "hop", "p99", "scalar/window"])
    for speed in instructionSets {
      table.add(
        [speed.name] + Self.texts(speed.window) + Self.texts(speed.hop) + [
          fixed(scalar.window.ratio(to: speed.window), decimals: 1)
        ])
    }
    return ["", "instruction sets, on \(instructionSetNetwork)"] + table.lines
  }

  static func texts(_ times: CallTimes) -> [String] {
    [microseconds(times.median), microseconds(times.percentile99)]
  }

  static func microseconds(_ seconds: Double) -> String {
    fixed(seconds * 1e6, decimals: seconds < 1e-4 ? 2 : 1)
  }
}
