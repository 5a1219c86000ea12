// SPDX-License-Identifier: GPL-3.0-or-later

import Threads

/// Seconds per call of several bodies, taken in turn so that a busy machine slows all of them alike.
struct Measurement {
  /// Rounds of the measurement; each body runs once per round for about `roundSeconds`: less than a
  /// time slice, so that on a busy machine most rounds are not interrupted.
  var roundCount = 201
  var roundSeconds = 0.002

  /// The median over rounds of seconds per call, one per body.
  func run(_ bodies: [() -> Void]) -> [Double] {
    // One call to warm up, one to learn how many fill a round.
    let callCounts = bodies.map { body in
      body()
      let start = monotonicSeconds()
      body()
      return max(1, Int(roundSeconds / max(monotonicSeconds() - start, 1e-9)))
    }
    var times: [[Double]] = Array(repeating: [], count: bodies.count)
    for _ in 0..<roundCount {
      for (index, body) in bodies.enumerated() {
        let start = monotonicSeconds()
        for _ in 0..<callCounts[index] { body() }
        times[index].append((monotonicSeconds() - start) / Double(callCounts[index]))
      }
    }
    return times.map { $0.sorted()[$0.count / 2] }
  }
}

/// Sound for benchmarks: a repeatable mixture of tones and noise, in [-0.5, 0.5).
func benchmarkSamples(count: Int) -> [Float] {
  var state: UInt32 = 1
  return (0..<count).map { index in
    state = state &* 1_664_525 &+ 1_013_904_223
    let noise = Float(state >> 8) * 0x1p-24 - 0.5
    let saw = Float(index % 97) / 97 - 0.5
    return 0.2 * noise + 0.3 * saw
  }
}
