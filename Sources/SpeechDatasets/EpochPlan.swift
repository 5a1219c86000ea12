// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// What an epoch consists of, in its order: a function of (seed, epoch).
struct EpochPlan: Sendable {
  /// One clip of the epoch.
  enum Draw: Equatable, Sendable {
    case word(ClipReference)

    /// Silence number `index` of the epoch.
    case silence(index: Int)

    /// Running speech number `index` of the epoch.
    case splicedSpeech(index: Int)
  }

  /// Streams of the counter-based generator, one per purpose.
  enum Stream {
    static let unknown: UInt32 = 1
    static let order: UInt32 = 2
    static let word: UInt32 = 3
    static let silence: UInt32 = 4
    static let continues: UInt32 = 5
    static let noise: UInt32 = 6
    static let splicedSpeech: UInt32 = 7
  }

  let draws: [Draw]

  /// All keywords, a new choice of unknown words, silence and spliced speech, shuffled.
  init(
    keywords: [ClipReference], unknown: [ClipReference], rejectCount: Int,
    splicedSpeechCount: Int = 0, seed: UInt64, epoch: UInt32
  ) {
    var generator = CounterBasedGenerator(seed: seed, stream: Stream.unknown, epoch)
    var pool = unknown
    let unknownCount = min(rejectCount, pool.count)
    for index in 0..<unknownCount {
      pool.swapAt(index, Int.random(in: index..<pool.count, using: &generator))
    }
    var draws = (keywords + pool.prefix(unknownCount)).map(Draw.word)
    draws += (0..<rejectCount).map { Draw.silence(index: $0) }
    draws += (0..<splicedSpeechCount).map { Draw.splicedSpeech(index: $0) }
    var order = CounterBasedGenerator(seed: seed, stream: Stream.order, epoch)
    draws.shuffle(using: &order)
    self.draws = draws
  }
}
