// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// The memory allocator that a peer gets: PyTorch trains faster with jemalloc than with that of the
/// C library.
enum PeerAllocator {
  private static let fileName = "libjemalloc.so.2"

  /// The library that `option` names: a path, `none`, or, where nothing is said, jemalloc if it is
  /// installed where Debian has it.
  static func library(_ option: String?) throws -> String? {
    switch option {
    case "none": return nil
    case let path?:
      guard FileManager.default.fileExists(atPath: path) else {
        throw CommandError("\(path): no such file. Check --preload.", .missingInput)
      }
      return path
    case nil:
      let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
      return folders.sorted().map { "/usr/lib/\($0)/\(fileName)" }
        .first { FileManager.default.fileExists(atPath: $0) }
    }
  }
}
