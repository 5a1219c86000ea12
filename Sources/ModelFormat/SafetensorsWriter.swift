// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Storage

/// Collects tensors and metadata and lays them out as a sealed safetensors container.
///
/// The same content gives the same bytes: tensors and metadata are sorted by name.
package struct SafetensorsWriter {
  /// Metadata key of the seal: SHA-256 over the whole file with 64 zeros in the seal's own place.
  static let sealKey = "kws.sha256"

  private static let emptySeal = String(repeating: "0", count: 2 * SHA256.byteCount)

  /// Free strings for the header.
  package var metadata: [String: String]

  private var tensors: [String: (type: Safetensors.ElementType, shape: [Int], bytes: [UInt8])] = [:]

  package init(metadata: [String: String]) {
    self.metadata = metadata
  }

  /// Adds single-precision values in row-major order.
  package mutating func add(_ name: String, shape: [Int], floats: [Float]) {
    add(name, .f32, shape, floats.map(\.bitPattern))
  }

  /// Adds 32-bit integers in row-major order.
  package mutating func add(_ name: String, shape: [Int], integers: [Int32]) {
    add(name, .i32, shape, integers.map { UInt32(bitPattern: $0) })
  }

  /// Adds signed bytes in row-major order.
  package mutating func add(_ name: String, shape: [Int], signedBytes: [Int8]) {
    precondition(signedBytes.count == shape.reduce(1, *), "tensor does not fit its shape")
    tensors[name] = (.i8, shape, signedBytes.map { UInt8(bitPattern: $0) })
  }

  /// Adds bytes that hold something packed.
  package mutating func add(_ name: String, shape: [Int], bytes: [UInt8]) {
    precondition(bytes.count == shape.reduce(1, *), "tensor does not fit its shape")
    tensors[name] = (.u8, shape, bytes)
  }

  private mutating func add(
    _ name: String, _ type: Safetensors.ElementType, _ shape: [Int], _ words: [UInt32]
  ) {
    precondition(words.count == shape.reduce(1, *), "tensor does not fit its shape")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * words.count)
    for word in words {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    tensors[name] = (type, shape, bytes)
  }

  /// The whole file, sealed.
  package func encoded() -> [UInt8] {
    var header: [String: HeaderValue] = [
      "__metadata__": .metadata(
        metadata.merging([Self.sealKey: Self.emptySeal], uniquingKeysWith: { $1 }))
    ]
    var data: [UInt8] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      header[name] = .tensor(
        type: tensor.type, shape: tensor.shape,
        offsets: [data.count, data.count + tensor.bytes.count])
      data += tensor.bytes
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and integers always encode.
    var json = Array(try! encoder.encode(header))
    json += repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    var bytes: [UInt8] = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
    bytes += json
    bytes += data
    let place = Safetensors.sealRange(in: bytes, headerEnd: 8 + json.count)!
    bytes.replaceSubrange(place, with: Array(SHA256.digest(of: bytes.span).utf8))
    return bytes
  }
}

extension Safetensors {
  /// Checks that the file holds exactly the bytes that its writer sealed.
  package func verifySeal() throws(ModelFormatError) {
    guard let expected = metadata[SafetensorsWriter.sealKey],
      let place = Self.sealRange(in: bytes, headerEnd: dataStart)
    else { throw .missingField(SafetensorsWriter.sealKey) }
    var unsealed = bytes
    unsealed.replaceSubrange(place, with: repeatElement(UInt8(ascii: "0"), count: place.count))
    let found = SHA256.digest(of: unsealed.span)
    guard found == expected else { throw .digestMismatch(expected: expected, found: found) }
  }

  /// Where the seal's 64 digits stand. Within a JSON string the key's quotes would be escaped, so
  /// the first match is the key itself.
  fileprivate static func sealRange(in bytes: [UInt8], headerEnd: Int) -> Range<Int>? {
    let key = Array("\"\(SafetensorsWriter.sealKey)\":\"".utf8)
    let digitCount = 2 * SHA256.byteCount
    var start = 8
    while start + key.count + digitCount <= headerEnd {
      if bytes[start] == key[0], bytes[start..<start + key.count].elementsEqual(key) {
        return start + key.count..<start + key.count + digitCount
      }
      start += 1
    }
    return nil
  }
}

/// One value of the header's top level.
private enum HeaderValue: Encodable {
  case tensor(type: Safetensors.ElementType, shape: [Int], offsets: [Int])
  case metadata([String: String])

  private enum Key: String, CodingKey {
    case type = "dtype"
    case shape
    case offsets = "data_offsets"
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .tensor(let type, let shape, let offsets):
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(type, forKey: .type)
      try container.encode(shape, forKey: .shape)
      try container.encode(offsets, forKey: .offsets)
    case .metadata(let strings): try strings.encode(to: encoder)
    }
  }
}
