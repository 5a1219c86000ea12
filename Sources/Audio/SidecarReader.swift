// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Reads the sidecar of a recording line by line; every byte of it may be wrong.
struct SidecarReader: ~Copyable {
  let path: String

  /// What the first line says.
  let format: CaptureFormat
  let source: String

  private var lines: SidecarLines
  private var lastFrame = 0
  private var frameCount = 0

  /// Whether there is a sidecar for the recording at `path`.
  ///
  /// Not an empty file, nor events: `kws replay --format jsonl x.wav > x.wav.jsonl` writes those.
  static func exists(for path: String) -> Bool {
    guard var lines = try? SidecarLines(path: RecordingFiles.sidecarPath(path)) else {
      return false
    }
    guard let first = try? lines.next() else { return !lines.isEmpty }
    return !first.starts(with: "{\"event\":".utf8)
  }

  /// Opens the sidecar of the recording at `path` and reads its first line.
  ///
  /// - Throws: `AudioError.notFound`, `.system`, `.sidecar`.
  init(for path: String) throws(AudioError) {
    let sidecarPath = RecordingFiles.sidecarPath(path)
    var lines = try SidecarLines(path: sidecarPath)
    guard let first = try lines.next() else {
      throw .sidecar(path: sidecarPath, line: 1, field: nil, .notJSON)
    }
    (format, source) = try SidecarLine(first, path: sidecarPath, number: 1).header()
    self.path = sidecarPath
    self.lines = lines
  }

  /// The next mark; nil at the end, or where the last line breaks off.
  ///
  /// - Throws: `AudioError.sidecar`, `.system`.
  mutating func next() throws(AudioError) -> RecordingMark? {
    guard let bytes = try lines.next() else { return nil }
    let line = try SidecarLine(bytes, path: path, number: lines.number)
    let mark = try line.mark(notBefore: lastFrame)
    lastFrame = mark.frame
    switch mark.kind {
    case .gap(let length, _, _), .unrecorded(let length): frameCount += length
    default: break
    }
    // The sum is bounded as well, so that no product of it with the sample rate overflows.
    guard SidecarLine.frameCounts.contains(frameCount) else {
      throw line.fault("length", .outOfRange(found: frameCount, SidecarLine.frameCounts))
    }
    return mark
  }
}

/// The lines of a file, of bounded length.
struct SidecarLines: ~Copyable {
  /// Bytes of the longest line.
  static let lengthLimit = 8192

  /// The number of the line that `next` gave last, from 1.
  private(set) var number = 0

  private let path: String
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  private var start = 0
  private var hasEnded = false

  init(path: String) throws(AudioError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .notFound(path: path) : .system(path: path, operation: "open", code: errno)
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether nothing at all was in the file.
  var isEmpty: Bool { hasEnded && number == 0 && bytes.isEmpty }

  /// The next line without its line feed; nil at the end, where a line without one is left out.
  mutating func next() throws(AudioError) -> [UInt8]? {
    while true {
      if let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        let line = Array(bytes[start..<end])
        start = end + 1
        guard line.count <= Self.lengthLimit else { throw tooLong(number) }
        return line
      }
      guard bytes.count - start <= Self.lengthLimit else { throw tooLong(number + 1) }
      guard !hasEnded else { return nil }
      try fill()
    }
  }

  private func tooLong(_ number: Int) -> AudioError {
    .sidecar(path: path, line: number, field: nil, .tooLong(limit: Self.lengthLimit))
  }

  private mutating func fill() throws(AudioError) {
    bytes.removeFirst(start)
    start = 0
    var block = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(descriptor, &block, block.count)
    if count < 0 && errno == EINTR { return }
    guard count >= 0 else { throw .system(path: path, operation: "read", code: errno) }
    hasEnded = count == 0
    bytes += block[..<count]
  }
}
