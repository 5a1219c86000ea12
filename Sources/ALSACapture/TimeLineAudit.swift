// SPDX-License-Identifier: GPL-3.0-or-later

/// Compares the audio that a device delivered with the clock.
///
/// The lag is the clock minus the audio so far, in seconds. Its smallest value in a window of one
/// second is free of what scheduling and the device's blocks add, so it stays put, apart from the
/// drift of two quartzes. Where it jumps up, audio was lost without a word; where it climbs or
/// falls steadily, the device's rate is not what it says.
///
/// A pure value: every observation brings its own time.
package struct TimeLineAudit: Sendable {
  /// What an observation tells.
  package enum Verdict: Equatable {
    case normal

    /// Audio is missing, and no more goes missing right now.
    case lost

    /// The same, and this process had not observed for a while.
    case lostWhileStopped

    /// The device delivers so many frames per second, for a while now.
    case rate(Double)

    /// Frames come as fast as they are read: there is no clock behind them.
    case unpaced(rate: Double)
  }

  /// Seconds of lag beyond drift and jitter that are taken for a loss.
  package static let toleranceSeconds = 0.1

  /// Seconds per second by which the undisturbed lag may creep: 1000 ppm, twice the worst quartz.
  package static let driftLimit = 0.001

  /// Share of the rate beyond which it is wrong, and not a drift.
  package static let wrongRateShare = 0.02

  /// Factors between real and claimed rate that a confused driver may cause.
  package static let plausibleFactors = 0.25...4.0

  private static let windowSeconds = 1.0
  /// Windows between the two points of one measurement of the rate.
  private static let rateWindowCount = 4
  /// Change of the lag in one window at which a loss is still going on, late audio is arriving, or
  /// the rate is wrong.
  private static let unsteadySeconds = 0.008
  private static let largestLagSeconds = 10.0
  private static let longPauseSeconds = 0.3

  /// Frames per second that audio is counted by: the claimed rate, or a learned one near it.
  package private(set) var rate: Double

  /// The undisturbed lag; nil before the first observation.
  package private(set) var baseline: Double?

  /// Seconds that a frame takes from the microphone to this process where nothing is late: the
  /// first frame was heard when the device was started, and arrived so much later.
  package private(set) var deliverySeconds = 0.0

  /// When the device was started, until the delivery is known.
  private var startedAt: Double?

  /// Whether the device was found to have no clock; then nothing is judged.
  package private(set) var isUnpaced = false

  private var claimedRate: Double
  /// Audio up to a frame from which on `rate` holds.
  private var segmentSeconds = 0.0
  private var segmentFrameCount = 0
  private var settlesUntil = 0.0
  private var windowStart = 0.0
  private var smallestLag = Double.infinity
  private var smallestPoint = Point(seconds: 0, frameCount: 0)
  private var lastWindowLag: Double?
  private var lastObservation: Double?
  private var pausedSince: Double?
  private var pauseLag = Double.infinity
  /// The points of the smallest lag, newest last, without a break between them.
  private var points: [Point]

  private struct Point {
    var seconds: Double
    var frameCount: Int
  }

  /// - Parameter startedAt: when the device was started; nil where that is not known.
  package init(rate: Int, startedAt: Double? = nil) {
    self.rate = Double(rate)
    self.startedAt = startedAt
    claimedRate = Double(rate)
    points = []
    points.reserveCapacity(2 * Self.rateWindowCount + 2)
  }

  /// The clock minus the audio so far; `frameCount` as in `observe`.
  package func lag(seconds: Double, frameCount: Int) -> Double {
    seconds - segmentSeconds - Double(frameCount - segmentFrameCount) / rate
  }

  /// Seconds that are missing at an observation of `lag`, 0 or more.
  package func missingSeconds(lag: Double) -> Double { max(lag - (baseline ?? lag), 0) }

  /// Seconds since the frame before `frameCount` was at the microphone; 0 where no clock tells.
  package func age(seconds: Double, frameCount: Int) -> Double {
    guard let baseline, !isUnpaced else { return 0 }
    return max(lag(seconds: seconds, frameCount: frameCount) - baseline + deliverySeconds, 0)
  }

  /// Lost audio was put on the time line.
  package mutating func addLost(seconds: Double) { segmentSeconds += seconds }

  /// The stream broke and goes on: the rate is measured from here on anew.
  package mutating func restartWindows(at seconds: Double) {
    points.removeAll(keepingCapacity: true)
    lastWindowLag = nil
    lastObservation = nil
    pausedSince = nil
    startWindow(at: seconds)
  }

  /// Counts by another rate from `frameCount` on; the lag stays what it was.
  package mutating func change(rate: Double, claimedRate: Int, frameCount: Int) {
    segmentSeconds += Double(frameCount - segmentFrameCount) / self.rate
    segmentFrameCount = frameCount
    self.rate = rate
    self.claimedRate = Double(claimedRate)
  }

  /// Takes the lag of the next two seconds for undisturbed.
  package mutating func forgetBaseline() {
    baseline = nil
    isUnpaced = false
    // The audio so far no longer tells when the device was started.
    startedAt = nil
  }

  /// Takes one observation.
  ///
  /// - Parameters:
  ///   - seconds: the clock.
  ///   - frameCount: frames since some fixed point, what waits in the device's ring included.
  ///   - isDrained: whether nothing waits there.
  package mutating func observe(seconds: Double, frameCount: Int, isDrained: Bool) -> Verdict {
    let lag = lag(seconds: seconds, frameCount: frameCount)
    guard let known = baseline else {
      baseline = lag
      settlesUntil = seconds + 2
      learnDelivery(lag: lag)
      restartWindows(at: seconds)
      lastObservation = seconds
      return .normal
    }
    guard !isUnpaced else { return .normal }
    // What is early now was late at first.
    if lag < known && seconds < settlesUntil {
      baseline = lag
      learnDelivery(lag: lag)
    }
    if let last = lastObservation, seconds - last > Self.longPauseSeconds {
      pausedSince = seconds
      pauseLag = .infinity
    }
    lastObservation = seconds
    if lag < smallestLag {
      smallestLag = lag
      smallestPoint = Point(seconds: seconds, frameCount: frameCount)
    }
    if let pausedSince {
      // What a sound server held back meanwhile gets some time to arrive.
      if seconds - pausedSince > Self.longPauseSeconds / 2 { pauseLag = min(pauseLag, lag) }
      if seconds - pausedSince > Self.longPauseSeconds && isDrained {
        self.pausedSince = nil
        if missingSeconds(lag: pauseLag) > Self.toleranceSeconds { return .lostWhileStopped }
      }
    }
    guard seconds - windowStart >= Self.windowSeconds else { return .normal }
    let verdict = closeWindow()
    startWindow(at: seconds)
    return verdict
  }

  private mutating func learnDelivery(lag: Double) {
    if let startedAt { deliverySeconds = max(lag - startedAt, 0) }
  }

  private mutating func startWindow(at seconds: Double) {
    windowStart = seconds
    smallestLag = .infinity
  }

  private mutating func closeWindow() -> Verdict {
    let lag = smallestLag
    let growth = lastWindowLag.map { lag - $0 }
    lastWindowLag = lag
    points.append(smallestPoint)
    if points.count > 2 * Self.rateWindowCount + 1 { points.removeFirst() }
    if let verdict = rateVerdict(lag: lag) { return verdict }
    let missing = missingSeconds(lag: lag)
    if missing > Self.largestLagSeconds { return .lost }
    if missing > Self.toleranceSeconds {
      if let growth, abs(growth) < Self.unsteadySeconds { return .lost }
      return .normal
    }
    if let known = baseline {
      let creep = Self.driftLimit * Self.windowSeconds
      baseline = known + min(max(lag - known, -creep), creep)
    }
    return .normal
  }

  /// Judges the rate by two measurements, each over several windows, that agree.
  private mutating func rateVerdict(lag: Double) -> Verdict? {
    if points.count >= 3 {
      let newest = measure(points.count - 2, points.count - 1)
      let older = measure(points.count - 3, points.count - 2)
      if min(newest, older) > Self.plausibleFactors.upperBound * claimedRate {
        isUnpaced = true
        return .unpaced(rate: newest)
      }
    }
    guard points.count > 2 * Self.rateWindowCount else { return nil }
    let older = measure(0, Self.rateWindowCount)
    let newer = measure(Self.rateWindowCount, 2 * Self.rateWindowCount)
    let measured = measure(0, 2 * Self.rateWindowCount)
    let off = abs(measured / claimedRate - 1)
    let spread = abs(newer / older - 1)
    if off > Self.wrongRateShare {
      guard spread < 0.01 else { return nil }
      let factor = measured / claimedRate
      return Self.plausibleFactors.contains(factor) ? .rate(measured) : nil
    }
    // Between what a quartz does and what is wrong: count by what was measured.
    if abs(measured / rate - 1) > 1.5 * Self.driftLimit && spread < 0.002 {
      return .rate(measured)
    }
    return nil
  }

  private func measure(_ from: Int, _ to: Int) -> Double {
    let seconds = points[to].seconds - points[from].seconds
    return Double(points[to].frameCount - points[from].frameCount) / max(seconds, 1e-3)
  }
}
