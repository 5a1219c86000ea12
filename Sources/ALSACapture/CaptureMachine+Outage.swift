// SPDX-License-Identifier: GPL-3.0-or-later

import Audio

/// The time in which no audio comes, from its first sign until audio flows.
struct Outage: Sendable {
  /// What keeps the audio away now.
  var fault: CaptureFault
  var cause: GapCause
  var began: Double

  /// When `fault` took the place of an earlier one, or `began`.
  var faultBegan: Double

  /// Restarts since the device was opened or gave a frame.
  var restartCount = 0
}

extension CaptureMachine {
  mutating func begin(
    _ fault: CaptureFault, cause: GapCause, code: Int32 = 0, at moment: Moment,
    since: Double? = nil
  ) {
    let began = since ?? moment.seconds
    outage = Outage(fault: fault, cause: cause, began: began, faultBegan: began)
    note(CaptureIncident(fault: fault, phase: .began, at: moment.position, code: code))
  }

  /// Begins an outage, or tells its present cause where that is another than so far.
  ///
  /// The outage itself, and the gap that it leaves, go on.
  mutating func blame(
    _ fault: CaptureFault, cause: GapCause, code: Int32 = 0, at moment: Moment,
    since: Double? = nil
  ) {
    guard let known = outage else {
      begin(fault, cause: cause, code: code, at: moment, since: since)
      return
    }
    // A device that went away is not found, which says less.
    guard fault != known.fault, !(known.fault == .unplugged && fault == .notFound) else { return }
    note(
      CaptureIncident(
        fault: known.fault, phase: .unresolved, at: moment.position,
        seconds: Float(moment.seconds - known.faultBegan)))
    outage?.fault = fault
    outage?.faultBegan = since ?? moment.seconds
    note(CaptureIncident(fault: fault, phase: .began, at: moment.position, code: code))
  }

  /// Audio flows again, or the capture ends: the outage becomes a gap.
  mutating func end(lostSeconds: Double, phase: FaultPhase = .ended, at moment: Moment) {
    guard let ended = outage.take() else { return }
    var frameCount = 0
    if let rate = audit?.rate {
      frameCount = Int((lostSeconds * rate).rounded())
      let exactSeconds = Double(frameCount) / rate
      audit?.addLost(seconds: exactSeconds)
      account.lostFrameCount += frameCount
      account.lostSeconds += exactSeconds
    }
    if frameCount > 0 { pendingGap = Gap(frameCount: frameCount, cause: ended.cause) }
    backoff = Self.backoffSeconds.lowerBound
    note(
      CaptureIncident(
        fault: ended.fault, phase: phase, at: moment.position, lostFrameCount: frameCount,
        seconds: Float(moment.seconds - ended.faultBegan)))
  }
}
