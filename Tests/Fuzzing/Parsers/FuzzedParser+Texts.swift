// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ListenerService
import SpeechDatasets

extension FuzzedParser {
  static func readConfiguration(
    _ bytes: [UInt8], _ folder: FuzzedFolder
  ) throws(ConfigurationError) {
    let path = folder.write("kws.toml", bytes)
    var layers = ConfigurationLayers()
    layers.addFile(path)
    let resolved = try layers.resolve(isService: true)
    precondition(layers.mistakes.isEmpty, "resolved in spite of mistakes")
    _ = resolved.idle
  }

  static func readLogMelSet(
    container: [UInt8], index: [UInt8], _ folder: FuzzedFolder
  ) throws(DatasetError) {
    folder.write("log-mel.safetensors", container)
    folder.write("clips.tsv", index)
    let set = try LogMelSet(path: folder.path)
    precondition(set.clips.allSatisfy { !$0.word.isEmpty && $0.row >= 0 }, "a clip without word")
  }

  static func readTruth(_ bytes: [UInt8]) throws(EvaluationError) {
    // The command refuses what is no UTF-8 before.
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let words = try TruthFile.words(text, path: "truth")
    precondition(
      words.allSatisfy { 0 <= $0.start && $0.start <= $0.end && $0.end.isFinite },
      "a word that ends before it starts")
  }
}
