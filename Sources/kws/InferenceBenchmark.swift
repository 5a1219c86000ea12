// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import Threads

/// One network in integers: a clip at once, frame by frame, and in other engines, in turns.
struct InferenceBenchmark {
  let name: String
  let model: QuantizedModel

  /// A Python with the peers' packages; nil to measure ours alone.
  let python: String?

  private static let roundCount = 12
  private static let clipsPerRound = 150

  /// What one engine takes for a clip.
  struct Speed {
    var engine: String

    /// Seconds of every clip, sorted, without the call's overhead.
    var clips: [Double]

    /// Seconds of a call without work, which the clips do not hold.
    var overhead = 0.0

    /// Largest difference of posteriors to ours; nil where the padding is another.
    var difference: Float?

    var median: Double { clips[clips.count / 2] }
    var p99: Double { clips[clips.count * 99 / 100] }
  }

  /// The result for one network.
  struct Result {
    var name: String

    /// Multiply-accumulates of a clip, and of a hop of a stream.
    var macPerWindow: Int
    var macPerHop: Double

    /// Seconds per hop of a stream that gets frame by frame.
    var hopSeconds: Double
    var instructionSet: String
    var ours: Speed
    var peers: [Speed]
  }

  func run() throws -> Result {
    let geometry = try model.architecture.geometry()
    let plan = try InferencePlan(
      model: model, blockFrameCount: model.architecture.windowFrameCount)
    let clip = ClipRunner(plan: plan)
    let stream = ClipRunner(plan: try InferencePlan(model: model))
    let peers = try startPeers(geometry, clip)
    var times = [[Double]](repeating: [], count: 1 + peers.count)
    var hops: [Double] = []
    for _ in 0..<50 { clip.runClip() }
    for _ in 0..<Self.roundCount {
      for _ in 0..<Self.clipsPerRound {
        let start = monotonicSeconds()
        clip.runClip()
        times[0].append(monotonicSeconds() - start)
      }
      for (index, peer) in peers.enumerated() {
        let overhead = peer.description.overhead
        times[index + 1] += try peer.run(Self.clipsPerRound).map { max($0 - overhead, 0) }
      }
      let start = monotonicSeconds()
      for _ in 0..<30 { stream.runFrames() }
      hops.append((monotonicSeconds() - start) / Double(30 * stream.frameCount))
    }
    let costs = geometry.map { $0.cost(framesPerSecond: 1) }
    let ours = clip.posteriors
    return Result(
      name: name, macPerWindow: costs.reduce(0) { $0 + $1.macPerWindow },
      macPerHop: costs.reduce(0) { $0 + $1.macPerSecond },
      hopSeconds: hops.sorted()[hops.count / 2], instructionSet: plan.instructionSet,
      ours: Speed(engine: "kws, \(plan.instructionSet)", clips: times[0].sorted()),
      peers: peers.enumerated().map { index, peer in
        Speed(
          engine: peer.description.engine, clips: times[index + 1].sorted(),
          overhead: peer.description.overhead,
          difference: peer.description.posteriors.map { other in
            zip(other, ours).map { abs($0 - $1) }.max() ?? 0
          })
      })
  }

  private func startPeers(
    _ geometry: [LayerGeometry], _ clip: ClipRunner
  ) throws -> [InferencePeer] {
    guard let python, InferencePeerRequest.canRun(geometry) else { return [] }
    return InferencePeer.Engine.allCases.compactMap { engine in
      do {
        return try InferencePeer(
          engine, python: python, model: model, geometry: geometry, values: clip.integers(model))
      } catch {
        // The others still run.
        let text = (error as? CommandError)?.explanation.text ?? "\(error)"
        printError("kws: \(name) in \(engine.rawValue) is left out: \(text)")
        return nil
      }
    }
  }
}
