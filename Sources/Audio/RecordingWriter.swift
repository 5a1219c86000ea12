// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Synchronization
import Threads

/// The thread that writes a recording.
struct RecordingWriter: ~Copyable {
  private let queue: RecordingQueue
  private let format: CaptureFormat
  private var files: RecordingFiles
  private var block: AlignedBuffer<UInt8>
  private var writtenFrameCount = 0
  private var mark: RecordingMark?

  /// Longest pause between two looks into the queue: what a crash may lose.
  private static let pauseSeconds = 0.1

  init(queue: RecordingQueue, format: CaptureFormat, files: consuming RecordingFiles) {
    self.queue = queue
    self.format = format
    self.files = files
    let frameCount = max(1, 65_536 / format.frameByteCount)
    block = AlignedBuffer(zeroed: frameCount * format.frameByteCount)
  }

  /// Starts the thread.
  static func start(
    _ queue: RecordingQueue, _ format: CaptureFormat, _ files: consuming RecordingFiles,
    path: String
  ) throws(AudioError) {
    let box = WriterBox(RecordingWriter(queue: queue, format: format, files: files))
    do throws(ThreadError) {
      _ = try WorkerThread(name: "kws-record") { box.run() }
    } catch {
      guard case .cannotStart(_, let code) = error else { return }
      throw .system(path: path, operation: "start a thread", code: code)
    }
  }

  /// Writes until the queue has ended or a file cannot be written.
  fileprivate mutating func run() {
    do throws(AudioError) {
      while true {
        let hasEnded = queue.hasEnded.load(ordering: .acquiring)
        try drain()
        if hasEnded { break }
        _ = queue.alarm.wait(until: monotonicSeconds() + Self.pauseSeconds)
        queue.alarm.clear()
      }
    } catch {
      queue.fail(error)
    }
  }

  /// Writes all that waits.
  private mutating func drain() throws(AudioError) {
    while true {
      // In this order every mark in front of the bytes counted here is in sight.
      let waiting = queue.bytes.count / format.frameByteCount
      mark = mark ?? queue.marks.pop()
      let limit = mark.map { $0.frame - writtenFrameCount } ?? waiting
      var left = min(waiting, limit)
      guard left > 0 || mark != nil else { return }
      if left > 0 && !files.isPublished { try publish() }
      while left > 0 {
        let count = min(left, block.count / format.frameByteCount)
        try writeBlock(frameCount: count)
        left -= count
      }
      if let mark, mark.frame == writtenFrameCount {
        try files.write(mark)
        self.mark = nil
      }
    }
  }

  private mutating func publish() throws(AudioError) {
    try files.publish()
    let path = files.path
    queue.path.withLock { $0 = path }
  }

  private mutating func writeBlock(frameCount: Int) throws(AudioError) {
    let byteCount = Self.pop(queue, frameCount * format.frameByteCount, &block)
    let recorded =
      format.encoding == .int24In32 ? Self.pack(&block, byteCount: byteCount) : byteCount
    try Self.write(block, recorded, &files)
    writtenFrameCount += frameCount
    queue.writtenFrameCount.store(writtenFrameCount, ordering: .releasing)
  }

  private static func pop(
    _ queue: RecordingQueue, _ byteCount: Int, _ block: inout AlignedBuffer<UInt8>
  ) -> Int {
    var bytes = block.mutableSpan
    return queue.bytes.pop(into: &bytes, limit: byteCount)
  }

  private static func write(
    _ block: borrowing AlignedBuffer<UInt8>, _ byteCount: Int, _ files: inout RecordingFiles
  ) throws(AudioError) {
    try files.write(block.span.extracting(0..<byteCount))
  }

  /// Leaves out the unused byte of every sample.
  private static func pack(_ block: inout AlignedBuffer<UInt8>, byteCount: Int) -> Int {
    var bytes = block.mutableSpan
    for sample in 0..<byteCount / 4 {
      for byte in 0..<3 { bytes[3 * sample + byte] = bytes[4 * sample + byte] }
    }
    return byteCount / 4 * 3
  }

  /// The queue, of which the files are closed once this is gone.
  fileprivate var queueToClose: RecordingQueue { queue }
}

/// A writer on its way into its thread.
private final class WriterBox: @unchecked Sendable {
  private var writer: RecordingWriter?

  init(_ writer: consuming RecordingWriter) { self.writer = consume writer }

  func run() {
    let queue = writer?.queueToClose
    writer?.run()
    writer = nil
    queue?.isClosed.store(true, ordering: .releasing)
  }
}
