// SPDX-License-Identifier: GPL-3.0-or-later

/// The checkout that these tests were built from.
enum SourceTree {
  /// The path of its root, with a slash at its end.
  static let root = String(#filePath.dropLast("Tests/CommandTests/SourceTree.swift".count))
}
