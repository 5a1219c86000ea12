// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import ModelFormat
import Storage
import Training

/// Largest model or checkpoint that is read, in bytes.
let modelFileLimit = 1 << 30

/// The model in the file at `path`.
func loadModel(_ path: String) throws -> QuantizedModel {
  try decodeModel(File.read(path, limit: modelFileLimit), from: path)
}

/// The model in `bytes`, which came from the file at `path`.
func decodeModel(_ bytes: [UInt8], from path: String) throws -> QuantizedModel {
  do throws(ModelFormatError) {
    return try QuantizedModel(reading: bytes)
  } catch {
    throw CommandError(error.explanation.at(path).text, .badData)
  }
}

/// The checkpoint in the file at `path`.
func loadCheckpoint(_ path: String) throws -> Checkpoint {
  try decodeCheckpoint(File.read(path, limit: modelFileLimit), from: path)
}

/// The checkpoint in the file at `path`; nil where the file is of another kind.
func loadIfCheckpoint(_ path: String) throws -> Checkpoint? {
  let bytes = try File.read(path, limit: modelFileLimit)
  guard (try? Safetensors(bytes))?.metadata["kws.kind"] == Checkpoint.kind else { return nil }
  return try decodeCheckpoint(bytes, from: path)
}

private func decodeCheckpoint(_ bytes: [UInt8], from path: String) throws -> Checkpoint {
  let checkpoint: Checkpoint
  do throws(ModelFormatError) {
    checkpoint = try Checkpoint(reading: bytes)
  } catch {
    throw CommandError(error.explanation.at(path).text, .badData)
  }
  do throws(TrainingError) {
    try StoredOptions.check(checkpoint)
  } catch {
    throw CommandError(
      "\(path): the options of its training: \(error.explanation.text) Make it anew by 'kws train'.",
      .badData)
  }
  return checkpoint
}

/// The whole line of `model`, which came from the file at `path` or is built in.
func spottingPlan(
  _ model: QuantizedModel, from path: String?, detection: DetectionParameters? = nil,
  nearMissRatio: Float? = nil
) throws -> SpottingPlan {
  do throws(SpottingError) {
    return try SpottingPlan(model: model, detection: detection, nearMissRatio: nearMissRatio)
  } catch {
    throw error.commandError(at: path ?? "built-in model")
  }
}
