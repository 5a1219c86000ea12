// SPDX-License-Identifier: GPL-3.0-or-later

/// The text and the JSON form of how fast training is.
struct TrainingSpeedReport {
  var threadCount: Int
  var batchSize: Int

  /// The instruction set of the kernels.
  var kernels: String

  /// Where the clips come from.
  var data: String

  /// What the peer is, or nil where there is none: per network, as the form may differ.
  var peers: [TrainingPeer.Description] = []

  /// What was loaded into the peer before its own libraries.
  var preload: String?

  var speeds: [TrainingSpeed] = []

  /// Tables of lines, each network a row.
  var lines: [String] {
    var lines = [
      "kws, \(kernels), \(threads), batches of \(batchSize) of \(data), made while training"
    ]
    var table = Table(header: [
      "network", "M MAC", "clips/s", "least", "most", "1 thread", "scaling", "GFLOP/s", "of peak",
      "int8", "loading", "memory",
    ])
    for speed in speeds {
      table.add(
        [speed.name, fixed(Double(speed.macPerClip) / 1e6, decimals: 2)]
          + Self.texts(speed.clipsPerSecond) + [
            speed.clipsPerSecondOfOne.map { fixed($0.median, decimals: 0) } ?? "",
            speed.scaling.map { fixed($0, decimals: 2) } ?? "",
            fixed(speed.operationsPerSecond / 1e9, decimals: 1), percentText(speed.peakPart),
            percentText(speed.simulationPart), percentText(speed.loadingPart),
            Self.megabytes(speed.peakByteCount),
          ])
    }
    lines += table.lines
    if let peak = speeds.map({ TrainingSpeed.Spread($0.peak) }).max(by: { $0.median < $1.median }) {
      lines.append("peak of multiply-adds: \(fixed(peak.median / 1e9, decimals: 0)) GFLOP/s")
    }
    guard let peer = peers.first else { return lines }
    lines += [
      "",
      "PyTorch \(peer.torch), \(preload.map { "with \($0)" } ?? "without another allocator"), "
        + "\(threads), its batches in memory",
    ]
    var other = Table(
      header: ["network", "format", "clips/s", "least", "most", "kws/PyTorch", "memory"],
      textColumnCount: 2)
    for (speed, peer) in zip(speeds, peers) {
      guard let rates = speed.peerClipsPerSecond, let ratio = speed.ratioToPeer else { continue }
      other.add(
        [speed.name, peer.format] + Self.texts(rates) + [
          fixed(ratio, decimals: 2), Self.megabytes(speed.peerByteCount),
        ])
    }
    return lines + other.lines
  }

  /// One JSON object.
  var json: String {
    var object = JSONLine()
    object.add("threads", threadCount)
    object.add("batch", batchSize)
    object.add("kernels", kernels)
    object.add("data", data)
    if let peer = peers.first {
      object.add("torch", peer.torch)
      object.add("preload", preload ?? "none")
    }
    var networks = JSONLine()
    for (index, speed) in speeds.enumerated() {
      networks.add(
        speed.name, json: Self.json(speed, peer: peers.isEmpty ? nil : peers[index]))
    }
    object.add("networks", json: networks.text)
    return object.text
  }

  private var threads: String { threadCount == 1 ? "1 thread" : "\(threadCount) threads" }

  private static func json(_ speed: TrainingSpeed, peer: TrainingPeer.Description?) -> String {
    var object = JSONLine()
    object.add("macPerClip", speed.macPerClip)
    object.add("clipsPerSecond", json: json(speed.clipsPerSecond))
    if let one = speed.clipsPerSecondOfOne, let scaling = speed.scaling {
      object.add("clipsPerSecondOfOneThread", json: json(one))
      object.add("scaling", scaling, decimals: 3)
    }
    object.add("gigaflopsPerSecond", speed.operationsPerSecond / 1e9, decimals: 2)
    object.add("peakGigaflopsPerSecond", TrainingSpeed.Spread(speed.peak).median / 1e9, decimals: 2)
    if !speed.peakOfOne.isEmpty {
      object.add(
        "peakGigaflopsPerSecondOfOneThread", TrainingSpeed.Spread(speed.peakOfOne).median / 1e9,
        decimals: 2)
    }
    object.add("partOfPeak", speed.peakPart, decimals: 4)
    object.add("simulationPart", speed.simulationPart, decimals: 4)
    object.add("loadingPart", speed.loadingPart, decimals: 4)
    if let count = speed.peakByteCount { object.add("peakMemoryBytes", count) }
    if let peer, let rates = speed.peerClipsPerSecond, let ratio = speed.ratioToPeer {
      var other = JSONLine()
      other.add("format", peer.format)
      other.add("clipsPerSecond", json: json(rates))
      other.add("ratio", ratio, decimals: 3)
      if let count = speed.peerByteCount { other.add("peakMemoryBytes", count) }
      object.add("peer", json: other.text)
    }
    return object.text
  }

  private static func json(_ spread: TrainingSpeed.Spread) -> String {
    var object = JSONLine()
    object.add("median", spread.median, decimals: 1)
    object.add("least", spread.least, decimals: 1)
    object.add("most", spread.largest, decimals: 1)
    return object.text
  }

  private static func texts(_ spread: TrainingSpeed.Spread) -> [String] {
    [spread.median, spread.least, spread.largest].map { fixed($0, decimals: 0) }
  }

  private static func megabytes(_ count: Int?) -> String {
    count.map { "\(fixed(Double($0) / 1e6, decimals: 0)) MB" } ?? ""
  }

  private func percentText(_ part: Double) -> String { fixed(100 * part, decimals: 1) + " %" }
}
