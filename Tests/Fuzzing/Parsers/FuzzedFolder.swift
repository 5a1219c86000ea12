// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A folder for what parsers read by path, gone when its owner is.
package final class FuzzedFolder {
  package let path: String
  private var names: Set<String> = []

  package init() {
    let parent = unsafe getenv("TMPDIR").map { text in unsafe String(cString: text) } ?? "/tmp"
    var template = Array("\(parent)/kws-fuzzing-XXXXXX".utf8CString)
    precondition(unsafe mkdtemp(&template) != nil, "no folder for files")
    path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
  }

  deinit {
    for name in names { _ = unsafe unlink(path + "/" + name) }
    _ = unsafe rmdir(path)
  }

  /// Writes `bytes` as file `name` and returns its path.
  @discardableResult func write(_ name: String, _ bytes: [UInt8]) -> String {
    names.insert(name)
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "no file")
    defer { close(descriptor) }
    let written = unsafe bytes.withUnsafeBytes { raw in
      unsafe Glibc.write(descriptor, raw.baseAddress, raw.count)
    }
    precondition(written == bytes.count, "disk full")
    return file
  }
}
