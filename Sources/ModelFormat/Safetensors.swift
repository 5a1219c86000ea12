// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// A safetensors container read from bytes that nobody trusts.
///
/// Layout: header length (unsigned 64-bit little endian), JSON header, tensor data. Sizes, offsets,
/// shapes and overlaps are checked before anything is taken from the data.
/// Reference: https://github.com/huggingface/safetensors, section "Format".
package struct Safetensors: Sendable {
  /// Largest header that is read, in bytes.
  package static let headerLimit = 16 << 20

  /// Element types of the container that kws uses.
  package enum ElementType: String, Codable, Sendable {
    case u8 = "U8"
    case i8 = "I8"
    case i32 = "I32"
    case f32 = "F32"

    /// Bytes per element.
    package var byteCount: Int {
      switch self {
      case .u8, .i8: 1
      case .i32, .f32: 4
      }
    }
  }

  /// One tensor's type, shape and place in `bytes`.
  package struct Entry: Equatable, Sendable {
    package var type: ElementType
    package var shape: [Int]
    package var range: Range<Int>
  }

  /// The whole file.
  package let bytes: [UInt8]

  /// Free strings that the writer left, without the container's own keys.
  package let metadata: [String: String]

  /// Tensors by name.
  package let entries: [String: Entry]

  /// Bytes before the tensor data.
  package let dataStart: Int

  /// Checks the container around `bytes`.
  ///
  /// - Throws: `ModelFormatError` for the first thing that does not fit.
  package init(_ bytes: [UInt8]) throws(ModelFormatError) {
    guard bytes.count >= 8 else {
      throw .truncated(field: "header length", expected: 8, found: bytes.count)
    }
    var headerLength: UInt64 = 0
    for index in 0..<8 { headerLength |= UInt64(bytes[index]) << UInt64(8 * index) }
    guard headerLength <= UInt64(Self.headerLimit) else {
      throw .badHeader(detail: "header of \(headerLength) bytes, at most \(Self.headerLimit)")
    }
    let dataStart = 8 + Int(headerLength)
    guard dataStart <= bytes.count else {
      throw .truncated(field: "header", expected: dataStart, found: bytes.count)
    }
    let header: [String: HeaderValue]
    do {
      header = try JSONDecoder().decode(
        [String: HeaderValue].self, from: Data(bytes[8..<dataStart]))
    } catch {
      throw .badHeader(detail: "not a JSON object of tensors: \(error)")
    }
    var metadata: [String: String] = [:]
    var entries: [String: Entry] = [:]
    for (name, value) in header {
      switch value {
      case .metadata(let strings):
        guard name == "__metadata__" else { throw .badHeader(detail: "no tensor: \(name)") }
        metadata = strings
      case .tensor(let type, let shape, let offsets):
        entries[name] = try Self.entry(
          name: name, type: type, shape: shape, offsets: offsets, dataStart: dataStart,
          dataCount: bytes.count - dataStart)
      }
    }
    var end = dataStart
    for (name, entry) in entries.sorted(by: {
      $0.value.range.lowerBound < $1.value.range.lowerBound
    }) {
      guard entry.range.lowerBound == end else {
        throw .badRange(
          tensor: name, expected: end - dataStart, found: entry.range.lowerBound - dataStart)
      }
      end = entry.range.upperBound
    }
    guard end == bytes.count else {
      throw .truncated(field: "tensor data", expected: end, found: bytes.count)
    }
    self.bytes = bytes
    self.metadata = metadata
    self.entries = entries
    self.dataStart = dataStart
  }

  private static func entry(
    name: String, type: String, shape: [Int], offsets: [Int], dataStart: Int, dataCount: Int
  ) throws(ModelFormatError) -> Entry {
    guard let elementType = ElementType(rawValue: type) else {
      throw .unknownType(tensor: name, found: type)
    }
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= dataCount
    else {
      throw .badRange(tensor: name, expected: dataCount, found: offsets.last ?? 0)
    }
    var byteCount = elementType.byteCount
    for extent in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw .badTensor(name, expected: "extents that fit the file", found: "\(shape)")
      }
      byteCount = product
    }
    guard byteCount == offsets[1] - offsets[0] else {
      throw .badRange(tensor: name, expected: byteCount, found: offsets[1] - offsets[0])
    }
    return Entry(
      type: elementType, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1])
  }
}

/// One value of the header's top level: a tensor, or the metadata's strings.
private enum HeaderValue: Decodable {
  case tensor(type: String, shape: [Int], offsets: [Int])
  case metadata([String: String])

  private enum Key: String, CodingKey {
    case type = "dtype"
    case shape
    case offsets = "data_offsets"
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self),
      let type = try? container.decode(String.self, forKey: .type),
      let shape = try? container.decode([Int].self, forKey: .shape)
    {
      self = .tensor(
        type: type, shape: shape, offsets: try container.decode([Int].self, forKey: .offsets))
    } else {
      self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
    }
  }
}
