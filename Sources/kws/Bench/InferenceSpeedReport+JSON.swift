// SPDX-License-Identifier: GPL-3.0-or-later

/// The JSON form; times are in microseconds.
extension InferenceSpeedReport {
  /// One JSON object.
  var json: String {
    var object = JSONLine()
    object.add("kernels", kernels)
    object.add("threads", 1)
    object.add("rounds", roundCount)
    var networks = JSONLine()
    for speed in speeds { networks.add(speed.name, json: Self.json(speed)) }
    object.add("networks", json: networks.text)
    var sets = JSONLine()
    for speed in instructionSets {
      var entry = JSONLine()
      entry.add("window", json: Self.json(speed.window))
      entry.add("hop", json: Self.json(speed.hop))
      sets.add(speed.name, json: entry.text)
    }
    object.add("instructionSetNetwork", instructionSetNetwork)
    object.add("instructionSets", json: sets.text)
    if !missingPeers.isEmpty {
      var missing = JSONLine()
      for peer in missingPeers { missing.add(peer.name, peer.reason) }
      object.add("missingPeers", json: missing.text)
    }
    return object.text
  }

  private static func json(_ speed: InferenceSpeed) -> String {
    var object = JSONLine()
    object.add("macPerWindow", speed.mac.perWindow)
    object.add("macPerHop", speed.mac.perHop, decimals: 1)
    object.add("framesPerWindow", speed.frameCount)
    object.add("window", json: json(speed.window))
    object.add("hop", json: json(speed.hop))
    object.add("macPerWindowPerHop", speed.recomputing.mac, decimals: 3)
    object.add("windowPerHop", speed.recomputing.time, decimals: 3)
    guard !speed.peers.isEmpty else { return object.text }
    var peers = JSONLine()
    for peer in speed.peers {
      peers.add(peer.description.library, json: json(peer, beside: speed))
    }
    object.add("peers", json: peers.text)
    return object.text
  }

  private static func json(_ peer: PeerSpeed, beside speed: InferenceSpeed) -> String {
    var object = JSONLine()
    object.add("version", peer.description.version)
    guard let form = peer.form.form, let agreement = peer.form.agreement else {
      object.add("refusal", peer.form.refusal ?? "")
      return object.text
    }
    object.add("form", form)
    object.add("window", json: json(peer.window))
    object.add("ratio", speed.window.ratio(to: peer.window), decimals: 4)
    if let overhead = peer.description.overhead {
      object.add("emptyCall", overhead * 1e6, decimals: 3)
    }
    object.add("clips", agreement.clips)
    object.add("sameBest", agreement.sameBest)
    object.add("differenceInSteps", agreement.steps, decimals: 3)
    object.add("largestDifferenceInSteps", agreement.largestSteps, decimals: 3)
    return object.text
  }

  private static func json(_ times: CallTimes) -> String {
    var object = JSONLine()
    object.add("median", times.median * 1e6, decimals: 3)
    object.add("p99", times.percentile99 * 1e6, decimals: 3)
    return object.text
  }
}
