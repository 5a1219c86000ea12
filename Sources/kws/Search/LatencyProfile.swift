// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Buffers
import Inference
import ModelFormat

/// Measures with the integer engine what the layers of a space take in a stream, and how well their sum
/// tells what whole networks take.
struct LatencyProfile {
  let space: SearchSpace
  let labels: [String]

  /// Networks that the estimate is compared on.
  private static let checkedCount = 10

  /// A network, and its time per feature frame in microseconds: estimated and measured.
  struct Check {
    var name: String
    var estimated: Double
    var measured: Double

    /// The estimate's error as a part of what was measured.
    var error: Double { estimated / measured - 1 }
  }

  /// Times of the layers of networks that together have every candidate of every block, each the
  /// least of several; what whole networks take beyond the sum of their layers is the overhead.
  ///
  /// - Parameter onNetwork: called after every network with (done, of so many).
  func run(onNetwork: (Int, Int) -> Void) throws -> (table: LatencyTable, checks: [Check]) {
    var table = LatencyTable()
    table.kernels = InferencePlan.availableInstructionSets.first ?? ""
    table.processor = ProcessorName.current
    let most = space.blocks.map(\.candidates.count).max() ?? 1
    let total = most + Self.checkedCount
    var excess: [Double] = []
    for turn in 0..<most {
      let architecture = space.architecture(
        space.blocks.map { turn % $0.candidates.count })
      let workload = try InferenceWorkload(architecture, features: space.features, labels: labels)
      try addLayers(workload, to: &table)
      excess.append(try hopMicroseconds(workload) - table.microseconds(architecture))
      onNetwork(turn + 1, total)
    }
    table.overhead = max(excess.reduce(0, +) / Double(excess.count), 0)
    var checks: [Check] = []
    for index in 0..<Self.checkedCount {
      var generator = CounterBasedGenerator(seed: 1, stream: Self.stream, UInt32(index))
      let choices = space.blocks.map { Int.random(in: $0.candidates.indices, using: &generator) }
      let architecture = space.architecture(choices)
      let workload = try InferenceWorkload(architecture, features: space.features, labels: labels)
      checks.append(
        Check(
          name: "random network \(index + 1)", estimated: try table.microseconds(architecture),
          measured: try hopMicroseconds(workload)))
      onNetwork(most + index + 1, total)
    }
    return (table, checks)
  }

  /// First stream word of the draws ("PROF").
  private static let stream: UInt32 = 0x5052_4F46

  /// Adds the time per output column of every layer.
  private func addLayers(_ workload: InferenceWorkload, to table: inout LatencyTable) throws {
    let geometry = try workload.model.architecture.geometry()
    let blockFrameCount = geometry.map(\.timeStride).max() ?? 1
    let runner = WindowRunner(
      plan: try InferencePlan(model: workload.model, blockFrameCount: blockFrameCount),
      features: workload.features(of: workload.clips[0]))
    var seconds: [String: Double] = [:]
    for time in runner.layerTimes() { seconds[time.layer, default: 0] += time.seconds }
    for layer in geometry {
      let columnCount = blockFrameCount / layer.timeStride
      let time = (seconds[layer.layer.name] ?? 0) * 1e6 / Double(columnCount)
      let key = LatencyTable.key(layer)
      table.microseconds[key] = min(table.microseconds[key] ?? .infinity, time)
    }
  }

  /// The least time of a feature frame in a stream, over several windows of frames one by one.
  private func hopMicroseconds(_ workload: InferenceWorkload) throws -> Double {
    let runner = WindowRunner(
      plan: try InferencePlan(model: workload.model),
      features: workload.features(of: workload.clips[0]))
    let times = CallTimes.measure(200) { runner.runHops() }
    return (times.min() ?? 0) * 1e6 / Double(runner.frameCount)
  }
}
