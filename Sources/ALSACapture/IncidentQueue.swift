// SPDX-License-Identifier: GPL-3.0-or-later

/// Incidents in order, until somebody asks for them; allocates nothing.
///
/// Room is kept for the end of every fault whose beginning was taken, so that none seems to last for
/// ever. Where the beginning found no room the end is left out too.
struct IncidentQueue: Sendable {
  /// Incidents that are kept; each excursion has two, so this is far more than a slow reader needs.
  static let limit = 64

  private var incidents: [CaptureIncident]
  /// Bit n: the fault with code n has a beginning that was taken, and no end so far.
  private var openFaults: UInt32 = 0

  /// Faults whose beginning came while there was no room.
  private(set) var droppedCount = 0

  init() {
    incidents = []
    incidents.reserveCapacity(Self.limit)
  }

  mutating func push(_ incident: CaptureIncident) {
    let bit: UInt32 = 1 << UInt32(incident.fault.rawValue)
    if incident.phase == .began {
      guard incidents.count < Self.limit - CaptureFault.allCases.count else {
        droppedCount += 1
        return
      }
      openFaults |= bit
    } else {
      guard openFaults & bit != 0 else { return }
      openFaults &= ~bit
    }
    incidents.append(incident)
  }

  mutating func pop() -> CaptureIncident? {
    incidents.isEmpty ? nil : incidents.removeFirst()
  }
}
