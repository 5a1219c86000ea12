// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
import Buffers

/// A microphone as a stream of 16 kHz samples that goes on through everything that can happen to a
/// device.
///
/// One thread calls it. `CaptureMachine` decides, `CaptureDevice` talks to the library,
/// `CaptureStream` makes the samples. While frames flow nothing is allocated and nothing locked.
package struct Microphone: ~Copyable, AudioSource {
  package let configuration: MicrophoneConfiguration

  var machine: CaptureMachine
  var device: CaptureDevice?
  var operation: DeviceOperation?
  var watch: DeviceWatch?
  var monitor: SignalMonitor
  var stream: CaptureStream?
  var recorder: CaptureRecorder?
  var bytes: AlignedBuffer<UInt8>
  /// The format that the device has and the stream not yet.
  var pendingFormat: CaptureFormat?
  /// Whether what is left of a format goes out before another begins.
  var isChangingFormat = false
  /// Frames in the device's ring that the machine released.
  var waitingFrameCount = 0
  var hasFinished = false
  var hasPriority = false
  var recordingHasFailed = false

  /// Milliseconds after which a call comes back at the latest.
  static let patienceMilliseconds: Int32 = 100

  /// Opens the device and starts it.
  ///
  /// - Throws: `CaptureError` where that fails; with `waitsForDevice` only where the resampler or
  ///   the recording cannot be made.
  package init(configuration: MicrophoneConfiguration) throws(CaptureError) {
    self.configuration = configuration
    machine = CaptureMachine(configuration: configuration)
    monitor = SignalMonitor(configuration: configuration)
    bytes = AlignedBuffer(zeroed: 0)
    device = nil
    operation = nil
    watch = nil
    stream = nil
    recorder = nil
    guard !configuration.waitsForDevice else { return }
    let opening = DeviceOperation.open(configuration)
    _ = machine.tick(at: now())
    guard
      let outcome = opening.wait(milliseconds: Int32(configuration.openTimeoutSeconds * 1000))
    else {
      opening.abandon()
      throw .timedOut(
        device: configuration.device, operation: .open,
        seconds: configuration.openTimeoutSeconds)
    }
    switch outcome {
    case .opened(let device):
      do throws(AudioError) {
        if let path = configuration.recordingPath {
          recorder = try CaptureRecorder(
            path: path, format: device.format, source: configuration.device)
        }
        try take(device)
      } catch {
        throw .audio(error)
      }
    case .openFailed(let error), .restartFailed(let error): throw error
    case .restarted, .closed: break
    }
  }

  deinit {
    if let operation {
      operation.abandon()
    } else if let device {
      // Closing may block where a server hangs; the thread then stays behind.
      _ = DeviceOperation.close(device)
    }
  }

  /// What the capture is doing.
  package var state: CaptureState { machine.state }

  /// The form in which the stream takes frames; nil before the first device was opened.
  package var format: CaptureFormat? {
    switch stream {
    case .some(let stream): stream.format
    case .none: nil
    }
  }

  /// The newest full second of signal.
  package var level: SignalLevel { monitor.level }

  /// What was captured, lost and wrong so far.
  package var account: CaptureAccount { machine.account }

  /// 16 kHz index of the next sample.
  package var position: Int {
    switch stream {
    case .some(let stream): stream.position
    case .none: 0
    }
  }

  /// Seconds since the sample before `position` was at the microphone: what device and sound server
  /// take, what is late now, and what the resampler holds back. Grows while no audio comes.
  ///
  /// 0 before the first frame, and where a device has no clock. Allocates nothing.
  package var newestSampleAge: Double {
    let age = machine.newestFrameAge(at: Clock.bootSeconds)
    switch stream {
    case .some(let stream) where age > 0 && !isChangingFormat:
      return age + Double(max(stream.appendPosition - stream.position, 0))
        / Double(AudioFormat.sampleRate)
    default: return age
    }
  }

  /// The recording, once there is a device; to wait for its end, and for its failures.
  package var recording: CaptureRecorder? { recorder }

  /// What happened since the last call, in order; nil when that is all.
  package mutating func nextIncident() -> CaptureIncident? { machine.nextIncident() }

  /// Ends the capture: `read` gives what is left, then `.end`.
  package mutating func stop() {
    guard machine.state != .stopped else { return }
    machine.stop(at: now())
    waitingFrameCount = 0
    let device = device.take()
    if let operation = operation.take() {
      // A restart that is on its way closes the device when it comes back.
      operation.abandon()
    } else if let device {
      _ = DeviceOperation.close(device)
    }
  }
}
