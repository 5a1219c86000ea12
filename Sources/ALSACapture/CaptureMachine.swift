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

  package private(set) var state = CaptureState.waiting
  package private(set) var account = CaptureAccount()

  /// When the next try to open is due; in state `waiting`.
  package private(set) var retryAt = 0.0

  private let configuration: MicrophoneConfiguration
  private var incidents = IncidentQueue()
  private var audit: TimeLineAudit?
  /// The rate that the device claims.
  private var claimedRate = 0
  /// The rate that the stream runs at, which differs from the claimed one where that is wrong.
  package private(set) var streamRate = 0
  private var pendingGap: Gap?
  private var pendingRate: Int?
  private var backoff = CaptureMachine.backoffSeconds.lowerBound
  private var measureSeconds = CaptureMachine.longestMeasureSeconds
  private var lastFrameAt = 0.0
  private var lastMoment = 0.0
  /// Whether a frame came since the device was started.
  private var hasFlowed = false
  private var sleptSeconds = 0.0
  private var outage: Outage?
  /// Until when a gap is measured, once frames flow again.
  private var measuresUntil: Double?
  /// Until when frames wait that came after a pause.
  private var holdsUntil: Double?
  /// The longest usual time between two arrivals of frames, slowly forgotten.
  private var usualPause = 0.0
  private var smallestLag = Double.infinity
  private var wrongRateBegan: Double?

  /// The time in which no audio comes, from its first sign until audio flows.
  private struct Outage {
    var fault: CaptureFault
    var cause: GapCause
    var began: Double
    /// Restarts in vain.
    var restartCount = 0
  }

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

  /// The time for a try has come, or nothing happened.
  package mutating func tick(at moment: Moment) -> Action {
    guard state == .waiting, moment.seconds >= retryAt else { return .none }
    state = .opening
    return .open
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
      let expected = rate == claimedRate ? streamRate : rate
      audit?.change(
        rate: Double(expected), claimedRate: expected, frameCount: account.capturedFrameCount)
    }
    claimedRate = rate
    run(at: moment)
  }

  /// The device cannot be opened.
  package mutating func openFailed(code: Int32, at moment: Moment) {
    if outage == nil {
      begin(SystemError.openFault(code), cause: .deviceLost, code: code, at: moment)
    }
    wait(at: moment)
  }

  /// The stream runs again.
  package mutating func restarted(at moment: Moment) { run(at: moment) }

  /// The stream cannot be restarted.
  package mutating func restartFailed(code: Int32, at moment: Moment) -> Action { lose(at: moment) }

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
      if outage == nil {
        begin(.stalled, cause: .stalled, at: moment, since: moment.seconds - patience)
      }
      state = .stalled
      return .close
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
      state = .recovering
      return .restart(resuming: false)
    case .rate(let measured): correct(measured, frameCount: frameCount, at: moment)
    case .unpaced(let measured): beginWrongRate(measured, at: moment)
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
      if outage == nil { begin(.unplugged, cause: .deviceLost, code: code, at: moment) }
      return lose(at: moment)
    }
  }

  /// The device is closed; a try to open it again is due.
  package mutating func closed(at moment: Moment) {
    guard state != .stopped else { return }
    wait(at: moment)
  }

  /// The capture ends here; what is missing up to now is lost.
  package mutating func stop(at moment: Moment) {
    if outage != nil, let audit, audit.baseline != nil {
      let lag = audit.lag(seconds: moment.seconds, frameCount: account.capturedFrameCount)
      end(lostSeconds: audit.missingSeconds(lag: lag), at: moment)
    }
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
    state = .recovering
    return .restart(resuming: false)
  }

  private mutating func run(at moment: Moment) {
    state = .running
    lastFrameAt = moment.seconds
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
    retryAt = moment.seconds + backoff
    backoff = min(2 * backoff, Self.backoffSeconds.upperBound)
  }

  /// Restarts the stream, or opens the device anew where that did not help.
  private mutating func restart(_ state: CaptureState, at moment: Moment) -> Action {
    outage?.restartCount += 1
    guard (outage?.restartCount ?? 0) <= Self.restartLimit else { return lose(at: moment) }
    self.state = state
    return .restart(resuming: state == .suspended)
  }

  private mutating func lose(at moment: Moment) -> Action {
    state = .recovering
    return .close
  }

  private mutating func begin(
    _ fault: CaptureFault, cause: GapCause, code: Int32 = 0, at moment: Moment,
    since: Double? = nil
  ) {
    outage = Outage(fault: fault, cause: cause, began: since ?? moment.seconds)
    note(CaptureIncident(fault: fault, phase: .began, at: moment.position, code: code))
  }

  /// Audio flows again, or the capture ends: the outage becomes a gap.
  private mutating func end(lostSeconds: Double, at moment: Moment) {
    guard let ended = outage.take(), let rate = audit?.rate else { return }
    let frameCount = Int((lostSeconds * rate).rounded())
    let exactSeconds = Double(frameCount) / rate
    audit?.addLost(seconds: exactSeconds)
    if frameCount > 0 { pendingGap = Gap(frameCount: frameCount, cause: ended.cause) }
    account.lostFrameCount += frameCount
    account.lostSeconds += exactSeconds
    backoff = Self.backoffSeconds.lowerBound
    note(
      CaptureIncident(
        fault: ended.fault, phase: .ended, at: moment.position, lostFrameCount: frameCount,
        seconds: Float(moment.seconds - ended.began)))
  }

  private mutating func correct(_ measured: Double, frameCount: Int, at moment: Moment) {
    let share = abs(measured / Double(streamRate) - 1)
    guard share > TimeLineAudit.wrongRateShare else {
      // A drift that is larger than a quartz's, but no reason to resample otherwise.
      audit?.change(rate: measured, claimedRate: streamRate, frameCount: frameCount)
      return
    }
    let rate = Self.plausibleRate(measured)
    streamRate = rate
    pendingRate = rate
    audit?.change(rate: Double(rate), claimedRate: rate, frameCount: frameCount)
    audit?.forgetBaseline()
    if rate == claimedRate, let began = wrongRateBegan.take() {
      note(
        CaptureIncident(
          fault: .wrongRate, phase: .ended, at: moment.position,
          seconds: Float(moment.seconds - began), value: Float(measured)))
    } else {
      beginWrongRate(measured, at: moment)
    }
  }

  private mutating func beginWrongRate(_ measured: Double, at moment: Moment) {
    guard wrongRateBegan == nil else { return }
    wrongRateBegan = moment.seconds
    note(
      CaptureIncident(
        fault: .wrongRate, phase: .began, at: moment.position, value: Float(measured)))
  }

  /// The nearest standard rate within 1 %, else the measured one.
  package static func plausibleRate(_ measured: Double) -> Int {
    let nearest = CaptureOffer.standardRates.min {
      abs(Double($0) - measured) < abs(Double($1) - measured)
    }
    if let nearest, abs(measured / Double(nearest) - 1) <= 0.01 { return nearest }
    return Int(measured.rounded())
  }
}
