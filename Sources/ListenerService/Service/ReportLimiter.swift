// SPDX-License-Identifier: GPL-3.0-or-later

/// Lets a few lines of a kind through per interval, so that a device that fails a hundred times per
/// second does not fill the disk, and keeps the newest of the others, so that the last line of a
/// kind always tells how things are.
package struct ReportLimiter<Key: Hashable, Report> {
  /// A report and how many of its kind before it were held back.
  package typealias Passed = (report: Report, heldBackCount: Int)

  /// Lines of a kind that pass in one interval.
  package let limit: Int

  /// Seconds in which they do.
  package let intervalSeconds: Double

  private struct Entry {
    var startedAt: Double
    var passedCount = 0
    var newest: Report?
    var heldBackCount = 0
  }

  private var entries: [Key: Entry] = [:]

  package init(limit: Int, intervalSeconds: Double) {
    self.limit = limit
    self.intervalSeconds = intervalSeconds
  }

  /// Takes a report of kind `key` at time `now` in seconds: what is to be logged at once.
  package mutating func take(_ report: Report, of key: Key, now: Double) -> Passed? {
    var entry = entries[key] ?? Entry(startedAt: now)
    defer { entries[key] = entry }
    if entry.newest == nil, now - entry.startedAt >= intervalSeconds {
      entry = Entry(startedAt: now)
    }
    guard entry.newest == nil, entry.passedCount < limit else {
      entry.heldBackCount += entry.newest == nil ? 0 : 1
      entry.newest = report
      return nil
    }
    entry.passedCount += 1
    return (report, 0)
  }

  /// The newest reports that were held back and whose interval is over.
  package mutating func due(now: Double) -> [Passed] {
    var passed: [Passed] = []
    for (key, entry) in entries where now - entry.startedAt >= intervalSeconds {
      guard let newest = entry.newest else { continue }
      passed.append((newest, entry.heldBackCount))
      entries[key] = Entry(startedAt: now, passedCount: 1)
    }
    return passed
  }
}
