// SPDX-License-Identifier: GPL-3.0-or-later

/// How fast the steps of one network's training are: seconds of each, as they were measured.
struct TrainingSpeed {
  var name: String

  /// Multiply-accumulates of a forward pass, and floating-point operations of a whole step.
  var macPerClip: Int
  var operationsPerClip: Double

  /// Clips of a step.
  var clipCount = 0

  /// Steps with all threads, and with one; the latter is empty where all threads are one.
  var steps: [Double] = []
  var stepsOfOne: [Double] = []

  /// Steps with all threads that simulate 8-bit integers.
  var simulatedSteps: [Double] = []

  /// Batches made and normalized with nothing else to do.
  var loadings: [Double] = []

  /// The peer's steps with all threads; empty without a peer.
  var peerSteps: [Double] = []

  /// Floating-point operations per second that the processor reaches with all threads, and with one.
  var peak: [Double] = []
  var peakOfOne: [Double] = []

  /// Largest resident memory in bytes.
  var peakByteCount: Int?
  var peerByteCount: Int?

  /// The median of some values with the least and the largest.
  struct Spread {
    var median: Double
    var least: Double
    var largest: Double

    /// Of at least one value.
    init(_ values: [Double]) {
      let sorted = values.sorted()
      (median, least, largest) = (sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
    }
  }

  var clipsPerSecond: Spread { rates(steps) }
  var clipsPerSecondOfOne: Spread? { stepsOfOne.isEmpty ? nil : rates(stepsOfOne) }
  var peerClipsPerSecond: Spread? { peerSteps.isEmpty ? nil : rates(peerSteps) }

  /// How many times as fast all threads are as one.
  var scaling: Double? { clipsPerSecondOfOne.map { clipsPerSecond.median / $0.median } }

  /// How many times as fast as the peer.
  var ratioToPeer: Double? { peerClipsPerSecond.map { clipsPerSecond.median / $0.median } }

  /// Floating-point operations per second, and the part that is of the processor's peak.
  var operationsPerSecond: Double { clipsPerSecond.median * operationsPerClip }
  var peakPart: Double { operationsPerSecond / Spread(peak).median }

  /// Rate of steps that simulate integers, per rate of those that do not.
  var simulationPart: Double { Spread(steps).median / Spread(simulatedSteps).median }

  /// Time to make a batch per time of a step with all threads.
  var loadingPart: Double { Spread(loadings).median / Spread(steps).median }

  private func rates(_ seconds: [Double]) -> Spread {
    Spread(seconds.map { Double(clipCount) / $0 })
  }
}
