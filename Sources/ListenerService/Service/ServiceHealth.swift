// SPDX-License-Identifier: GPL-3.0-or-later

/// Tells the service manager what it may believe: ready once audio has gone through the network,
/// alive only while more of it does.
struct ServiceHealth {
  private let notifier: SystemdNotifier
  private(set) var isReady = false
  private var sampleCount = 0
  private var fedAt = -Double.infinity
  private var extendedAt = -Double.infinity
  private var statusText = ""

  init(notifier: SystemdNotifier) { self.notifier = notifier }

  /// Seconds between two looks that are needed at most.
  var intervalSeconds: Double { min(1, (notifier.watchdogSeconds ?? 4) / 4) }

  /// Takes how many samples have gone through the network; true when they are the first.
  ///
  /// - Parameter isStuck: whether an open device gives nothing or opening one does not come back.
  mutating func update(
    sampleCount newCount: Int, status: String, isStuck: Bool, now: Double
  ) -> Bool {
    let hasProgress = newCount > sampleCount
    sampleCount = newCount
    if status != statusText {
      notifier.status(status)
      statusText = status
    }
    guard hasProgress else {
      // Waiting for a microphone is no failure to start, however long it takes; hanging is one, and
      // a new process may fare better.
      if !isReady && !isStuck && now - extendedAt >= 10 {
        notifier.extendTimeout(seconds: 60)
        extendedAt = now
      }
      return false
    }
    if let watchdog = notifier.watchdogSeconds, now - fedAt >= watchdog / 4 {
      notifier.watchdog()
      fedAt = now
    }
    guard !isReady else { return false }
    isReady = true
    notifier.ready()
    return true
  }
}
