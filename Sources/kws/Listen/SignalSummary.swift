// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture

/// Level, noise and faults of some seconds at 16 kHz.
///
/// Levels are those of blocks of 20 ms, about their mean, in dB of full scale: a tenth of them lies
/// below the noise floor, a twentieth above the signal.
struct SignalSummary {
  let noiseFloor: Double
  let signal: Double
  let peak: Double
  let offset: Double
  let clippedShare: Double

  /// Whether all samples are exactly equal.
  let isConstant: Bool

  /// - Precondition: `samples` is not empty.
  init(_ samples: [Float]) {
    let count = Double(samples.count)
    let mean = samples.reduce(0.0) { $0 + Double($1) } / count
    offset = mean
    peak = Double(samples.reduce(0) { max($0, $1.magnitude) })
    clippedShare = Double(samples.count { $0.magnitude >= 0.985 }) / count
    isConstant = (samples.max() ?? 0) - (samples.min() ?? 0) < 0x1p-18
    var levels: [Double] = []
    for start in stride(from: 0, to: samples.count - 319, by: 320) {
      let block = samples[start..<start + 320]
      let blockMean = block.reduce(0.0) { $0 + Double($1) } / 320
      let square = block.reduce(0.0) { sum, sample in
        let value = Double(sample) - blockMean
        return sum + value * value
      }
      // One half of the smallest step of 16 bits stands for nothing at all.
      levels.append(Double(SignalLevel.decibels(Float(max((square / 320).squareRoot(), 0x1p-16)))))
    }
    levels.sort()
    noiseFloor = levels.isEmpty ? -96 : levels[levels.count / 10]
    signal = levels.isEmpty ? -96 : levels[levels.count * 19 / 20]
  }

  var findings: [Finding] {
    guard !isConstant else { return [constantFinding] }
    return [levelFinding, noiseFinding, clippingFinding, offsetFinding]
  }

  private var constantFinding: Finding {
    let values = [(name: "offset", value: offset, decimals: 4)]
    if abs(offset) > 0.1 {
      return Finding(
        "signal", .problem,
        "every sample is exactly \(percentOfFullScale(offset)): the converter is stuck.",
        next: "Unplug the device and plug it in again; if that does not help, replace it.",
        values: values)
    }
    return Finding(
      "signal", .problem, "every sample is exactly equal: digital silence, not a quiet room.",
      next: "The input is muted or the wrong one: run alsamixer, F4, choose the card with F6, "
        + "unmute and raise Capture; check a mute switch at the microphone; try other names of "
        + "kws devices.", values: values)
  }

  private var levelFinding: Finding {
    let text =
      "loudest \(decibels(signal)), \(fixed(signal - noiseFloor, decimals: 0)) dB above the noise"
    let values = [
      (name: "signalDecibels", value: signal, decimals: 1),
      (name: "signalAboveNoiseDecibels", value: signal - noiseFloor, decimals: 1),
      (name: "peak", value: peak, decimals: 4),
    ]
    if signal < -50 {
      return Finding(
        "level", .warning, text + ": very quiet.",
        next: "If somebody spoke: raise the capture gain (alsamixer, F4), or come closer.",
        values: values)
    }
    if signal - noiseFloor < 10 {
      return Finding(
        "level", .warning, text + ": nothing stands out.",
        next: "Speak while it listens. If you did: come closer, or find the source of the noise.",
        values: values)
    }
    return Finding("level", .ok, text + ".", values: values)
  }

  private var noiseFinding: Finding {
    let values = [(name: "noiseFloorDecibels", value: noiseFloor, decimals: 1)]
    let text = "noise floor \(decibels(noiseFloor))"
    return noiseFloor > -35
      ? Finding(
        "noise", .warning, text + ": loud.",
        next: "Lower the capture gain, switch off boost, or move the microphone away from fans "
          + "and loudspeakers.", values: values)
      : Finding("noise", .ok, text + ".", values: values)
  }

  private var clippingFinding: Finding {
    let values = [(name: "clippedShare", value: clippedShare, decimals: 6)]
    if clippedShare < 0.0001 {
      return Finding(
        "clipping", .ok, "peak at \(percentOfFullScale(peak)), nothing clipped.", values: values)
    }
    return Finding(
      "clipping", clippedShare > 0.01 ? .problem : .warning,
      "\(fixed(100 * clippedShare, decimals: 2)) % of samples at full scale.",
      next: "Lower the capture gain or switch off boost (alsamixer, F4): what is clipped is lost.",
      values: values)
  }

  private var offsetFinding: Finding {
    let values = [(name: "offset", value: offset, decimals: 4)]
    let text = "offset \(percentOfFullScale(offset))"
    if abs(offset) > 0.1 {
      return Finding(
        "offset", .problem, text + ": it eats the range that sound needs.",
        next: "The input is defective or wired wrongly, or wants another bias voltage.",
        values: values)
    }
    return abs(offset) > 0.02
      ? Finding(
        "offset", .warning, text + ": the network does not hear it, but it hints at bad wiring.",
        next: "Check the plug, or a high-pass setting in alsamixer.", values: values)
      : Finding("offset", .ok, text + ".", values: values)
  }

  private func decibels(_ value: Double) -> String { fixed(value, decimals: 1) + " dBFS" }

  private func percentOfFullScale(_ value: Double) -> String {
    fixed(100 * value, decimals: 2) + " % of full scale"
  }
}
