// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechDatasets
import Storage
import Testing

/// Reading precomputed sets, most of them broken.
@Suite struct LogMelSetTests {
  private let folder = try! TemporaryFolder()

  /// The error of opening a set with this container and this index.
  private func failure(_ container: [UInt8], _ index: String) throws -> DatasetError {
    try folder.write("bad/log-mel.safetensors", container)
    try folder.write("bad/clips.tsv", Array(index.utf8))
    return try #require(throws: DatasetError.self) { try LogMelSet(path: folder.path + "/bad") }
  }

  private var indexPath: String { folder.path + "/bad/clips.tsv" }
  private var containerPath: String { folder.path + "/bad/log-mel.safetensors" }

  @Test func `a good set gives its clips in the order of the index`() throws {
    let files = LogMelFiles.small(clipCount: 4, noiseCount: 5)
    let set = try LogMelSet(path: files.write(to: folder))
    #expect(set.clips.count == 4 * 5 + 5)
    let second = set.clips[1]
    #expect(second.row == 1 && second.word == "no" && second.name == "no0")
    #expect(second.split == .training)
    #expect(set.clips.last?.split == nil)
  }

  @Test func `the digest changes with the index and not with the place`() throws {
    var files = LogMelFiles.small(clipCount: 4, noiseCount: 5)
    let first = try LogMelSet(path: files.write(to: folder, "one")).digest
    #expect(try LogMelSet(path: files.write(to: folder, "two")).digest == first)
    files.clips[0].name = "other"
    #expect(try LogMelSet(path: files.write(to: folder, "three")).digest != first)
  }

  @Test func `missing files are named`() throws {
    #expect(
      throws: DatasetError.storage(.notFound(path: "/nonexistent/log-mel.safetensors"))
    ) { try LogMelSet(path: "/nonexistent") }
    try folder.write("bad/log-mel.safetensors", LogMelFiles.small(clipCount: 4).container)
    #expect(throws: DatasetError.storage(.notFound(path: indexPath))) {
      try LogMelSet(path: folder.path + "/bad")
    }
  }

  @Test func `a container cut off anywhere is refused`() throws {
    let files = LogMelFiles.small(clipCount: 4, noiseCount: 1)
    let whole = files.container
    for count in [0, 1, 7, 8, 9, 40, 100, 200, whole.count / 2, whole.count - 1] {
      let error = try failure(Array(whole[..<count]), files.index)
      #expect("\(error)".hasPrefix("container("), "\(count) bytes: \(error)")
    }
  }

  @Test func `a wrong shape or type is refused with what was expected`() throws {
    var files = LogMelFiles.small(clipCount: 4, noiseCount: 0)
    let count = files.clips.count
    files.shape = [count, 40, 98]
    #expect(
      try failure(files.container, files.index)
        == .container(
          path: containerPath,
          .badTensor(
            "log_mel", expected: "U8 [clips, 98, 40]", found: "U8 [\(count), 40, 98]")))
    files.shape = [count * 98, 40]
    #expect("\(try failure(files.container, files.index))".contains("badTensor"))
    files.shape = nil
    files.type = "I8"
    #expect("\(try failure(files.container, files.index))".contains("badTensor"))
  }

  @Test(arguments: [
    #"{"offset": "145.7"}"#, #"{"scale": "9.997"}"#, #"{"scale": "0", "offset": "1"}"#,
    #"{"scale": "nan", "offset": "1"}"#, #"{"scale": "ten", "offset": "1"}"#,
    #"{"scale": "-1", "offset": "1"}"#, #"{"scale": "0.001", "offset": "1"}"#,
    #"{"scale": "1", "offset": "inf"}"#, #"{"scale": "1", "offset": "1e30"}"#,
  ])
  func `metadata that gives no powers is refused`(metadata: String) throws {
    var files = LogMelFiles.small(clipCount: 4, noiseCount: 0)
    files.metadata = metadata
    #expect("\(try failure(files.container, files.index))".hasPrefix("container("))
  }

  @Test(arguments: [
    ("0\tyes\ta", "columns", "4", "3"),
    ("0\tyes\ta\ttraining\tmore", "columns", "4", "5"),
    ("\tyes\ta\ttraining", "row", "0 to 19", ""),
    ("-1\tyes\ta\ttraining", "row", "0 to 19", "-1"),
    ("20\tyes\ta\ttraining", "row", "0 to 19", "20"),
    ("99999999999999999999\tyes\ta\ttraining", "row", "0 to 19", "99999999999999999999"),
    ("0\tyes\ta\tdevelopment", "split", "training, validation or testing", "development"),
    ("0\tyes\ta\tnoise", "split", "training, validation or testing", "noise"),
    ("0\t_background_noise_\ta\ttraining", "split", "noise", "training"),
    ("0\t\ta\ttraining", "word", "a word", "nothing"),
  ])
  func `a line that does not fit is named`(
    line: String, field: String, expected: String, found: String
  ) throws {
    let files = LogMelFiles.small(clipCount: 4, noiseCount: 0)
    let index = "row\tword\tname\tsplit\n1\tno\tb\ttraining\n\(line)\n"
    #expect(
      try failure(files.container, index)
        == .badLine(path: indexPath, line: 3, field: field, expected: expected, found: found))
  }

  @Test func `an index without its header or without clips is refused`() throws {
    let files = LogMelFiles.small(clipCount: 4, noiseCount: 0)
    #expect(
      try failure(files.container, "0\tyes\ta\ttraining\n")
        == .badLine(
          path: indexPath, line: 1, field: "header", expected: "row, word, name, split",
          found: "0, yes, a, training"))
    #expect(
      try failure(files.container, "row\tword\tname\tsplit\n")
        == .empty(path: indexPath, expected: "clips"))
    #expect(
      try failure(files.container, "")
        == .badLine(
          path: indexPath, line: 1, field: "header", expected: "row, word, name, split",
          found: ""))
  }

  @Test func `an empty line does not shift the line that an error names`() throws {
    let files = LogMelFiles.small(clipCount: 4, noiseCount: 0)
    let error = try failure(files.container, "row\tword\tname\tsplit\n\n0\tyes\n")
    #expect("\(error)".contains("line: 3"), "\(error)")
  }
}
