// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc

/// The two files of a recording: `path` and its sidecar `path.jsonl`.
///
/// Both are written under names of their own until `publish`, so that a listener that never hears
/// anything leaves no recording.
struct RecordingFiles: ~Copyable {
  /// The recording; until it is published, the name that was asked for.
  private(set) var path: String

  private(set) var isPublished = false
  private let partialPath: String
  private var wave: WaveWriter
  private let sidecar: Int32

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
      // What else stands there, such as /dev/null, is no recording to put another one beside.
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
    partialPath = path
    self.wave = wave
    sidecar = descriptor
  }

  deinit {
    close(sidecar)
    if !isPublished { Self.removePartial(partialPath) }
  }

  /// Gives both files their names: those asked for, or where one of the two is taken, the first free
  /// ones with a number. No file is ever replaced, not even one that comes at the same moment.
  ///
  /// Once only.
  mutating func publish() throws(AudioError) {
    var number = 1
    while !(try Self.reserve(RecordingName.numbered(partialPath, number))) { number += 1 }
    let path = RecordingName.numbered(partialPath, number)
    for (partial, name) in [
      (partialPath, path), (Self.sidecarPath(partialPath), Self.sidecarPath(path)),
    ] {
      guard unsafe rename(Self.partialPath(partial), name) == 0 else {
        throw .system(path: name, operation: "rename", code: errno)
      }
    }
    self.path = path
    isPublished = true
  }

  /// Creates both files, empty, to be renamed onto; false where one of them is there already.
  ///
  /// Links and renames that do not replace are unknown to some file systems; this is not.
  private static func reserve(_ path: String) throws(AudioError) -> Bool {
    guard try create(path) else { return false }
    do throws(AudioError) {
      if try create(sidecarPath(path)) { return true }
    } catch {
      unsafe unlink(path)
      throw error
    }
    unsafe unlink(path)
    return false
  }

  /// Creates an empty file; false where something has its name.
  private static func create(_ path: String) throws(AudioError) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor < 0 else {
      close(descriptor)
      return true
    }
    guard errno == EEXIST else { throw .system(path: path, operation: "create", code: errno) }
    return false
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
