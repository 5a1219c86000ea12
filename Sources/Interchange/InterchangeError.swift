// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// What is wrong with a file of another project. Fields are named by their path, such as
/// `blocks[3].mobile_inverted_conv.stride`.
package enum InterchangeError: Error, Equatable {
  /// The file is longer than any that describes a network.
  case tooLarge(byteCount: Int, limit: Int)

  /// The text is no JSON, or is cut off.
  case notJSON

  /// A field that the schema has is not there.
  case missingField(String)

  /// A field that the schema does not have: its meaning is unknown.
  case unknownField(String)

  /// A field is of another kind, such as a string where a number belongs.
  case wrongType(String, expected: JSONKind, found: JSONKind)

  /// A field, or the length of a list, lies outside its range.
  case outOfRange(String, found: Int, ClosedRange<Int>)

  /// A field has another value, as JSON text, than the only one that is understood there.
  case wrongValue(String, expected: String, found: String)

  /// A kernel of even size, whose published padding of half a kernel on either side is not 'same'.
  case evenKernel(String, found: Int)

  /// A layer of a kind that is not understood there.
  case unknownLayer(String, found: String, known: [String])

  /// The network is larger than what an architecture can be.
  case architecture(ArchitectureError)
}

/// Kinds of JSON values, numbers split by what can be done with them.
package enum JSONKind: Equatable, Sendable {
  case null, bool, integer, string, array, object

  /// A number with a fraction.
  case fraction

  /// A number that neither 64-bit integers nor doubles hold.
  case unrepresentableNumber
}
