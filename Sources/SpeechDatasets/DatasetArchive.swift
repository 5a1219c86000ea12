// SPDX-License-Identifier: GPL-3.0-or-later

/// A data set that can be downloaded as one archive.
package struct DatasetArchive: Equatable, Sendable {
  /// The name that a person asks for.
  package let name: String

  /// Name of the archive on the server.
  package let fileName: String

  /// Size of the archive in bytes, where it is known; for progress only.
  package let byteCount: Int?

  /// SHA-256 of the archive in hexadecimal, where one is published.
  package let sha256: String?

  package init(name: String, fileName: String, byteCount: Int?, sha256: String?) {
    self.name = name
    self.fileName = fileName
    self.byteCount = byteCount
    self.sha256 = sha256
  }

  /// Where Google keeps the archives.
  package static let serverURL = "http://download.tensorflow.org/data"

  /// Every archive that is known.
  ///
  /// Sizes and sums as in the checksum lists of torchaudio and TensorFlow Datasets; nobody publishes
  /// the sum of the first version's test set.
  package static let all = [
    DatasetArchive(
      name: "speech-commands-v0.01", fileName: "speech_commands_v0.01.tar.gz",
      byteCount: 1_489_096_277,
      sha256: "743935421bb51cccdb6bdd152e04c5c70274e935c82119ad7faeec31780d811d"),
    DatasetArchive(
      name: "speech-commands-v0.02", fileName: "speech_commands_v0.02.tar.gz",
      byteCount: 2_428_923_189,
      sha256: "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58"),
    DatasetArchive(
      name: "speech-commands-test-v0.01", fileName: "speech_commands_test_set_v0.01.tar.gz",
      byteCount: nil, sha256: nil),
    DatasetArchive(
      name: "speech-commands-test-v0.02", fileName: "speech_commands_test_set_v0.02.tar.gz",
      byteCount: 112_563_277,
      sha256: "cc2a00c1147c2254e9be3fa0f779d8c17421dc349b86366567a8edfa9acd51df"),
  ]

  /// The archive of that name.
  ///
  /// - Throws: `DatasetError.unknownArchive` with the names that there are.
  package static func named(_ name: String) throws(DatasetError) -> DatasetArchive {
    guard let archive = all.first(where: { $0.name == name }) else {
      throw .unknownArchive(found: name, expected: all.map(\.name))
    }
    return archive
  }
}
