// SPDX-License-Identifier: GPL-3.0-or-later

import Audio

extension CaptureMachine {
  /// Goes on at the rate that was measured; false where nothing can be made of it.
  mutating func correct(_ measured: Double, frameCount: Int, at moment: Moment) -> Bool {
    let share = abs(measured / Double(streamRate) - 1)
    guard share > TimeLineAudit.wrongRateShare else {
      // A drift that is larger than a quartz's, but no reason to resample otherwise.
      audit?.change(rate: measured, claimedRate: streamRate, frameCount: frameCount)
      return true
    }
    let rate = Self.plausibleRate(measured)
    guard Resampler.supportedRates.contains(rate) else {
      blame(.failed, cause: .deviceLost, at: moment)
      return false
    }
    streamRate = rate
    pendingRate = rate
    audit?.change(rate: Double(rate), claimedRate: rate, frameCount: frameCount)
    audit?.forgetBaseline()
    if rate == claimedRate {
      endWrongRate(value: measured, at: moment)
    } else {
      beginWrongRate(measured, at: moment)
    }
    return true
  }

  /// The device came back with another claimed rate: what was known of the old one is void.
  mutating func forgetWrongRate(at moment: Moment, rate: Int) {
    endWrongRate(value: Double(rate), at: moment)
    streamRate = rate
    pendingRate = nil
    isClockless = false
  }

  /// Tells once that frames come as fast as they are read.
  mutating func findClockless(_ measured: Double, at moment: Moment) {
    guard !isClockless else { return }
    isClockless = true
    note(
      CaptureIncident(
        fault: .noClock, phase: .began, at: moment.position, value: Float(measured)))
  }

  private mutating func beginWrongRate(_ measured: Double, at moment: Moment) {
    guard wrongRateBegan == nil else { return }
    wrongRateBegan = moment.seconds
    note(
      CaptureIncident(
        fault: .wrongRate, phase: .began, at: moment.position, value: Float(measured)))
  }

  private mutating func endWrongRate(value: Double, at moment: Moment) {
    guard let began = wrongRateBegan.take() else { return }
    note(
      CaptureIncident(
        fault: .wrongRate, phase: .ended, at: moment.position,
        seconds: Float(moment.seconds - began), value: Float(value)))
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
