// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
package import Storage

/// What is wrong with a data set, or with what was asked of it.
package enum DatasetError: Error {
  /// A file cannot be read.
  case storage(StorageError)

  /// The log-mel container does not hold what it should.
  case container(path: String, ModelFormatError)

  /// A line of an index does not fit; lines count from 1.
  case badLine(path: String, line: Int, field: String, expected: String, found: String)

  /// A folder holds nothing that can be used.
  case empty(path: String, expected: String)

  /// A keyword has no clips in a split.
  case missingClass(word: String, split: Split, sources: [String])

  /// There are no clips for silence or for unknown words.
  case missingMaterial(kind: String, split: Split, sources: [String])

  /// The task's keywords are empty, repeated or reserved.
  case badKeywords([String])

  /// The precomputed features are of another front end than the one asked for.
  case features(path: String, field: String, expected: String, found: String)
}
