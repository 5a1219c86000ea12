// SPDX-License-Identifier: GPL-3.0-or-later

import CDefaultModel
import ModelFormat

/// The model that is embedded in the executable.
func builtInModel() throws -> QuantizedModel {
  let bytes = unsafe Array(
    UnsafeRawBufferPointer(start: kws_default_model, count: Int(kws_default_model_size)))
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
