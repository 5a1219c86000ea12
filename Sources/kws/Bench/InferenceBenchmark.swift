// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat

/// Times integer networks, in turn with everything they are compared with, so that a busy machine
/// slows all of it alike.
struct InferenceBenchmark {
  var roundCount: Int

  /// About how long each of what is compared runs before the next has its turn.
  private static let turnSeconds = 0.01

  /// Calls from which the length of a turn is learned, and the most that a turn has.
  private static let trialCount = 5
  private static let largestCallCount = 2000

  /// One of what is compared: seconds of so many calls.
  private typealias Contestant = (Int) throws -> [Double]

  /// What a network takes by itself and in `peers`.
  func run(_ workload: InferenceWorkload, peers: [InferencePeer]) throws -> InferenceSpeed {
    let plan = try windowPlan(workload)
    let clips = workload.clips
    let posteriors = clips.map { clip in
      Array(WindowRunner(plan: plan, features: workload.features(of: clip)).runWindow())
    }
    let features = workload.features(of: clips[0])
    let runner = WindowRunner(plan: plan, features: features)
    let stream = WindowRunner(
      plan: try InferencePlan(model: workload.model), features: features)
    var speed = InferenceSpeed(
      name: workload.name, mac: try workload.macs, frameCount: runner.frameCount)
    var contestants = contestants(runner, stream)
    for peer in peers {
      let form = try peer.load(
        InferencePeerRequest(workload.model, clips: clips, posteriors: posteriors))
      speed.peers.append(PeerSpeed(description: peer.description, form: form))
      if form.refusal == nil { contestants.append(peer.time) }
    }
    var times = try turns(contestants)
    (speed.window, speed.hop) = (times[0], times[1].divided(by: runner.frameCount))
    times.removeFirst(2)
    for index in speed.peers.indices where speed.peers[index].form.refusal == nil {
      speed.peers[index].window = times.removeFirst()
    }
    return speed
  }

  /// What a network takes with the kernels of every instruction set that this processor has.
  func runInstructionSets(_ workload: InferenceWorkload) throws -> [InstructionSetSpeed] {
    let names = InferencePlan.availableInstructionSets
    let features = workload.features(of: workload.clips[0])
    let windows = try names.map { name in
      WindowRunner(plan: try windowPlan(workload, instructionSet: name), features: features)
    }
    let streams = try names.map { name in
      WindowRunner(
        plan: try InferencePlan(model: workload.model, instructionSet: name), features: features)
    }
    let times = try turns(zip(windows, streams).flatMap(contestants))
    return names.enumerated().map { index, name in
      InstructionSetSpeed(
        name: name, window: times[2 * index],
        hop: times[2 * index + 1].divided(by: streams[index].frameCount))
    }
  }

  /// A window at once, and a window's hops.
  private func contestants(_ window: WindowRunner, _ stream: WindowRunner) -> [Contestant] {
    [
      { count in CallTimes.measure(count) { window.runWindow() } },
      { count in CallTimes.measure(count) { stream.runHops() } },
    ]
  }

  /// The plan whose block is a whole window.
  private func windowPlan(
    _ workload: InferenceWorkload, instructionSet: String? = nil
  ) throws -> InferencePlan {
    try InferencePlan(
      model: workload.model, instructionSet: instructionSet,
      blockFrameCount: workload.model.architecture.windowFrameCount)
  }

  /// Every layer of a window at once with the best kernels, and its part of what
  /// multiply-accumulates in registers reach.
  func layerRows(_ workload: InferenceWorkload) throws -> [BenchmarkRow] {
    let runner = WindowRunner(
      plan: try windowPlan(workload), features: workload.features(of: workload.clips[0]))
    let peak = runner.peak()
    var rows = [
      BenchmarkRow(
        name: "multiply-accumulates in registers", value: peak * 1e-9, unit: "G/s", ratio: nil)
    ]
    // One row per layer, not per operator.
    var seconds: [String: Double] = [:]
    for time in runner.layerTimes() { seconds[time.layer, default: 0] += time.seconds }
    for layer in try workload.model.architecture.geometry() {
      guard let time = seconds[layer.layer.name] else { continue }
      let rate = Double(layer.cost(framesPerSecond: 1).macPerWindow) / time
      rows.append(
        BenchmarkRow(
          name: layer.layer.name, value: time * 1e6, unit: "us",
          ratio: layer.hasWeights ? (rate / peak, "peak") : nil))
    }
    return rows
  }

  private func turns(_ contestants: [Contestant]) throws -> [CallTimes] {
    let counts = try contestants.map { contestant in
      let trial = try contestant(Self.trialCount).sorted()[Self.trialCount / 2]
      return min(max(Int(Self.turnSeconds / max(trial, 1e-9)), 1), Self.largestCallCount)
    }
    var times = contestants.map { _ in CallTimes() }
    for _ in 0..<roundCount {
      for (index, contestant) in contestants.enumerated() {
        times[index].add(try contestant(counts[index]))
      }
    }
    return times
  }
}
