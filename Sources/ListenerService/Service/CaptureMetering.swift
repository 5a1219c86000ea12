// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Threads

/// What the capture thread counts: stores to memory, nothing that waits.
struct CaptureMetering: Sendable {
  let metrics: ListenerMetrics

  /// Metrics with the names of the capture's states and faults.
  static func metrics() -> ListenerMetrics {
    ListenerMetrics(
      faults: CaptureFault.allCases.map { "\($0)" }, states: CaptureState.allCases.map { "\($0)" })
  }

  /// Samples went through the network, which began at `beganAt` of the monotonic clock.
  func processed(_ count: Int, since beganAt: Double) {
    metrics.processed(sampleCount: count, seconds: monotonicSeconds() - beganAt)
  }

  func take(_ incident: CaptureIncident) {
    if incident.phase == .began { metrics.faultBegan(Int(incident.fault.rawValue)) }
  }

  /// Takes over what the microphone counts itself.
  func look(at microphone: borrowing Microphone) {
    let account = microphone.account
    let level = microphone.level
    metrics.captured(
      frameCount: account.capturedFrameCount, lostSeconds: account.lostSeconds,
      reopenCount: account.reopenCount)
    metrics.heard(levelDBFS: Double(level.decibels), clippedRatio: Double(level.clippedRatio))
    metrics.captureIs(Int(microphone.state.rawValue))
  }
}
