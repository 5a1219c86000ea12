// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Synchronization
import Threads

/// What the capture thread hands to the thread that writes a recording.
final class RecordingQueue: Sendable {
  /// The device's frames, whole blocks only.
  let bytes: SPSCRing<UInt8>

  let marks: SPSCRing<RecordingMark>

  /// Frames that were pushed: the index of the next one in the recording.
  let frameCount = Atomic<Int>(0)

  /// Frames of them that the file has.
  let writtenFrameCount = Atomic<Int>(0)

  /// Frames that were lost because the ring was full, the recording had failed or had ended.
  let unrecordedFrameCount = Atomic<Int>(0)

  /// Whether nothing will be pushed any more.
  let hasEnded = Atomic<Bool>(false)

  /// Whether the writer is gone and all of the file is written.
  let isClosed = Atomic<Bool>(false)

  private let stateValue = Atomic<UInt8>(RecordingState.recording.rawValue)
  let failureCode = Atomic<Int32>(0)
  let failure = Mutex<AudioError?>(nil)

  /// The recording's name, which is another one than was asked for where that was taken.
  let path: Mutex<String>

  /// Seconds of audio that wait at most.
  private static let lengthSeconds = 4

  /// Wakes the writer before its time.
  let alarm: WakeDescriptor

  /// - Throws: `AudioError.system` where the process has no descriptors left.
  init(format: CaptureFormat, path: String) throws(AudioError) {
    do throws(ThreadError) {
      alarm = try WakeDescriptor()
    } catch {
      guard case .noPipe(let code) = error else { preconditionFailure("\(error)") }
      throw .system(path: path, operation: "create a pipe for", code: code)
    }
    self.path = Mutex(path)
    let byteCount = Self.lengthSeconds * format.rate * format.frameByteCount
    bytes = SPSCRing(minimumCapacity: min(max(byteCount, 1 << 18), 1 << 24))
    marks = SPSCRing(minimumCapacity: 1024)
  }

  /// Whether so much waits that the writer should not sleep: a process that stood still reads
  /// seconds of audio at once when it goes on.
  var isFilling: Bool { bytes.count > bytes.capacity / 4 }

  var state: RecordingState {
    RecordingState(rawValue: stateValue.load(ordering: .acquiring)) ?? .failed
  }

  /// Leaves the state `recording`; the first reason stays.
  func end(_ state: RecordingState) {
    _ = stateValue.compareExchange(
      expected: RecordingState.recording.rawValue, desired: state.rawValue, ordering: .releasing)
    hasEnded.store(true, ordering: .releasing)
    alarm.signal()
  }

  /// Notes what the writer met.
  func fail(_ error: AudioError) {
    if case .system(_, _, let code) = error { failureCode.store(code, ordering: .relaxed) }
    failure.withLock { $0 = error }
    end(.failed)
  }
}
