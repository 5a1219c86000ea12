// SPDX-License-Identifier: GPL-3.0-or-later

import CDefaultModel
import ModelFormat
import Storage

/// The model that is embedded in the executable.
func builtInModel() throws -> QuantizedModel {
  let bytes = builtInModelBytes()
  do throws(ModelFormatError) {
    return try QuantizedModel(reading: bytes)
  } catch {
    throw CommandError(error.explanation.at("built-in model").text, .internalError)
  }
}

/// The model in the file at `path`, or the built-in one.
func modelOrDefault(_ path: String?) throws -> QuantizedModel {
  try path.map(loadModel) ?? builtInModel()
}

/// SHA-256 of the file at `path`, or of the built-in model, in hexadecimal digits.
func modelDigest(_ path: String?) throws -> String {
  try path.map { try File.sha256($0) } ?? SHA256.digest(of: builtInModelBytes().span)
}

private func builtInModelBytes() -> [UInt8] {
  unsafe Array(
    UnsafeRawBufferPointer(start: kws_default_model, count: Int(kws_default_model_size)))
}
