// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FoundationEssentials
import ModelFormat
import Storage

/// Largest JSON file of an architecture that is read, in bytes.
let architectureFileLimit = 1 << 24

/// The architecture that goes by `name`, or the one in the JSON file of that name.
func loadArchitecture(
  _ name: String, coefficientCount: Int, windowFrameCount: Int, labels: [String]
) throws -> Architecture {
  if let entry = ArchitectureCatalog(rawValue: name) {
    return entry.architecture(
      coefficientCount: coefficientCount, windowFrameCount: windowFrameCount,
      labelCount: labels.count)
  }
  guard name.hasSuffix(".json") else {
    throw ValidationError(
      "--architecture \(name): expected a JSON file or one of "
        + ArchitectureCatalog.allCases.map(\.rawValue).joined(separator: ", "))
  }
  let architecture = try decodeArchitecture(
    File.read(name, limit: architectureFileLimit), from: name)
  func check(_ field: String, _ found: Int, _ expected: Int, _ reason: String) throws {
    guard found == expected else {
      throw CommandError(
        "\(name): \(field) is \(found), expected \(expected): \(reason).", .badData)
    }
  }
  try check(
    "coefficientCount", architecture.coefficientCount, coefficientCount,
    "the features of a frame")
  try check(
    "windowFrameCount", architecture.windowFrameCount, windowFrameCount,
    "the frames of a second")
  if case .dense(let outputCount) = architecture.layers.last?.operation {
    try check(
      "outputs of the last layer", outputCount, labels.count,
      "the classes \(labels.joined(separator: ", "))")
  }
  return architecture
}

/// The architecture in the JSON text `bytes`, which came from the file at `path`.
func decodeArchitecture(_ bytes: [UInt8], from path: String) throws -> Architecture {
  do {
    return try JSONDecoder().decode(Architecture.self, from: Data(bytes))
  } catch let error as DecodingError {
    throw CommandError("\(path): not an architecture: \(fact(error)).", .badData)
  }
}

/// What does not fit in a JSON file, and where.
private func fact(_ error: DecodingError) -> String {
  func place(_ context: DecodingError.Context) -> String {
    context.codingPath.reduce(into: "") { text, key in
      text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
    }
  }
  switch error {
  case .keyNotFound(let key, let context):
    return "\(context.codingPath.isEmpty ? "it" : place(context)) has no '\(key.stringValue)'"
  case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
    return "\(place(context)) is no \(type)"
  case .dataCorrupted(let context):
    return context.codingPath.isEmpty
      ? "no valid JSON" : "\(place(context)): \(context.debugDescription)"
  @unknown default: return "\(error)"
  }
}
