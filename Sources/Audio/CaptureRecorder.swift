// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc
import Synchronization
import Threads

/// Records captured frames, before mixing and resampling, as a WAV file with a sidecar of gaps.
///
/// A thread of its own writes; the capture thread, the only one that may call `append`, the marks
/// and `end`, never waits. A disk too slow loses recorded frames, which are counted and marked,
/// never heard ones. The file can be read while it grows, and after a crash up to about 0.1 s
/// before it. It has its name from the first frame on, and never that of another recording: where
/// there is a `night.wav` it becomes `night-2.wav`.
package final class CaptureRecorder: Sendable {
  private let queue: RecordingQueue
  private let format: CaptureFormat

  /// Lost frames that no mark tells of yet; the capture thread's alone.
  private let unmarkedFrameCount = Atomic<Int>(0)

  /// Creates the files under temporary names and starts the thread.
  ///
  /// - Parameter source: What events of this recording give as their source.
  /// - Throws: `AudioError.system`, `.isDirectory`, `.notARegularFile`, and as `CaptureStream.init`.
  package init(path: String, format: CaptureFormat, source: String) throws(AudioError) {
    try format.check()
    self.format = format
    queue = try RecordingQueue(format: format, path: path)
    let files = try RecordingFiles(path: path, format: format, source: source)
    try RecordingWriter.start(queue, format, files, path: path)
  }

  deinit { queue.hasEnded.store(true, ordering: .releasing) }

  /// The recording; its sidecar is `path.jsonl`. Before the first frame was written, the one that
  /// was asked for. Takes a lock: not for the capture thread.
  package var path: String { queue.path.withLock { $0 } }

  /// Frames that were captured, did not fit into the queue or came too late, and so will never be in
  /// the recording; wait-free.
  package var unrecordedFrameCount: Int { queue.unrecordedFrameCount.load(ordering: .relaxed) }

  /// Frames that wait to be written; wait-free.
  ///
  /// Where the recording has failed, or `waitUntilClosed` was false and the process ends, they are
  /// lost beside the unrecorded ones.
  package var unwrittenFrameCount: Int {
    // In this order the difference is never negative.
    let writtenFrameCount = queue.writtenFrameCount.load(ordering: .acquiring)
    return queue.frameCount.load(ordering: .relaxed) - writtenFrameCount
  }

  /// Whether frames are still recorded, and if not, why; wait-free.
  package var state: RecordingState { queue.state }

  /// The `errno` of the failure, 0 where there is none; wait-free.
  package var failureCode: Int32 { queue.failureCode.load(ordering: .relaxed) }

  /// Why the recording failed. Takes a lock: not for the capture thread.
  package var failure: AudioError? { queue.failure.withLock { $0 } }

  /// Records whole frames in the recorder's format, or counts them as unrecorded.
  package func append(_ frames: Span<UInt8>) {
    let frameCount = frames.count / format.frameByteCount
    guard frameCount > 0 else { return }
    guard state == .recording, queue.bytes.freeCount >= frames.count, markUnrecorded() else {
      queue.unrecordedFrameCount.wrappingAdd(frameCount, ordering: .relaxed)
      unmarkedFrameCount.wrappingAdd(frameCount, ordering: .relaxed)
      return
    }
    _ = queue.bytes.push(contentsOf: frames)
    queue.frameCount.wrappingAdd(frameCount, ordering: .relaxed)
    if queue.isFilling { queue.alarm.signal() }
  }

  /// Tells of a gap behind the frames so far.
  package func markGap(frameCount: Int, cause: GapCause, isBridged: Bool) {
    mark(.gap(frameCount: frameCount, cause: cause, isBridged: isBridged))
  }

  /// Tells that another model or other thresholds decide from here on.
  package func markReconfigured() { mark(.reconfigured) }

  /// Tells that the device goes on in `format`; ends the recording where one file cannot hold that.
  package func markChange(to format: CaptureFormat) {
    guard format.channelCount == self.format.channelCount, format.encoding == self.format.encoding
    else { return end(.formatChanged) }
    mark(.rate(format.rate))
  }

  /// Ends the recording; what was appended is still written.
  package func end(_ reason: RecordingEnd = .stopped) {
    guard state == .recording else { return }
    mark(.end(reason))
    queue.end(reason == .stopped ? .stopped : .formatChanged)
  }

  /// Waits until all is written, or for `seconds` at most; false where that was not enough.
  ///
  /// Only after `end`, from any thread. `unwrittenFrameCount` then tells what it was not enough for.
  @discardableResult package func waitUntilClosed(withinSeconds seconds: Double = 5) -> Bool {
    for _ in 0..<Int(seconds * 100) where !queue.isClosed.load(ordering: .acquiring) {
      usleep(10_000)
    }
    return queue.isClosed.load(ordering: .acquiring)
  }

  /// Puts a mark behind the frames so far; without it the recording could not be replayed.
  private func mark(_ kind: RecordingMark.Kind) {
    guard state == .recording else { return }
    if !markUnrecorded() || !push(kind) { queue.end(.marksLost) }
  }

  /// Tells of frames that were lost since the last mark; false where the ring of marks is full.
  private func markUnrecorded() -> Bool {
    let frameCount = unmarkedFrameCount.load(ordering: .relaxed)
    guard frameCount > 0 else { return true }
    guard push(.unrecorded(frameCount: frameCount)) else { return false }
    unmarkedFrameCount.store(0, ordering: .relaxed)
    return true
  }

  private func push(_ kind: RecordingMark.Kind) -> Bool {
    queue.marks.push(
      RecordingMark(frame: queue.frameCount.load(ordering: .relaxed), kind: kind))
  }
}
