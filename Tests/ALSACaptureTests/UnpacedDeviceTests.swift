// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import CAllocationCounter
import Glibc
import PulseServer
import Testing

/// Devices without a clock: ALSA's null and file plugins give frames as fast as they are read.
@Suite(.serialized) struct UnpacedDeviceTests {
  init() { PulseServer.install() }

  @Test func `a day of audio allocates nothing and leaves the resident memory flat`() async {
    // A process of its own: nothing else grows meanwhile.
    await #expect(processExitsWith: .success) {
      PulseServer.install()
      var configuration = MicrophoneConfiguration(device: "null")
      configuration.silenceSeconds = 24 * 3600
      var microphone = try Microphone(configuration: configuration)
      var samples = [Float](repeating: 0, count: 4096)
      var incidents: [CaptureIncident] = []
      incidents.reserveCapacity(100)
      let clock = ContinuousClock()
      let start = clock.now
      var before: (residentByteCount: Int, allocationCount: UInt64)?
      // As long as it takes on a busy machine: what is claimed is of samples, not of seconds.
      while microphone.position < 24 * 3600 * 16_000 {
        var room = samples.mutableSpan
        _ = try microphone.read(into: &room)
        while let incident = microphone.nextIncident() { incidents.append(incident) }
        // By then the missing clock was told, which may allocate.
        if before == nil && microphone.position > 3600 * 16_000 && clock.now - start > .seconds(3) {
          before = (Self.residentByteCount(), kws_allocation_count())
        }
      }
      let allocationCount = kws_allocation_count()
      let growth = Self.residentByteCount() - (before?.residentByteCount ?? 0)
      #expect(allocationCount == before?.allocationCount)
      // A leak of one byte per ten thousand samples would show.
      #expect(growth < 1 << 17)
      #expect(microphone.account.capturedFrameCount >= microphone.position)
      #expect(microphone.account.lostFrameCount == 0)
      // No clock: told once, not corrected. Beyond that the silence of the whole day.
      #expect(incidents.first?.fault == .noClock)
      #expect(incidents.dropFirst().allSatisfy { $0.fault == .digitalSilence })
      #expect(microphone.format?.rate == 16_000)
    }
  }

  @Test func `a file read as a device passes sample for sample, faster than real time`() throws {
    let folder = try TemporaryDevice(samples: IndexedSound.samples(count: 1_600_000))
    var microphone = try Microphone(
      configuration: MicrophoneConfiguration(device: folder.device))
    var heard = Listening()
    let clock = ContinuousClock()
    let start = clock.now
    try heard.listen(to: &microphone, seconds: 20) { $0.sampleCount >= 1_600_000 }
    #expect(clock.now - start < .seconds(20))
    let found = heard.indexed
    #expect(found.runs == [IndexedSound.Run(heardAt: 0, index: 0, count: 1_600_000)])
    #expect(found.unknownCount == 0)
    #expect(heard.phases(.noClock).count <= 1)
  }

  /// Bytes of this process that are in memory.
  private static func residentByteCount() -> Int {
    let descriptor = unsafe open("/proc/self/statm", O_RDONLY)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    let fields = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

/// A file of raw samples that ALSA's file plugin gives as a device.
private final class TemporaryDevice {
  let path: String
  var device: String { "filemon:\(path)" }

  init(samples: [Int16]) throws {
    path = "/tmp/kws-raw-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    let written = unsafe samples.withUnsafeBytes { raw in
      unsafe write(descriptor, raw.baseAddress, raw.count)
    }
    try #require(written == 2 * samples.count)
  }

  deinit { _ = unsafe unlink(path) }
}
