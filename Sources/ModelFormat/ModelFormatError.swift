// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong with a model, checkpoint or tensor file.
package enum ModelFormatError: Error, Equatable {
  /// The file ends before what its header promises.
  case truncated(field: String, expected: Int, found: Int)

  /// The header is not the JSON object that the container asks for.
  case badHeader(detail: String)

  /// A tensor's data type is unknown to the container.
  case unknownType(tensor: String, found: String)

  /// A tensor's byte range lies outside the data, overlaps another, leaves a hole, or does not fit
  /// its shape.
  case badRange(tensor: String, expected: Int, found: Int)

  /// A tensor that the file must have is not there.
  case missingTensor(String)

  /// A tensor has another type or shape than its place asks for.
  case badTensor(String, expected: String, found: String)

  /// A metadata field that the file must have is not there.
  case missingField(String)

  /// A metadata field has another value than its place asks for.
  case badField(String, expected: String, found: String)

  /// The bytes are not those that were written.
  case digestMismatch(expected: String, found: String)

  /// The architecture in the file makes no sense.
  case architecture(ArchitectureError)
}
