// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
package import ModelFormat
package import SpeechFeatures
package import Storage

/// What is wrong with a data set, or with what was asked of it.
package enum DatasetError: Error, Equatable {
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

  /// All recordings of noise, `count` of them, belong to the part that is kept from training.
  case heldOut(path: String, count: Int)

  /// The task's keywords are empty, repeated or reserved.
  case badKeywords([String])

  /// The precomputed features are of another front end than the one asked for.
  case features(path: String, field: String, expected: String, found: String)

  /// A folder cannot be listed.
  case unreadable(path: String)

  /// A recording cannot be read.
  case audio(AudioError)

  /// No features can be computed with this configuration.
  case configuration(FeatureError)

  /// There is no data set of that name to download.
  case unknownArchive(found: String, expected: [String])

  /// The folder that a download is to make is there already and not empty.
  case targetExists(path: String)

  /// Another process downloads to the same place.
  case targetBusy(path: String)

  /// A program that is needed is not installed.
  case toolMissing(name: String)

  /// The transfer broke off; what came is kept in `partial`, if anything came.
  case downloadFailed(url: String, detail: String, partial: String?)

  /// The archive is not the published one; it was removed.
  case wrongSum(url: String, expected: String, found: String)

  /// The archive could not be unpacked; it is kept, what was unpacked is removed.
  case extractionFailed(archive: String, detail: String)
}
