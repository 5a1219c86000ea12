// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// The project's own sources, read as text.
struct SourceTree {
  struct File {
    var target: String
    var path: String
    var lines: [String]

    /// Modules that the file imports, with the access level in front of the import, if any.
    var imports: [(access: String?, module: String)] {
      lines.compactMap { line in
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first, first.hasPrefix("@") { words.removeFirst() }
        guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1 else {
          return nil
        }
        return (index == 1 ? words[0] : nil, words[words.count - 1])
      }
    }
  }

  static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  /// Every Swift file under `Sources`.
  static func swiftFiles() throws -> [File] {
    var files: [File] = []
    for target in try FileManager.default.contentsOfDirectory(atPath: root + "/Sources").sorted() {
      var folders = ["\(root)/Sources/\(target)"]
      while let folder = folders.popLast() {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
          let path = "\(folder)/\(name)"
          var isDirectory = false
          _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
          if isDirectory {
            folders.append(path)
          } else if name.hasSuffix(".swift") {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            files.append(
              File(
                target: target, path: path,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(
                  String.init)))
          }
        }
      }
    }
    return files
  }

  /// Modules of C libraries and of our own kernels: the folders with a module map or C headers.
  static func cModules() throws -> Set<String> {
    Set(
      try FileManager.default.contentsOfDirectory(atPath: root + "/Sources").filter { target in
        let folder = "\(root)/Sources/\(target)"
        return FileManager.default.fileExists(atPath: folder + "/module.modulemap")
          || FileManager.default.fileExists(atPath: folder + "/include")
      })
  }
}
