// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Storage

/// A set of precomputed log-mel spectra: `log-mel.safetensors` and `clips.tsv` in one folder.
///
/// The container holds `log_mel`, U8 `[clip, 98, 40]`, and in its metadata `scale` and `offset`:
/// `ln(power) = (byte - offset) / scale`. The index has the columns row, word, name, split; noise
/// windows have the word `_background_noise_` and the split `noise`.
package struct LogMelSet: Sendable {
  package static let noiseWord = "_background_noise_"
  private static let noiseSplit = "noise"

  /// Name of the file with the spectra, by which a log-mel set is known.
  static let containerName = "log-mel.safetensors"

  /// Frames stored per clip; the last one is made of padding and not used.
  static let storedFrameCount = 98

  /// Frames of a clip that are used: one second at 512/160.
  static let frameCount = 97

  /// Mel bins per frame.
  static let melBinCount = 40

  /// One clip of a word, or one window of noise where `split` is nil.
  package struct Clip: Equatable, Sendable {
    package var row: Int
    package var word: String
    package var name: String
    package var split: Split?
  }

  /// The folder.
  package let path: String

  /// Every row of the index, in its order.
  package let clips: [Clip]

  /// Power above the floor of every byte value.
  let powerOfByte: [Float]

  /// SHA-256 over the index and the size of the spectra.
  package let digest: String

  private let bytes: [UInt8]
  private let dataStart: Int

  /// Reads the set in the folder `path`.
  ///
  /// - Throws: `DatasetError` for a file that is missing or broken, with line and field.
  package init(path: String) throws(DatasetError) {
    let containerPath = path + "/" + Self.containerName
    let container: Safetensors
    let fileBytes = try Self.read(containerPath, limit: 1 << 34)
    do throws(ModelFormatError) {
      container = try Safetensors(fileBytes)
    } catch { throw .container(path: containerPath, error) }
    let (entry, powers) = try Self.layout(container, path: containerPath)
    let indexPath = path + "/clips.tsv"
    let index = try Self.read(indexPath, limit: 1 << 28)
    self.path = path
    bytes = fileBytes
    dataStart = entry.range.lowerBound
    powerOfByte = powers
    clips = try Self.clips(index, path: indexPath, rowCount: entry.shape[0])
    var digest = SHA256()
    digest.update(index.span)
    digest.update(Array("\(fileBytes.count)".utf8).span)
    self.digest = digest.finish()
  }

  /// The bytes of a row, `[98, 40]`.
  func spectrum(row: Int) -> Range<Int> {
    let count = Self.storedFrameCount * Self.melBinCount
    return dataStart + row * count..<dataStart + (row + 1) * count
  }

  /// All bytes of the container; `spectrum(row:)` says where a row lies.
  var storage: [UInt8] { bytes }

  private static func read(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    do throws(StorageError) {
      return try File.read(path, limit: limit)
    } catch { throw .storage(error) }
  }

  private static func layout(
    _ container: Safetensors, path: String
  ) throws(DatasetError) -> (Safetensors.Entry, [Float]) {
    guard let entry = container.entries["log_mel"] else {
      throw .container(path: path, .missingTensor("log_mel"))
    }
    guard entry.type == .u8, entry.shape.count == 3, entry.shape[1] == storedFrameCount,
      entry.shape[2] == melBinCount
    else {
      throw .container(
        path: path,
        .badTensor(
          "log_mel", expected: "U8 [clips, \(storedFrameCount), \(melBinCount)]",
          found: "\(entry.type.rawValue) \(entry.shape)"))
    }
    var values: [Float] = []
    for name in ["scale", "offset"] {
      guard let text = container.metadata[name] else {
        throw .container(path: path, .missingField(name))
      }
      guard let value = Float(text), value.isFinite, name == "offset" || value > 0 else {
        throw .container(path: path, .badField(name, expected: "a number", found: text))
      }
      values.append(value)
    }
    // e^60 is more power than any recording has, and fits the exponential's range.
    let logPowers = [Float(0), 255].map { ($0 - values[1]) / values[0] }
    guard logPowers.allSatisfy({ abs($0) < 60 }) else {
      throw .container(
        path: path,
        .badField(
          "scale and offset", expected: "ln of power between -60 and 60",
          found: "\(logPowers[0]) to \(logPowers[1])"))
    }
    let powers = (0..<256).map { byte in
      max(0, fastExponential((Float(byte) - values[1]) / values[0]) - powerFloor)
    }
    return (entry, powers)
  }

  private static func clips(
    _ index: [UInt8], path: String, rowCount: Int
  ) throws(DatasetError) -> [Clip] {
    var clips: [Clip] = []
    for (number, line) in index.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      if line.isEmpty && number > 0 { continue }
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      func bad(_ field: String, _ expected: String, _ found: String) -> DatasetError {
        .badLine(path: path, line: number + 1, field: field, expected: expected, found: found)
      }
      if number == 0 {
        guard fields == ["row", "word", "name", "split"] else {
          throw bad("header", "row, word, name, split", fields.joined(separator: ", "))
        }
        continue
      }
      guard fields.count == 4 else { throw bad("columns", "4", "\(fields.count)") }
      guard let row = Int(fields[0]), (0..<rowCount).contains(row) else {
        throw bad("row", "0 to \(rowCount - 1)", fields[0])
      }
      let isNoise = fields[1] == noiseWord
      let split = Split(rawValue: fields[3])
      guard isNoise ? fields[3] == noiseSplit : split != nil else {
        throw bad(
          "split", isNoise ? noiseSplit : "training, validation or testing", fields[3])
      }
      guard !fields[1].isEmpty else { throw bad("word", "a word", "nothing") }
      clips.append(Clip(row: row, word: fields[1], name: fields[2], split: split))
    }
    guard !clips.isEmpty else { throw .empty(path: path, expected: "clips") }
    return clips
  }
}
