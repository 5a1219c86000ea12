// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// Values as JSON strings in a container's metadata, which holds strings only.
enum MetadataFields {
  /// Version of the file schema that this code reads and writes.
  static let schemaVersion = "1"

  static let schemaKey = "kws.schema"
  static let kindKey = "kws.kind"

  /// The JSON text of `value`, keys sorted.
  static func encode(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // The values are plain structures of finite numbers and strings.
    return String(decoding: try! encoder.encode(value), as: UTF8.self)
  }

  /// The value of the field `name`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, _ name: String, in metadata: [String: String]
  ) throws(ModelFormatError) -> Value {
    guard let text = metadata[name] else { throw .missingField(name) }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw .badField(name, expected: "\(type)", found: "\(error)")
    }
  }

  /// Checks that the container is sealed, of this schema version, and of this kind.
  static func check(_ container: Safetensors, kind: String) throws(ModelFormatError) {
    for (key, expected) in [(schemaKey, schemaVersion), (kindKey, kind)] {
      guard let found = container.metadata[key] else { throw .missingField(key) }
      guard found == expected else { throw .badField(key, expected: expected, found: found) }
    }
    try container.verifySeal()
  }

  /// Checks what models and checkpoints share, and returns the architecture's geometry.
  static func geometry(
    of architecture: Architecture, features: Int, labels: [String]
  ) throws(ModelFormatError) -> [LayerGeometry] {
    let geometry: [LayerGeometry]
    do throws(ArchitectureError) {
      geometry = try architecture.geometry()
    } catch { throw .architecture(error) }
    guard features == architecture.coefficientCount else {
      throw .badField(
        "features", expected: "\(architecture.coefficientCount) coefficients", found: "\(features)")
    }
    let outputCount = geometry[geometry.count - 1].output.channelCount
    guard labels.count == outputCount, Set(labels).count == outputCount, !labels.contains("") else {
      throw .badField("labels", expected: "\(outputCount) different labels", found: "\(labels)")
    }
    try checkText(labels, "labels")
    return geometry
  }

  /// Refuses control characters and line breaks: labels are printed as they are, and a file must
  /// not steer the terminal that shows them.
  static func checkText(_ texts: [String], _ field: String) throws(ModelFormatError) {
    for (index, text) in texts.enumerated() {
      for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029:
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let code = "U+" + String(repeating: "0", count: 4 - digits.count) + digits
          throw .badField(
            field, expected: "text without control characters",
            found: "\(code) in text \(index + 1)")
        default: continue
        }
      }
    }
  }
}
