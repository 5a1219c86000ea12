// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Buffers
import KeywordSpotting
import Synchronization
import Threads

extension Listener {
  /// Hands on everything that the capture thread told.
  func drain() {
    while let event = ring.pop() {
      switch event {
      case .spotted(let keyword): deliver(keyword)
      case .incident(let incident): take(incident)
      case .replaced(let generation, _): labels = labels.filter { $0.key >= generation }
      }
    }
    let lostCount = status.lostEventCount.load(ordering: .relaxed)
    if lostCount > tally.reportedLostEventCount {
      wording.log(.eventsLost(count: lostCount - tally.reportedLostEventCount))
      tally.reportedLostEventCount = lostCount
    }
  }

  private func deliver(_ keyword: SpottedKeyword) {
    guard let labels = labels[keyword.generation] else { return }
    let detection = keyword.detection(labels: labels)
    let device = setup.configuration.device
    let lines = wording.lines(
      detection, device, setup.configuration.wallClock ? keyword.wallClock : nil)
    let event = ListenerEvent(
      detection: detection, source: device,
      wallClock: keyword.wallClock, text: lines.text, json: lines.json)
    outputs.deliver(event)
    metrics.reported(event, latencySeconds: keyword.latencySeconds)
    if !detection.isNearMiss { tally.addDetection(of: detection.label) }
  }

  private func take(_ incident: CaptureIncident) {
    tally.add(incident)
    let passed = tally.limiter.take(incident, of: incident.fault, now: monotonicSeconds())
    if let passed { log(passed) }
  }

  /// Logs what was held back for long enough.
  func logHeldBack(now: Double) {
    for passed in tally.limiter.due(now: now) { log(passed) }
  }

  private func log(_ passed: ReportLimiter<CaptureFault, CaptureIncident>.Passed) {
    wording.log(
      .incident(
        passed.report, device: setup.configuration.device, heldBackCount: passed.heldBackCount))
  }
}
