// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio

/// The decisions of a capture: what happened goes in with its time, what to do comes out.
///
/// A pure value without a device, so that every fault can be played to it. It owns the time line:
/// frames that came and gaps of measured length, which together keep up with the clock.
package struct CaptureMachine: Sendable {
  /// What the driver is to do with the device.
  package enum Action: Equatable, Sendable {
    case none
    /// Take all that waits in the device's ring.
    case read
    case open
    case restart(resuming: Bool)
    case close
  }

  /// When something happened.
  package struct Moment {
    /// CLOCK_BOOTTIME, which goes on while the system sleeps.
    package var seconds: Double

    /// How long the system has slept since it started: CLOCK_BOOTTIME minus CLOCK_MONOTONIC.
    package var sleptSeconds: Double

    /// 16 kHz index of the next sample.
    package var position: Int

    package init(seconds: Double, sleptSeconds: Double = 0, position: Int = 0) {
      self.seconds = seconds
      self.sleptSeconds = sleptSeconds
      self.position = position
    }
  }

  /// Audio that is missing before what is read next.
  package struct Gap: Equatable, Sendable {
    package var frameCount: Int
    package var cause: GapCause
  }

  /// Seconds after a restart in which the gap's length is measured: its smallest lag counts.
  package static let longestMeasureSeconds = 0.15

  /// Restarts without a frame after which the device is opened anew.
  private static let restartLimit = 3

  /// Seconds that the first frame may take: a sound server fills its largest block first, 2 s.
  private static let firstFrameSeconds = 5.0

  package static let backoffSeconds = 0.1...5.0

  package internal(set) var state = CaptureState.waiting
  package internal(set) var account = CaptureAccount()

  /// When the next try to open is due; in state `waiting`.
  package private(set) var retryAt = 0.0

  let configuration: MicrophoneConfiguration
  private var incidents = IncidentQueue()
  var audit: TimeLineAudit?
  /// The rate that the device claims.
  var claimedRate = 0
  /// The rate that the stream runs at, which differs from the claimed one where that is wrong.
  package internal(set) var streamRate = 0
  var pendingGap: Gap?
  var pendingRate: Int?
  var backoff = CaptureMachine.backoffSeconds.lowerBound
  private var measureSeconds = CaptureMachine.longestMeasureSeconds
  private var lastFrameAt = 0.0
  private var lastMoment = 0.0
  /// Whether a frame came since the device was started.
  private var hasFlowed = false
  private var sleptSeconds = 0.0
  var outage: Outage?
  /// Until when a gap is measured, once frames flow again.
  private var measuresUntil: Double?
  /// Until when frames wait that came after a pause.
  private var holdsUntil: Double?
  /// The longest usual time between two arrivals of frames, slowly forgotten.
  private var usualPause = 0.0
  private var smallestLag = Double.infinity
  var wrongRateBegan: Double?
  var isClockless = false
  /// Since when a call that may hang is on its way: opening, restarting, closing.
  private var pendingSince: Double?

  package init(configuration: MicrophoneConfiguration) { self.configuration = configuration }

  // MARK: What the driver takes

  package mutating func nextIncident() -> CaptureIncident? { incidents.pop() }

  /// Audio that is missing here, in frames of the newest device's rate, once.
  package mutating func takeGap() -> Gap? { pendingGap.take() }

  /// The rate at which the stream is to go on, once.
  package mutating func takeRate() -> Int? { pendingRate.take() }

  /// Seconds from `seconds` until a try is due; 0 where it is.
  package func secondsUntilRetry(at seconds: Double) -> Double { max(retryAt - seconds, 0) }

  /// Seconds since the newest frame that was taken was at the microphone; 0 where no clock tells.
  package func newestFrameAge(at seconds: Double) -> Double {
    audit?.age(seconds: seconds, frameCount: account.capturedFrameCount) ?? 0
  }

  // MARK: What the driver tells

  /// The time for a try has come, or nothing happened, such as that a call has not come back.
  package mutating func tick(at moment: Moment) -> Action {
    if let since = pendingSince, moment.seconds - since > configuration.openTimeoutSeconds {
      pendingSince = nil
      blame(.stalled, cause: .stalled, code: SystemError.timedOut, at: moment, since: since)
      state = .stalled
    }
    guard state == .waiting, moment.seconds >= retryAt else { return .none }
    return start(.open, in: .opening, at: moment)
  }

  /// Something changed among the sound devices.
  package mutating func devicesChanged(at moment: Moment) {
    guard state == .waiting else { return }
    backoff = Self.backoffSeconds.lowerBound
    // The node is there before its permissions are.
    retryAt = min(retryAt, moment.seconds + backoff)
  }

  /// The device is open and started, and claims `rate`; its ring holds `bufferSeconds`.
  package mutating func opened(rate: Int, bufferSeconds: Double = 1, at moment: Moment) {
    // Frames that wait while a gap is measured must not overrun a small ring.
    measureSeconds = min(Self.longestMeasureSeconds, bufferSeconds / 3)
    if audit == nil {
      audit = TimeLineAudit(rate: rate, startedAt: moment.seconds)
      streamRate = rate
    } else {
      account.reopenCount += 1
      if audit?.isUnpaced == true { audit?.forgetBaseline() }
      // A device that was caught with a wrong rate has it still when it comes back.
      if rate != claimedRate { forgetWrongRate(at: moment, rate: rate) }
      audit?.change(
        rate: Double(streamRate), claimedRate: streamRate,
        frameCount: account.capturedFrameCount)
      outage?.restartCount = 0
    }
    claimedRate = rate
    lastFrameAt = moment.seconds
    run(at: moment)
  }

  /// The device cannot be opened.
  package mutating func openFailed(code: Int32, at moment: Moment) {
    blame(SystemError.openFault(code), cause: .deviceLost, code: code, at: moment)
    wait(at: moment)
  }

  /// The stream runs again.
  package mutating func restarted(at moment: Moment) {
    // Only the first restart earns new patience: a stream may break at each.
    if (outage?.restartCount ?? 0) <= 1 { lastFrameAt = moment.seconds }
    run(at: moment)
  }

  /// The stream cannot be restarted.
  package mutating func restartFailed(code: Int32, at moment: Moment) -> Action {
    start(.close, in: .recovering, at: moment)
  }

  /// So many frames wait in the ring of a running device.
  package mutating func observe(availableFrameCount available: Int, at moment: Moment) -> Action {
    guard state == .running, let rate = audit?.rate else { return .none }
    let hasSlept = moment.seconds - lastMoment > 0.3
    let pause = moment.seconds - lastFrameAt
    if available > 0 || hasSlept { lastFrameAt = moment.seconds }
    lastMoment = moment.seconds
    hasFlowed = hasFlowed || available > 0
    let patience = Self.patience(hasFlowed: hasFlowed, configuration)
    guard moment.seconds - lastFrameAt <= patience else {
      blame(.stalled, cause: .stalled, at: moment, since: moment.seconds - patience)
      return start(.close, in: .stalled, at: moment)
    }
    // The time line begins with the first frame, however long a sound server takes to give it.
    guard hasFlowed else { return .none }
    let frameCount = account.capturedFrameCount + available
    let lag = audit?.lag(seconds: moment.seconds, frameCount: frameCount) ?? 0
    if outage != nil {
      guard available > 0 else { return .none }
      return measure(lag: lag, at: moment)
    }
    if available > 0 && !hasSlept, let action = holdBack(pause: pause, lag: lag, at: moment) {
      return action
    }
    // In place: a copy of the audit would copy its points.
    let verdict =
      audit?.observe(
        seconds: moment.seconds, frameCount: frameCount, isDrained: available < Int(rate / 4))
      ?? .normal
    switch verdict {
    case .normal: break
    case .lost, .lostWhileStopped:
      let slept = moment.sleptSeconds - sleptSeconds > 0.1
      let stopped = verdict == .lostWhileStopped
      begin(
        slept ? .suspended : stopped ? .stopped : .dropped,
        cause: slept ? .suspended : stopped ? .stopped : .overrun, at: moment)
      return start(.restart(resuming: false), in: .recovering, at: moment)
    case .rate(let measured):
      guard correct(measured, frameCount: frameCount, at: moment) else {
        return start(.close, in: .recovering, at: moment)
      }
    case .unpaced(let measured): findClockless(measured, at: moment)
    }
    return available > 0 ? .read : .none
  }

  /// So many frames went into the stream.
  package mutating func took(frameCount: Int) { account.capturedFrameCount += frameCount }

  /// Waiting or reading failed.
  package mutating func failed(code: Int32, at moment: Moment) -> Action {
    let stopped = moment.seconds - lastMoment > configuration.bufferSeconds / 2
    switch SystemError.readFailure(code) {
    case .overrun:
      if outage == nil {
        let slept = moment.sleptSeconds - sleptSeconds > 0.1
        begin(
          slept ? .suspended : stopped ? .stopped : .overrun,
          cause: slept ? .suspended : stopped ? .stopped : .overrun, code: code, at: moment)
      }
      return restart(.recovering, at: moment)
    case .suspended:
      if outage == nil { begin(.suspended, cause: .suspended, code: code, at: moment) }
      return restart(.suspended, at: moment)
    case .lost:
      blame(.unplugged, cause: .deviceLost, code: code, at: moment)
      return start(.close, in: .recovering, at: moment)
    }
  }

  /// The device is closed; a try to open it again is due.
  package mutating func closed(at moment: Moment) {
    guard state != .stopped else { return }
    wait(at: moment)
  }

  /// The capture ends here; what is missing up to now is lost.
  package mutating func stop(at moment: Moment) {
    var lostSeconds = 0.0
    if outage != nil, let audit, audit.baseline != nil {
      let lag = audit.lag(seconds: moment.seconds, frameCount: account.capturedFrameCount)
      lostSeconds = audit.missingSeconds(lag: lag)
    }
    end(lostSeconds: lostSeconds, phase: .unresolved, at: moment)
    pendingSince = nil
    state = .stopped
  }

  /// A fault that does not concern the flow of frames.
  package mutating func note(_ incident: CaptureIncident) {
    if incident.phase == .began { account.add(incident.fault) }
    incidents.push(incident)
    account.droppedIncidentCount = incidents.droppedCount
  }

  // MARK: Steps

  /// Seconds that may pass without a frame.
  private static func patience(
    hasFlowed: Bool, _ configuration: MicrophoneConfiguration
  ) -> Double {
    hasFlowed ? configuration.stallSeconds : max(configuration.stallSeconds, firstFrameSeconds)
  }

  /// Frames flow after an outage: they wait until the gap in front of them is measured.
  private mutating func measure(lag: Double, at moment: Moment) -> Action {
    smallestLag = min(smallestLag, lag)
    if audit?.baseline == nil {
      measuresUntil = moment.seconds
    } else if measuresUntil == nil {
      measuresUntil = moment.seconds + measureSeconds
    }
    guard moment.seconds >= measuresUntil ?? 0 else { return .none }
    end(lostSeconds: audit?.missingSeconds(lag: smallestLag) ?? 0, at: moment)
    return .read
  }

  /// Frames come after an unusual pause: they wait until it is clear whether late ones follow.
  ///
  /// So a loss becomes a gap where it happened. Nil where there is nothing to wait for.
  private mutating func holdBack(pause: Double, lag: Double, at moment: Moment) -> Action? {
    let isLate = (audit?.missingSeconds(lag: lag) ?? 0) > TimeLineAudit.toleranceSeconds
    guard let until = holdsUntil else {
      let isUnusual = pause > max(TimeLineAudit.toleranceSeconds, 2 * usualPause)
      usualPause = isUnusual ? usualPause : max(pause, usualPause * 0.99)
      guard isUnusual && isLate && audit?.isUnpaced == false else { return nil }
      holdsUntil = moment.seconds + measureSeconds
      return Action.none
    }
    if isLate && moment.seconds < until { return Action.none }
    holdsUntil = nil
    guard isLate else { return nil }
    begin(.dropped, cause: .overrun, at: moment)
    return start(.restart(resuming: false), in: .recovering, at: moment)
  }

  private mutating func run(at moment: Moment) {
    state = .running
    pendingSince = nil
    lastMoment = moment.seconds
    hasFlowed = false
    sleptSeconds = moment.sleptSeconds
    measuresUntil = nil
    holdsUntil = nil
    smallestLag = .infinity
    audit?.restartWindows(at: moment.seconds)
  }

  private mutating func wait(at moment: Moment) {
    state = .waiting
    pendingSince = nil
    retryAt = moment.seconds + backoff
    backoff = min(2 * backoff, Self.backoffSeconds.upperBound)
  }

  /// Restarts the stream, or opens the device anew where that did not help.
  private mutating func restart(_ state: CaptureState, at moment: Moment) -> Action {
    outage?.restartCount += 1
    let isHopeless =
      outage.map {
        $0.restartCount > Self.restartLimit
          || $0.restartCount > 1 && moment.seconds - $0.began > configuration.stallSeconds
      } ?? false
    if isHopeless { return start(.close, in: .recovering, at: moment) }
    return start(.restart(resuming: state == .suspended), in: state, at: moment)
  }

  /// Asks for a call that may hang.
  private mutating func start(
    _ action: Action, in state: CaptureState, at moment: Moment
  ) -> Action {
    self.state = state
    pendingSince = moment.seconds
    return action
  }
}
