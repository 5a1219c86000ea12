// SPDX-License-Identifier: GPL-3.0-or-later

extension AudioFormat {
  /// Whether a name is that of a recording, by its extension; hidden files are none.
  package static func isRecording(_ name: String) -> Bool {
    let file = name.split(separator: "/").last ?? ""
    guard let dot = file.lastIndex(of: "."), file.first != "." else { return false }
    return fileExtensions.contains(file[file.index(after: dot)...].lowercased())
  }
}
