// SPDX-License-Identifier: GPL-3.0-or-later

import Storage

/// The split as lists of files beside the words' folders: `validation_list.txt`, `testing_list.txt`.
struct SplitLists {
  private static let lineLimit = 1 << 26

  /// The listed split by `<word>/<name>`; nil where there is no list.
  private let splitOfClip: [String: Split]?

  /// Reads the lists that there are.
  ///
  /// - Throws: `DatasetError.badLine` for a line that is not `<word>/<file>`.
  init(folder: String) throws(DatasetError) {
    var splitOfClip: [String: Split] = [:]
    var isListed = false
    for split in [Split.validation, .testing] {
      let path = "\(folder)/\(split.rawValue)_list.txt"
      let bytes: [UInt8]
      do throws(StorageError) {
        bytes = try File.read(path, limit: Self.lineLimit)
      } catch {
        if case .notFound = error { continue }
        throw .storage(error)
      }
      isListed = true
      let lines = String(decoding: bytes, as: UTF8.self)
        .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      for (number, line) in lines.enumerated() where !line.isEmpty {
        let parts = line.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
          throw .badLine(
            path: path, line: number + 1, field: "clip", expected: "word/file",
            found: String(line.prefix(80)))
        }
        let name = parts[1].lastIndex(of: ".").map { parts[1][..<$0] } ?? parts[1]
        splitOfClip["\(parts[0])/\(name)"] = split
      }
    }
    self.splitOfClip = isListed ? splitOfClip : nil
  }

  /// What the lists say about a clip; nil where there are none.
  func split(word: String, name: String) -> Split? {
    guard let splitOfClip else { return nil }
    return splitOfClip["\(word)/\(name)"] ?? .training
  }
}
