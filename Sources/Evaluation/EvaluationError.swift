// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio

/// Why an evaluation cannot be made.
package enum EvaluationError: Error {
  /// There is no such folder.
  case notFound(path: String)

  /// A file stands where a folder is expected.
  case notADirectory(path: String)

  /// A folder cannot be listed.
  case unreadable(path: String)

  /// No subfolder carries a label of the model, or none of them holds recordings.
  case noClips(path: String, labels: [String])

  /// There is no recording in a folder.
  case noRecordings(path: String)

  /// Recordings of noise, of which this is the first, hold less than a second of sound.
  case noSound(path: String)

  /// A recording cannot be read.
  case audio(AudioError)

  /// So many words with the silence between them take longer than the recording.
  case crowded(needed: Double, seconds: Double)

  /// A line of a truth file makes no sense.
  case truth(path: String, line: Int, expected: String, found: String)
}
