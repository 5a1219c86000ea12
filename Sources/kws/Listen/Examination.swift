// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import KeywordSpotting
import Threads

/// Some seconds of a microphone, and what they show.
struct Examination {
  /// What was captured, at 16 kHz.
  private(set) var samples: [Float] = []

  /// The form in which the device gave it.
  private(set) var captureFormat: CaptureFormat?

  let account: CaptureAccount

  /// Frames per second of the clock, from the first arrival to the last; nil where too few came.
  private(set) var measuredRate: Double?

  /// Listens for `seconds` from the first frame on.
  init(_ microphone: inout Microphone, seconds: Double) throws {
    var chunk = [Float](repeating: 0, count: 1600)
    let claimed = microphone.format
    let began = monotonicSeconds()
    var first: (seconds: Double, frameCount: Int)?
    var last = (seconds: 0.0, frameCount: 0)
    // A sound server may take two seconds for its first block.
    while monotonicSeconds() - (first?.seconds ?? began) < (first == nil ? 6 : seconds) {
      var room = chunk.mutableSpan
      let before = microphone.account.capturedFrameCount
      let piece = try microphone.read(into: &room)
      let captured = microphone.account.capturedFrameCount
      if captured > before {
        last = (monotonicSeconds(), captured)
        if first == nil { first = last }
      }
      if case .samples(let count) = piece, samples.count < Int(seconds * 16_000) {
        samples += chunk[0..<count]
      }
    }
    account = microphone.account
    captureFormat = claimed
    if let first, last.seconds - first.seconds > 0.5 {
      measuredRate =
        Double(last.frameCount - first.frameCount) / (last.seconds - first.seconds)
    }
  }

  /// What the capture and its signal show.
  func findings(device: String) -> [Finding] {
    guard let captureFormat, !samples.isEmpty else {
      return [
        Finding(
          "device", .problem, "\(device): opens, but gives no audio.",
          next: "Another program may hold it, or its server is suspended. Try kws devices, and "
            + "the card itself, such as --device hw:0,0.")
      ]
    }
    var findings = [Finding("device", .ok, "\(device): \(captureFormat.text).")]
    findings += [rateFinding(claimed: captureFormat.rate), lossFinding]
    return findings + SignalSummary(samples).findings
  }

  /// Whether this machine keeps up.
  func speedFinding(plan: SpottingPlan) -> Finding {
    var spotter = KeywordSpotter(plan: plan)
    let start = monotonicSeconds()
    var from = 0
    while true {
      let progress = spotter.push(samples.span.extracting(droppingFirst: from))
      guard progress.detection != nil else { break }
      from += progress.consumedSampleCount
    }
    let share = (monotonicSeconds() - start) / (Double(samples.count) / 16_000)
    let verdict: Finding.Verdict = share < 0.3 ? .ok : share < 0.8 ? .warning : .problem
    return Finding(
      "speed", verdict,
      "features and network take \(fixed(100 * share, decimals: 2)) % of one core.",
      next: verdict == .ok
        ? nil : "Use a smaller model, or give the process a core of its own.",
      values: [("coreShare", share, 5)])
  }

  private func rateFinding(claimed: Int) -> Finding {
    guard let measuredRate else {
      return Finding("rate", .warning, "too little audio to measure its rate.")
    }
    let off = measuredRate / Double(claimed) - 1
    let values = [
      (name: "claimedRate", value: Double(claimed), decimals: 0),
      (name: "measuredRate", value: measuredRate, decimals: 1),
    ]
    let text =
      "\(fixed(measuredRate, decimals: 0)) frames per second by the clock, "
      + "\(claimed) claimed"
    if abs(off) <= 0.01 { return Finding("rate", .ok, text + ".", values: values) }
    if measuredRate > 4 * Double(claimed) {
      return Finding(
        "rate", .warning, text + ": the device has no clock; it gives audio as fast as it is read.",
        next: "A file or a null device does that; for a microphone name another device.",
        values: values)
    }
    return Finding(
      "rate", abs(off) > 0.02 ? .problem : .warning,
      text + ", off by \(fixed(100 * off, decimals: 1)) %.",
      next: "kws listen finds the real rate out and resamples from it. If words are missed, try "
        + "another device name or rate, or a longer --seconds.",
      values: values)
  }

  private var lossFinding: Finding {
    let values = [(name: "lostSeconds", value: account.lostSeconds, decimals: 3)]
    guard account.lostSeconds > 0 else {
      return Finding("continuity", .ok, "no audio was lost.", values: values)
    }
    return Finding(
      "continuity", .warning,
      "\(fixed(account.lostSeconds, decimals: 2)) s of audio were lost while listening.",
      next: "The machine is overloaded or the connection bad: try --realtime-priority 10 with kws "
        + "listen, another USB port, no hub.", values: values)
  }
}
