// SPDX-License-Identifier: GPL-3.0-or-later

/// Lets one line of a kind through per interval and counts the others: a device that fails a
/// hundred times per second must not fill the disk.
struct ReportLimiter<Key: Hashable> {
  /// Seconds in which at most one line of a kind passes.
  let intervalSeconds: Double

  private struct Entry {
    var passedAt: Double
    var suppressedCount: Int
  }

  private var entries: [Key: Entry] = [:]

  init(intervalSeconds: Double) { self.intervalSeconds = intervalSeconds }

  /// Whether a line of kind `key` passes at time `now`: the number of lines that were held back
  /// since the last, or nil if this one is held back too.
  mutating func admit(_ key: Key, now: Double) -> Int? {
    if var entry = entries[key], now - entry.passedAt < intervalSeconds {
      entry.suppressedCount += 1
      entries[key] = entry
      return nil
    }
    let suppressedCount = entries[key]?.suppressedCount ?? 0
    entries[key] = Entry(passedAt: now, suppressedCount: 0)
    return suppressedCount
  }
}
