// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import Synchronization

/// What a new configuration changes in the capture thread.
struct SpotterChange: Sendable {
  /// Counts the listener's plans from 0; later ones are larger. Where it is the one at work, model,
  /// thresholds and near misses stay: nothing is to be primed, and a replay of the recording stays
  /// exact.
  var generation: Int
  var plan: SpottingPlan

  /// Where the samples go for clips; nil where none are saved.
  var clipTap: ClipTap?
}

/// One place for a change that the capture thread has not taken yet; a newer one replaces it.
///
/// Looking for a change costs the capture thread one load. It takes the lock only when there is
/// one, and then nobody holds it for longer than a copy of three words.
final class SpotterMailbox: Sendable {
  private let isFull = Atomic<Bool>(false)
  private let change = Mutex<SpotterChange?>(nil)

  func put(_ newChange: SpotterChange) {
    change.withLock { $0 = newChange }
    isFull.store(true, ordering: .releasing)
  }

  func take() -> SpotterChange? {
    guard isFull.exchange(false, ordering: .acquiring) else { return nil }
    return change.withLock { $0.take() }
  }
}
