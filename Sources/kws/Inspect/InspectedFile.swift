// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Interchange
import ModelFormat
import Storage

/// What `kws inspect` was given, told apart by its content, whatever its name.
enum InspectedFile {
  case model(QuantizedModel)
  case architecture(Architecture)
  case netConfig(NetConfig)

  /// The file at `path`, or the built-in model.
  init(_ path: String?) throws {
    guard let path else {
      self = .model(try builtInModel())
      return
    }
    let bytes = try File.read(path, limit: modelFileLimit)
    guard Self.isJSON(bytes) else {
      self = .model(try decodeModel(bytes, from: path))
      return
    }
    guard bytes.count <= architectureFileLimit else {
      throw StorageError.tooLarge(
        path: path, byteCount: bytes.count, limit: architectureFileLimit)
    }
    guard let outline = try? JSONDecoder().decode(Outline.self, from: Data(bytes)) else {
      throw CommandError("\(path): no valid JSON.", .badData)
    }
    switch outline {
    case .own: self = .architecture(try decodeArchitecture(bytes, from: path))
    case .published:
      do throws(InterchangeError) {
        self = .netConfig(try NetConfig(reading: bytes))
      } catch { throw error.commandError(at: path) }
    case .unknown:
      throw CommandError(
        "\(path): has neither 'layers', as an architecture of kws, nor 'blocks' and 'first_conv', "
          + "as a net.config.", .badData)
    }
  }

  /// Whether the bytes begin as a JSON object. A model begins with the length of its header, whose
  /// highest bytes are zero; text has no zeros.
  private static func isJSON(_ bytes: [UInt8]) -> Bool {
    !bytes.prefix(8).contains(0)
      && bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }
}

/// Whose architecture a JSON object is, by its fields.
private enum Outline: Decodable {
  case own, published, unknown

  private enum Key: String, CodingKey {
    case layers, blocks
    case firstConvolution = "first_conv"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self =
      if container.contains(.layers) {
        .own
      } else if container.contains(.blocks) || container.contains(.firstConvolution) {
        .published
      } else {
        .unknown
      }
  }
}
