// SPDX-License-Identifier: GPL-3.0-or-later

import Threads

/// Seconds of single calls, by round of a measurement.
struct CallTimes {
  private var rounds: [[Double]] = []

  /// Takes the times of another round; at least one.
  mutating func add(_ seconds: [Double]) { rounds.append(seconds.sorted()) }

  /// Over all calls.
  var median: Double { Self.median(rounds.flatMap { $0 }.sorted()) }

  /// What one call in a hundred takes longer than.
  var percentile99: Double {
    let sorted = rounds.flatMap { $0 }.sorted()
    return sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
  }

  /// Time per time of `other`, the median over rounds: of two that take turns, whatever slows both
  /// is not in it.
  func ratio(to other: CallTimes) -> Double {
    Self.median(
      zip(rounds, other.rounds).map { Self.median($0) / Self.median($1) }.sorted())
  }

  /// The same calls, each of `count` equal parts, as the time of a part.
  func divided(by count: Int) -> CallTimes {
    var parts = CallTimes()
    for round in rounds { parts.add(round.map { $0 / Double(count) }) }
    return parts
  }

  private static func median(_ sorted: [Double]) -> Double { sorted[sorted.count / 2] }

  /// The seconds of each of `count` calls of `body`, after some that warm up.
  static func measure(_ count: Int, _ body: () -> Void) -> [Double] {
    for _ in 0..<warmUpCount { body() }
    return (0..<count).map { _ in
      let start = monotonicSeconds()
      body()
      return monotonicSeconds() - start
    }
  }

  private static let warmUpCount = 5
}
