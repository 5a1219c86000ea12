// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc

/// The two files of a recording: `path` and its sidecar `path.jsonl`.
///
/// Both are written under names of their own until `publish`, so that a listener that never hears
/// anything leaves an earlier recording alone.
struct RecordingFiles: ~Copyable {
  private let path: String
  private var wave: WaveWriter
  private let sidecar: Int32
  private var isPublished = false

  /// The path of the sidecar of the recording at `path`.
  static func sidecarPath(_ path: String) -> String { path + ".jsonl" }

  private static func partialPath(_ path: String) -> String { path + ".partial" }

  /// Creates both files.
  ///
  /// - Throws: `AudioError.system`, `.isDirectory`, `.notARegularFile`.
  init(path: String, format: CaptureFormat, source: String) throws(AudioError) {
    for path in [path, Self.sidecarPath(path)] {
      var status = stat()
      guard unsafe lstat(path, &status) == 0 else { continue }
      guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
      // Renaming onto a device such as /dev/null would replace it.
      guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
    }
    var recorded = format
    recorded.encoding = format.encoding.recorded
    let wave = try WaveWriter(path: Self.partialPath(path), format: recorded)
    let sidecarPath = Self.partialPath(Self.sidecarPath(path))
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(sidecarPath, flags, 0o600)
    do throws(AudioError) {
      guard descriptor >= 0 else {
        throw .system(path: sidecarPath, operation: "create", code: errno)
      }
      try Self.write(
        RecordingMark.header(format: format, source: source), to: descriptor, sidecarPath)
    } catch {
      if descriptor >= 0 { close(descriptor) }
      Self.removePartial(path)
      throw error
    }
    self.path = path
    self.wave = wave
    sidecar = descriptor
  }

  deinit {
    close(sidecar)
    if !isPublished { Self.removePartial(path) }
  }

  /// Gives both files their names; what had them before is gone.
  mutating func publish() throws(AudioError) {
    guard !isPublished else { return }
    let sidecarPath = Self.sidecarPath(path)
    // In this order no crash leaves a recording beside the sidecar of another one.
    unsafe unlink(sidecarPath)
    for name in [path, sidecarPath] {
      guard unsafe rename(Self.partialPath(name), name) == 0 else {
        throw .system(path: name, operation: "rename", code: errno)
      }
    }
    isPublished = true
  }

  /// Appends frames, and makes the header say so.
  mutating func write(_ frames: Span<UInt8>) throws(AudioError) {
    try wave.write(frames)
    try wave.updateHeader()
  }

  /// Appends a line to the sidecar.
  mutating func write(_ mark: RecordingMark) throws(AudioError) {
    try Self.write(mark.line, to: sidecar, Self.sidecarPath(path))
  }

  private static func write(
    _ line: [UInt8], to descriptor: Int32, _ path: String
  ) throws(AudioError) {
    var done = 0
    while done < line.count {
      let count = unsafe line.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(path: path, operation: "write", code: errno)
      }
      done += count
    }
  }

  private static func removePartial(_ path: String) {
    unsafe unlink(partialPath(path))
    unsafe unlink(partialPath(sidecarPath(path)))
  }
}
