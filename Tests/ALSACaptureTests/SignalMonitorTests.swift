// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Testing

@Suite struct SignalMonitorTests {
  private func incidents(
    _ seconds: [(Int) -> Float], chunk: Int = 1000
  ) -> (incidents: [CaptureIncident], level: SignalLevel) {
    var configuration = MicrophoneConfiguration()
    configuration.silenceSeconds = 3
    configuration.faultSeconds = 2
    var monitor = SignalMonitor(configuration: configuration)
    var found: [CaptureIncident] = []
    var position = 0
    for second in seconds {
      let samples = (0..<16_000).map(second)
      for start in stride(from: 0, to: 16_000, by: chunk) {
        let end = min(start + chunk, 16_000)
        monitor.push(samples.span.extracting(start..<end), position: position + start) {
          found.append($0)
        }
      }
      position += 16_000
    }
    return (found, monitor.level)
  }

  private let noise: (Int) -> Float = { Float($0 &* 7919 % 2003) / 2003 * 0.2 - 0.1 }
  private let zero: (Int) -> Float = { _ in 0 }
  private let stuck: (Int) -> Float = { _ in 0.4 }
  private let clipped: (Int) -> Float = { $0 % 3 == 0 ? 0.999 : -0.2 }

  @Test func `a good signal has its level and no fault`() {
    let sine: (Int) -> Float = { $0 % 16 < 8 ? 0.5 : -0.5 }
    let (found, level) = incidents(Array(repeating: sine, count: 5), chunk: 333)
    #expect(found.isEmpty)
    #expect(abs(level.decibels - -6.02) < 0.01)
    #expect(level.peak == 0.5 && level.clippedRatio == 0 && abs(level.offset) < 1e-5)
    #expect(level.number == 5)
  }

  @Test func `digital silence is one fault with a beginning and an end`() {
    let (found, _) = incidents([noise, zero, zero, zero, zero, zero, noise, zero, noise])
    #expect(found.map(\.fault) == [.digitalSilence, .digitalSilence])
    #expect(found.map(\.phase) == [.began, .ended])
    #expect(found.map(\.at) == [64_000, 112_000])
    #expect(found.last?.seconds == 5)
  }

  @Test func `a stuck offset is told apart from silence`() {
    let (found, level) = incidents([stuck, stuck, stuck, stuck])
    #expect(found.map(\.fault) == [.stuckOffset])
    #expect(found.first?.value == 0.4)
    #expect(level.rms == 0 && level.offset == 0.4)
    let small: (Int) -> Float = { _ in 0.01 }
    #expect(incidents([small, small, small]).incidents.map(\.fault) == [.digitalSilence])
  }

  @Test func `an offset that drowns the signal is stuck, a small one is not`() {
    #expect(incidents([{ 0.3 + noise($0) }, { 0.3 + noise($0) }]).incidents.count == 1)
    #expect(incidents(Array(repeating: { 0.05 + noise($0) }, count: 4)).incidents.isEmpty)
  }

  @Test func `clipping ends only when its share is well below the limit`() {
    let few: (Int) -> Float = { $0 % 130 == 0 ? 0.999 : noise($0) }
    let (found, level) = incidents([clipped, clipped, few, few, noise, few])
    #expect(found.map(\.phase) == [.began, .ended])
    #expect(found.map(\.at) == [32_000, 80_000])
    #expect(level.clippedRatio > 0.005 && level.clippedRatio < 0.01)
  }
}
