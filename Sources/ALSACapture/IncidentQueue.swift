// SPDX-License-Identifier: GPL-3.0-or-later

/// Incidents in order, until somebody asks for them; allocates nothing.
struct IncidentQueue: Sendable {
  /// Incidents that are kept; each excursion has two, so this is far more than a slow reader needs.
  static let limit = 64

  private var incidents: [CaptureIncident]

  /// Incidents that came while the queue was full.
  private(set) var droppedCount = 0

  init() {
    incidents = []
    incidents.reserveCapacity(Self.limit)
  }

  mutating func push(_ incident: CaptureIncident) {
    guard incidents.count < Self.limit else {
      droppedCount += 1
      return
    }
    incidents.append(incident)
  }

  mutating func pop() -> CaptureIncident? {
    incidents.isEmpty ? nil : incidents.removeFirst()
  }
}
