// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Buffers
import Glibc
import KeywordSpotting
import StreamSpotting
import Synchronization
import Threads

/// The body of the capture thread: microphone, resampler, network, decisions.
///
/// It waits for nothing but the microphone: what it has to tell goes into a ring with room for
/// minutes, and what it has to learn waits in a mailbox.
struct CaptureLoop: Sendable {
  /// Seconds that the recording has for its last frames.
  private static let recordingEndSeconds = 2.0

  let configuration: ListenerConfiguration
  let plan: SpottingPlan
  let clipTap: ClipTap?
  let ring: SPSCRing<LineEvent>
  let wake: WakeDescriptor
  let status: LineStatus
  let mailbox: SpotterMailbox
  let metering: CaptureMetering

  /// Runs until the stop request, or until the device cannot be had and is not waited for.
  func run() {
    do {
      try listen()
    } catch {
      status.failure = error
    }
    status.hasEnded.store(true, ordering: .releasing)
    wake.signal()
  }

  private func listen() throws {
    var source = MeteredMicrophone(try Microphone(configuration: microphoneConfiguration))
    var line = SpottingLine(plan: plan, keepsRecentSamples: true)
    var generation = 0
    var clipTap = clipTap
    var format: CaptureFormat?
    // A plan takes over between two blocks of samples: what is decided within one has one author.
    var isBetweenBlocks = true
    while true {
      if status.stopRequest.load(ordering: .relaxed) { source.microphone.stop() }
      if isBetweenBlocks, let change = mailbox.take() {
        clipTap = change.clipTap
        if change.generation != generation {
          line.replaceSpotter(plan: change.plan)
          source.microphone.recording?.markReconfigured()
          generation = change.generation
          tell(.replaced(generation: generation, at: line.position))
        }
      }
      let step = try line.step(&source)
      publish(source.microphone, &format)
      while let incident = source.microphone.nextIncident() {
        metering.take(incident)
        tell(.incident(incident))
      }
      if case .detection = step { isBetweenBlocks = false } else { isBetweenBlocks = true }
      switch step {
      case .detection(let detection):
        tell(.spotted(Self.describe(detection, generation, source.microphone)))
      case .samples(let count):
        let earlierCount = status.sampleCount.wrappingAdd(count, ordering: .relaxed).oldValue
        // The first audio is news: the service is ready.
        if earlierCount == 0 { wake.signal() }
        metering.processed(count, since: source.gaveAt)
        clipTap?.push(line.newestSamples, at: line.position - count)
      case .restarted, .idle: break
      case .end:
        source.microphone.recording?.waitUntilClosed(withinSeconds: Self.recordingEndSeconds)
        return
      }
    }
  }

  /// - Parameter format: what was published last; the lock is taken only for something new.
  private func publish(_ microphone: borrowing Microphone, _ format: inout CaptureFormat?) {
    metering.look(at: microphone)
    let state = microphone.state
    if state != status.state { status.state = state }
    guard microphone.format != format else { return }
    format = microphone.format
    status.format = format
    status.recorder = microphone.recording
  }

  private func tell(_ event: LineEvent) {
    if !ring.push(event) { status.lostEventCount.wrappingAdd(1, ordering: .relaxed) }
    wake.signal()
  }

  /// Adds the times of a detection: sound may come late, as in a burst after the process was stopped,
  /// so they count from when a sample was at the microphone.
  private static func describe(
    _ detection: Detection, _ generation: Int, _ microphone: borrowing Microphone
  ) -> SpottedKeyword {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let seconds = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    let rate = Double(AudioFormat.sampleRate)
    func age(_ sample: Int) -> Double {
      microphone.newestSampleAge + Double(microphone.position - 1 - sample) / rate
    }
    return SpottedKeyword(
      detection, generation: generation, wallClock: seconds - age(detection.at),
      latencySeconds: age(detection.end - 1))
  }

  private var microphoneConfiguration: MicrophoneConfiguration {
    var result = MicrophoneConfiguration(device: configuration.device)
    result.waitsForDevice = configuration.waitsForDevice
    result.recordingPath = configuration.recordingPath
    result.silenceSeconds = configuration.silenceSeconds
    result.realtimePriority = configuration.realtimePriority
    return result
  }
}
