// SPDX-License-Identifier: GPL-3.0-or-later

/// The lines about other engines.
extension InferenceSpeedReport {
  var peerLines: [String] {
    var table = Table(
      header: [
        "network", "engine", "form", "window", "p99", "kws/engine", "call", "same", "differ",
        "most",
      ],
      textColumnCount: 3)
    for speed in speeds where speed.peers.contains(where: { $0.form.refusal == nil }) {
      table.add([speed.name, "kws", "causal, one block"] + Self.texts(speed.window))
      for peer in speed.peers {
        guard let form = peer.form.form, let agreement = peer.form.agreement else { continue }
        table.add(
          [speed.name, Self.engine(peer), form] + Self.texts(peer.window) + [
            fixed(speed.window.ratio(to: peer.window), decimals: 2),
            peer.description.overhead.map { Self.microseconds($0) } ?? "",
            "\(agreement.sameBest)/\(agreement.clips)", fixed(agreement.steps, decimals: 1),
            fixed(agreement.largestSteps, decimals: 1),
          ])
      }
    }
    return (speeds.contains { !$0.peers.isEmpty } ? ["", "other engines, in turn"] : [])
      + (table.lines.count > 1 ? table.lines : []) + refusals
      + missingPeers.map { "\($0.name) left out: \($0.reason)" }
  }

  /// Networks that engines do not have, each reason once.
  private var refusals: [String] {
    speeds.flatMap { speed in
      var engines: [(reason: String, names: [String])] = []
      for peer in speed.peers {
        guard let reason = peer.form.refusal else { continue }
        if let index = engines.firstIndex(where: { $0.reason == reason }) {
          engines[index].names.append(Self.engine(peer))
        } else {
          engines.append((reason, [Self.engine(peer)]))
        }
      }
      return engines.map {
        "\(speed.name) not in \($0.names.joined(separator: ", ")): \($0.reason)"
      }
    }
  }

  private static func engine(_ peer: PeerSpeed) -> String {
    "\(peer.description.library) \(peer.description.version)"
  }
}
