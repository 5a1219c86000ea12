// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Testing

struct RandomArchitectureTests {
  /// What the properties of the engine are to be tested on, of one layer.
  private func kinds(_ layer: LayerGeometry, _ geometry: [LayerGeometry]) -> [String] {
    var kinds: [String] = []
    let isLast = layer.layer.name == geometry[geometry.count - 1].layer.name
    switch layer.layer.operation {
    case .convolution: kinds.append("convolution")
    case .depthwise: kinds.append("depthwise")
    case .frequencyToChannels: kinds.append("frequencyToChannels")
    case .frequencyAverage: kinds.append("frequencyAverage")
    case .averagePool: kinds.append("averagePool")
    case .dense: kinds.append(isLast ? "logits" : "dense")
    case .sum:
      let isBroadcast = layer.addendIndices.contains {
        geometry[$0].output.frequencyCount < layer.output.frequencyCount
      }
      kinds.append(isBroadcast ? "sum with one bin" : "sum of equal shapes")
    }
    if layer.layer.activation == .hardSwish { kinds.append(kinds[0] + " hardSwish") }
    if let window = layer.window, window.kernel.frequency > 1 {
      if window.kernel.frequency % 2 == 0 { kinds.append("even kernel") }
      if window.padding == .none { kinds.append("no padding") }
    }
    if layer.layer.normalization.bandCount > 1 {
      kinds.append(kinds[0] + " in bands")
      if layer.residualIndex != nil { kinds.append("residual in bands") }
      if layer.output.frequencyCount > layer.layer.normalization.bandCount {
        kinds.append("bands of several bins")
      }
    }
    return kinds
  }

  @Test func `the seeds that meet the reference draw every kind of layer`() throws {
    var counts: [String: Int] = [:]
    for seed in 0..<100 {
      var generator = SeededGenerator(UInt64(seed))
      let geometry = try randomArchitecture(using: &generator).geometry()
      for kind in geometry.flatMap({ kinds($0, geometry) }) { counts[kind, default: 0] += 1 }
    }
    for kind in [
      "convolution", "depthwise", "frequencyToChannels", "frequencyAverage", "averagePool", "dense",
      "logits", "sum with one bin", "sum of equal shapes", "even kernel", "no padding",
      "convolution in bands", "depthwise in bands", "residual in bands", "bands of several bins",
      "convolution hardSwish", "depthwise hardSwish", "dense hardSwish", "logits hardSwish",
      "sum with one bin hardSwish", "sum of equal shapes hardSwish",
    ] {
      #expect(counts[kind, default: 0] >= 3, "\(kind)")
    }
  }
}
