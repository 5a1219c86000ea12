// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Glibc
import PulseServer
import Testing

/// Real faults of a real sound server. Sound is played whose samples name themselves, so that every
/// captured sample is known and every gap's true length too.
@Suite(.serialized) struct FaultTests {
  /// Seconds by which a gap's measured length may be wrong: blocks of the server, a loaded machine.
  static let tolerance = 0.1

  init() { PulseServer.install() }

  @Test func `a reader that stands still gets what the server kept, late but whole`() throws {
    let server = try PulseServer()
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.monitorDevice))
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 0 }
    let player = try server.play(IndexedSound.samples(count: 160_000))
    try heard.listen(to: &microphone, seconds: 3)
    #expect(microphone.newestSampleAge < 2.2)
    sleep(3)
    #expect(microphone.newestSampleAge > 2.9)
    // Read in a burst, old samples are told to be old.
    let sampleCount = heard.sampleCount
    try heard.listen(to: &microphone, seconds: 1) { $0.sampleCount > sampleCount }
    #expect(microphone.newestSampleAge > 1)
    try heard.listen(to: &microphone, seconds: 2)
    #expect(microphone.newestSampleAge < 2.2)
    player.end()
    expectKnown(heard)
    #expect(heard.indexed.runs.count == 1)
    #expect(microphone.account.lostFrameCount == 0)
    #expect(microphone.account.capturedFrameCount == heard.sampleCount)
  }

  @Test(arguments: [0.3, 1.5])
  func `frames that a device drops without a word become a gap of their length`(
    seconds: Double
  ) throws {
    let server = try PulseServer(pipeRate: 16_000)
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.pipeDevice))
    let writer = try PipeWriter(
      path: server.pipePath, rate: 16_000, samples: IndexedSound.samples(count: 320_000))
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 4)
    writer.skip(seconds: seconds)
    try heard.listen(to: &microphone, seconds: 3 + 2 * seconds)
    writer.stop()
    expectKnown(heard)
    let lost = Double(microphone.account.lostFrameCount) / 16_000
    // The restart behind the loss costs a little more, which the gap holds too.
    #expect(lost > seconds && lost < seconds + 0.5)
    #expect(heard.phases(.dropped) == [.began, .ended])
    #expect(heard.pieces.count == (lost > 0.5 ? 2 : 1))
  }

  @Test func `a wrong rate is found out and resampled from`() throws {
    let server = try PulseServer(pipeRate: 16_000)
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.pipeDevice))
    let writer = try PipeWriter(
      path: server.pipePath, rate: 12_000, samples: IndexedSound.samples(count: 320_000))
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 25) { !$0.incidents.isEmpty }
    try heard.listen(to: &microphone, seconds: 4)
    writer.stop()
    #expect(microphone.format?.rate == 12_000)
    #expect(abs((heard.incidents.first?.value ?? 0) - 12_000) < 60)
    #expect(heard.phases(.wrongRate) == [.began])
    #expect(microphone.account.lostFrameCount == 0)
  }

  @Test func `a killed server's device comes back by itself, and time goes on`() throws {
    let server = try PulseServer()
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.monitorDevice))
    var heard = Listening()
    let clock = ContinuousClock()
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 0 }
    let start = clock.now
    let startPosition = microphone.position
    try heard.listen(to: &microphone, seconds: 2)
    server.stop()
    try heard.listen(to: &microphone, seconds: 2)
    #expect(microphone.state != .running)
    try server.start()
    let sampleCount = heard.sampleCount
    try heard.listen(to: &microphone, seconds: 20) { $0.sampleCount > sampleCount + 16_000 }
    let elapsed = (clock.now - start) / .seconds(1)
    #expect(microphone.state == .running)
    // While the server is away, its connection is refused.
    #expect(heard.phases(.unplugged).first == .began)
    #expect(heard.incidents.last?.phase == .ended)
    #expect(
      abs(Double(microphone.position - startPosition) / 16_000 - elapsed) < 2 * Self.tolerance)
    #expect(heard.longestReadSeconds < 1)
    #expect(heard.pieces.count == 2)
    #expect(microphone.account.reopenCount >= 1)
  }

  @Test func `a server that hangs is a stall, and nobody waits for it`() throws {
    let server = try PulseServer()
    var configuration = MicrophoneConfiguration(device: server.monitorDevice)
    configuration.stallSeconds = 1
    var microphone = try Microphone(configuration: configuration)
    var heard = Listening()
    let clock = ContinuousClock()
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 0 }
    let start = clock.now
    let startPosition = microphone.position
    try heard.listen(to: &microphone, seconds: 2)
    server.pause()
    try heard.listen(to: &microphone, seconds: 4)
    server.resume()
    let sampleCount = heard.sampleCount
    try heard.listen(to: &microphone, seconds: 20) { $0.sampleCount > sampleCount + 16_000 }
    let elapsed = (clock.now - start) / .seconds(1)
    #expect(heard.phases(.stalled) == [.began, .ended])
    #expect(
      abs(Double(microphone.position - startPosition) / 16_000 - elapsed) < 2 * Self.tolerance)
    #expect(heard.longestReadSeconds < 1)
  }

  @Test func `a server that hangs at the first opening is told, and heard once it goes on`() throws
  {
    let server = try PulseServer()
    server.pause()
    var configuration = MicrophoneConfiguration(device: server.monitorDevice)
    configuration.waitsForDevice = true
    configuration.openTimeoutSeconds = 1
    var microphone = try Microphone(configuration: configuration)
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 10) { !$0.incidents.isEmpty }
    #expect(heard.phases(.stalled) == [.began])
    #expect(microphone.state == .stalled)
    server.resume()
    try heard.listen(to: &microphone, seconds: 20) { $0.sampleCount > 16_000 }
    #expect(heard.sampleCount > 16_000)
    #expect(microphone.state == .running)
  }

  @Test func `a device that comes back at another rate is resampled from that`() throws {
    let server = try PulseServer()
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.fixedRateDevice))
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 16_000 }
    #expect(microphone.format?.rate == 16_000)
    PulseServer.setFixedRate(48_000)
    defer { PulseServer.setFixedRate(16_000) }
    server.stop()
    try heard.listen(to: &microphone, seconds: 1)
    try server.start()
    let sampleCount = heard.sampleCount
    let clock = ContinuousClock()
    try heard.listen(to: &microphone, seconds: 20) { $0.sampleCount > sampleCount + 16_000 }
    #expect(microphone.format?.rate == 48_000)
    let (start, position) = (clock.now, microphone.position)
    try heard.listen(to: &microphone, seconds: 4)
    let elapsed = (clock.now - start) / .seconds(1)
    #expect(abs(Double(microphone.position - position) / 16_000 - elapsed) < 0.3)
  }

  /// Every captured sample is one that was played, and the place of each on the time line is right.
  private func expectKnown(_ heard: Listening) {
    let found = heard.indexed
    #expect(!found.runs.isEmpty)
    #expect(found.unknownCount <= 3 * (found.runs.count + 1))
    for (before, after) in zip(found.runs, found.runs.dropFirst()) {
      let lost = after.index - (before.index + before.count)
      let gap = after.heardAt - (before.heardAt + before.count)
      #expect(lost >= 0)
      #expect(abs(Double(gap - lost)) / 16_000 < Self.tolerance, "lost \(lost), gap \(gap)")
    }
  }
}
