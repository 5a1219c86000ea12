// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture

/// What the control thread remembers of the events that it handed on.
struct EventTally {
  private(set) var detectionCount = 0
  private(set) var lastKeyword: String?
  private var faults: Set<CaptureFault> = []

  /// Lines about one fault: four per half minute.
  var limiter = ReportLimiter<CaptureFault, CaptureIncident>(limit: 4, intervalSeconds: 30)

  /// Losses that the log has told of.
  var reportedLostEventCount = 0

  /// Faults that have begun and not ended, in the order of their codes.
  var activeFaults: [CaptureFault] { faults.sorted { $0.rawValue < $1.rawValue } }

  mutating func addDetection(of keyword: String) {
    detectionCount += 1
    lastKeyword = keyword
  }

  mutating func add(_ incident: CaptureIncident) {
    if incident.phase == .began {
      faults.insert(incident.fault)
    } else {
      faults.remove(incident.fault)
    }
  }
}
