// SPDX-License-Identifier: GPL-3.0-or-later

import Audio

/// Watches the samples themselves: level per second, and the faults that only the signal shows.
///
/// It sees what is listened to, the mean of all channels: where one channel of two is clipped or
/// stuck, that is half as loud here, and may stay below the limit.
package struct SignalMonitor: Sendable {
  /// A resampled constant ripples by less than this.
  package static let constantRange: Float = 0x1p-18

  /// The newest full second.
  package private(set) var level = SignalLevel()

  private var sums = LevelSums()
  private var silence: FaultTimer
  private var offset: FaultTimer
  private var clipping: FaultTimer
  private let configuration: MicrophoneConfiguration

  package init(configuration: MicrophoneConfiguration) {
    self.configuration = configuration
    silence = FaultTimer(.digitalSilence, seconds: configuration.silenceSeconds)
    offset = FaultTimer(.stuckOffset, seconds: configuration.faultSeconds)
    clipping = FaultTimer(.clipping, seconds: configuration.faultSeconds)
  }

  /// Takes samples of which the first has index `position`; faults go to `report`.
  package mutating func push(
    _ samples: Span<Float>, position: Int, report: (CaptureIncident) -> Void
  ) {
    var start = 0
    while start < samples.count {
      let count = min(samples.count - start, AudioFormat.sampleRate - sums.count)
      sums.add(samples.extracting(start..<start + count))
      start += count
      if sums.count == AudioFormat.sampleRate {
        closeSecond(endingAt: position + start, report: report)
      }
    }
  }

  /// Forgets the second that is not full, as audio is missing behind it.
  package mutating func restart() { sums = LevelSums() }

  private mutating func closeSecond(endingAt position: Int, report: (CaptureIncident) -> Void) {
    level = sums.level(number: level.number + 1)
    sums = LevelSums()
    let isConstant = level.range <= Self.constantRange
    // An offset that has no noise is a stuck converter, not a silent room.
    let isStuck =
      level.offset.magnitude > configuration.stuckOffset && level.rms < level.offset.magnitude
    let share = configuration.clippedShare
    silence.push(isConstant && !isStuck, value: level.offset, at: position, report: report)
    offset.push(isStuck, value: level.offset, at: position, report: report)
    clipping.push(
      level.clippedRatio > (clipping.isOn ? share / 2 : share), value: level.clippedRatio,
      at: position, report: report)
  }
}

/// A condition that becomes a fault once it has held for some seconds.
struct FaultTimer: Sendable {
  let fault: CaptureFault
  private let seconds: Double
  private var heldSeconds = 0.0

  /// Whether the fault has begun.
  package private(set) var isOn = false

  package init(_ fault: CaptureFault, seconds: Double) {
    self.fault = fault
    self.seconds = seconds
  }

  /// Takes whether the condition held in the second that ended before index `position`.
  package mutating func push(
    _ holds: Bool, value: Float, at position: Int, report: (CaptureIncident) -> Void
  ) {
    if holds {
      heldSeconds += 1
      guard !isOn && heldSeconds >= seconds else { return }
      isOn = true
      report(CaptureIncident(fault: fault, phase: .began, at: position, value: value))
    } else {
      if isOn {
        report(
          CaptureIncident(
            fault: fault, phase: .ended, at: position, seconds: Float(heldSeconds), value: value))
      }
      isOn = false
      heldSeconds = 0
    }
  }
}
