// SPDX-License-Identifier: GPL-3.0-or-later

/// Taking tensors out of a container, each checked against the shape that its place asks for.
extension Safetensors {
  /// The single-precision values of `name`; all finite.
  package func floats(_ name: String, shape: [Int]) throws(ModelFormatError) -> [Float] {
    let entry = try entry(name, type: .f32, shape: shape)
    var values: [Float] = []
    values.reserveCapacity(entry.range.count / 4)
    for start in stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: 4) {
      let value = Float(bitPattern: word(at: start))
      guard value.isFinite else {
        throw .badTensor(name, expected: "finite values", found: "\(value)")
      }
      values.append(value)
    }
    return values
  }

  /// The 32-bit integers of `name`.
  package func integers(_ name: String, shape: [Int]) throws(ModelFormatError) -> [Int32] {
    let entry = try entry(name, type: .i32, shape: shape)
    return stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: 4).map {
      Int32(bitPattern: word(at: $0))
    }
  }

  /// The signed bytes of `name`.
  package func signedBytes(_ name: String, shape: [Int]) throws(ModelFormatError) -> [Int8] {
    let entry = try entry(name, type: .i8, shape: shape)
    return bytes[entry.range].map { Int8(bitPattern: $0) }
  }

  /// The unsigned bytes of `name`.
  package func bytes(_ name: String, shape: [Int]) throws(ModelFormatError) -> [UInt8] {
    Array(bytes[try entry(name, type: .u8, shape: shape).range])
  }

  /// The entry of `name` if it has this type and shape.
  package func entry(
    _ name: String, type: ElementType, shape: [Int]
  ) throws(ModelFormatError) -> Entry {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard entry.type == type, entry.shape == shape else {
      throw .badTensor(
        name, expected: "\(type.rawValue) \(shape)", found: "\(entry.type.rawValue) \(entry.shape)")
    }
    return entry
  }

  private func word(at start: Int) -> UInt32 {
    UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
      | UInt32(bytes[start + 3]) << 24
  }
}
