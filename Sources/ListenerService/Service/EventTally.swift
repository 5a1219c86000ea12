// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture

/// What the control thread remembers of the events that it handed on.
struct EventTally {
  /// Seconds in which one line of a kind goes to the log.
  private static let logIntervalSeconds = 10.0

  struct IncidentKind: Hashable {
    var fault: CaptureFault
    var phase: FaultPhase
  }

  private(set) var detectionCount = 0
  private(set) var lastKeyword: String?
  private var faults: Set<CaptureFault> = []
  private var limiter = ReportLimiter<IncidentKind>(intervalSeconds: logIntervalSeconds)

  /// Losses that the log has told of.
  var reportedLostEventCount = 0

  /// Faults that have begun and not ended, in the order of their codes.
  var activeFaults: [CaptureFault] { faults.sorted { $0.rawValue < $1.rawValue } }

  mutating func addDetection(of keyword: String) {
    detectionCount += 1
    lastKeyword = keyword
  }

  /// Takes an incident: the number of lines of its kind that were held back since the last, or nil
  /// if this one is to be held back too.
  mutating func add(_ incident: CaptureIncident, now: Double) -> Int? {
    switch incident.phase {
    case .began: faults.insert(incident.fault)
    case .ended: faults.remove(incident.fault)
    }
    return limiter.admit(IncidentKind(fault: incident.fault, phase: incident.phase), now: now)
  }
}
