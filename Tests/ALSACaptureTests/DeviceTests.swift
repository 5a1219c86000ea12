// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import CAllocationCounter
import PulseServer
import Testing

@Suite(.serialized) struct DeviceTests {
  @Test func `a device that does not exist is not found`() {
    PulseServer.install()
    #expect(throws: CaptureError.notFound(device: "hw:7,7", code: 2)) {
      _ = try Microphone(configuration: MicrophoneConfiguration(device: "hw:7,7"))
    }
  }

  @Test func `a device that refuses one channel is captured with two`() throws {
    PulseServer.install()
    let server = try PulseServer(channelCount: 2)
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.twoChannelDevice))
    #expect(microphone.format?.channelCount == 2)
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 0 }
    #expect(heard.sampleCount > 0)
  }

  @Test func `what is played is captured sample for sample`() throws {
    PulseServer.install()
    let server = try PulseServer()
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.monitorDevice))
    #expect(
      microphone.format == CaptureFormat(rate: 16_000, channelCount: 1, encoding: .int16))
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 0 }
    let player = try server.play(IndexedSound.samples(count: 48_000))
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 96_000 }
    player.end()
    let found = heard.indexed
    #expect(found.runs.count == 1)
    // The server may skip the first samples of a new player, the capture may not skip any.
    let run = try #require(found.runs.first)
    #expect(run.index < 4_000)
    #expect(run.index + run.count == 48_000)
    #expect(found.unknownCount <= 6)
    #expect(heard.incidents.isEmpty)
    #expect(heard.longestReadSeconds < 2)
  }

  @Test func `while frames flow nothing is allocated`() throws {
    PulseServer.install()
    let server = try PulseServer()
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: server.monitorDevice))
    var heard = Listening()
    try heard.listen(to: &microphone, seconds: 10) { $0.sampleCount > 16_000 }
    var samples = [Float](repeating: 0, count: 4096)
    let before = kws_allocation_count()
    let end = microphone.position + 32_000
    while microphone.position < end {
      var room = samples.mutableSpan
      _ = try microphone.read(into: &room)
      _ = microphone.nextIncident()
    }
    #expect(kws_allocation_count() == before)
    #expect(microphone.level.number >= 2)
  }
}
