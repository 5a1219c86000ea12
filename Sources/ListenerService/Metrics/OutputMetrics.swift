// SPDX-License-Identifier: GPL-3.0-or-later

/// What one output did.
final class OutputMetrics: Sendable {
  /// Events that left whole, or readings that were answered.
  let delivered = MetricCounter()

  /// Events that it lost: too slow, no reader, no room.
  let dropped = MetricCounter()

  /// Beginnings of bad times, and children of `--exec` that failed.
  let failed = MetricCounter()
}
