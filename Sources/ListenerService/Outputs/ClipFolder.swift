// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Glibc

/// A folder of clips that stays within a quota. Only its owner may read what is written there.
struct ClipFolder: Sendable {
  let path: String
  private let quotaByteCount: Int

  /// Seconds after which a file that is still being written belongs to a process that was ended.
  private static let partialSeconds = 60

  /// Creates the folder where it is missing, and removes what an earlier process left half written.
  ///
  /// - Throws: `ListenerError.system`.
  init(path: String, quotaByteCount: Int) throws(ListenerError) {
    self.path = path
    self.quotaByteCount = quotaByteCount
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .system(path: path, operation: "mkdir", code: errno)
    }
    // The dot asks for a folder: a file in its place is an error too.
    guard unsafe access(path + "/.", W_OK | X_OK | R_OK) == 0 else {
      throw .system(path: path, operation: "write to", code: errno)
    }
    let now = Glibc.time(nil)
    for name in names() where ClipName.isPartial(name) {
      var status = stat()
      let file = "\(path)/\(name)"
      if unsafe lstat(file, &status) == 0, status.st_mtim.tv_sec < now - Self.partialSeconds {
        unsafe unlink(file)
      }
    }
  }

  /// Writes a clip and its description, whole or not at all, after making room for them.
  ///
  /// - Throws: `ListenerError.system`, with `EDQUOT` where the clip alone is larger than the quota.
  func write(
    _ samples: [Int16], stem: String, description: (String) -> String
  ) throws(ListenerError) {
    let stem = unused(stem)
    let text = Array((description("\(stem).wav") + "\n").utf8)
    // 200: more than the header of the file.
    try makeRoom(2 * samples.count + 200 + text.count)
    let (wave, json) = ("\(path)/\(stem).wav", "\(path)/\(stem).json")
    do throws(AudioError) {
      try WaveClip.write(samples.span, to: wave + ClipName.partialEnding)
    } catch {
      guard case .system(_, let operation, let code) = error else {
        throw .system(path: path, operation: "write", code: EIO)
      }
      throw .system(path: path, operation: operation, code: code)
    }
    do throws(ListenerError) {
      try write(text, to: json + ClipName.partialEnding)
      try publish(wave)
      try publish(json)
    } catch {
      unsafe unlink(wave + ClipName.partialEnding)
      unsafe unlink(json + ClipName.partialEnding)
      throw error
    }
  }

  /// `stem`, with a number where two clips have the same.
  private func unused(_ stem: String) -> String {
    var (candidate, number) = (stem, 1)
    while unsafe access("\(path)/\(candidate).wav", F_OK) == 0 {
      number += 1
      candidate = "\(stem)-\(number)"
    }
    return candidate
  }

  /// Removes the oldest clips until `byteCount` bytes fit the quota.
  private func makeRoom(_ byteCount: Int) throws(ListenerError) {
    guard byteCount <= quotaByteCount else {
      throw .system(path: path, operation: "write within the quota of", code: EDQUOT)
    }
    var total = byteCount
    var files: [(stem: String, path: String, byteCount: Int)] = []
    for name in names() {
      guard let stem = ClipName.stem(ofFile: name) else { continue }
      var status = stat()
      let file = "\(path)/\(name)"
      guard unsafe lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      files.append((stem, file, Int(status.st_size)))
      total += Int(status.st_size)
    }
    files.sort { $0.stem < $1.stem }
    var removedStem = ""
    for file in files where total > quotaByteCount || file.stem == removedStem {
      removedStem = file.stem
      guard unsafe unlink(file.path) == 0 || errno == ENOENT else {
        throw .system(path: file.path, operation: "remove", code: errno)
      }
      total -= file.byteCount
    }
  }

  private func write(_ bytes: [UInt8], to file: String) throws(ListenerError) {
    let descriptor = unsafe open(
      file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(path: path, operation: "create", code: errno) }
    defer { close(descriptor) }
    let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
    guard count == bytes.count else {
      throw .system(path: path, operation: "write", code: count < 0 ? errno : ENOSPC)
    }
    guard fsync(descriptor) == 0 else {
      throw .system(path: path, operation: "sync", code: errno)
    }
  }

  private func publish(_ file: String) throws(ListenerError) {
    guard unsafe rename(file + ClipName.partialEnding, file) == 0 else {
      throw .system(path: path, operation: "rename", code: errno)
    }
  }

  private func names() -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      unsafe withUnsafePointer(to: &entry.pointee.d_name.0) {
        unsafe names.append(String(cString: $0))
      }
    }
    return names
  }
}
