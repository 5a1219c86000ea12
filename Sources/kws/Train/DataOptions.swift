// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import SpeechDatasets
import SpeechFeatures

/// The options that name a data set and the task made of it, shared by `train` and `quantize`.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "A data source; repeat it for a mixture. log-mel=DIR holds log-mel.safetensors and clips.tsv; "
        + "recordings=DIR holds one folder of recordings per word, as Speech Commands does; noise=DIR holds "
        + "recordings without a word, for silence and under half of the words at 0 to 30 dB.",
      valueName: "kind=dir"))
  var sources: [String]

  @Option(help: "The keywords, separated by commas.")
  var keywords = Self.standardKeywords

  /// The ten keywords of the 12-class task of Speech Commands.
  static let standardKeywords = "yes,no,up,down,left,right,on,off,stop,go"

  /// The keywords in order.
  var keywordList: [String] {
    keywords.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// The sources as kinds and folders.
  func parsedSources() throws -> [DataSource] { try sources.map(DataSource.init(parsing:)) }
}

extension DataSource {
  /// The source that `--data text` names.
  init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count) {
    case ("log-mel", 2): self = .logMel(path: parts[1])
    case ("recordings", 2): self = .recordings(path: parts[1])
    case ("noise", 2): self = .noise(path: parts[1])
    default:
      throw ValidationError(
        "--data \(text): expected log-mel=DIR, recordings=DIR or noise=DIR, such as --data log-mel=data"
      )
    }
  }
}

/// The options of the features that a network is trained on.
struct FeatureOptions: ParsableArguments {
  @Option(
    help: """
      Samples from one feature frame to the next, at 16 kHz. Left out, as the named architecture is \
      meant for: 160, or 320 where it reads MFCCs; 160 for a JSON file.
      """)
  var hop: Int?

  @Option(
    help: """
      Train on this many MFCCs. Left out, as the named architecture is meant for; 40 log-mel bins \
      for a JSON file.
      """)
  var coefficients: Int?

  func validate() throws {
    let windowLength = FeatureConfiguration().windowLength
    if let hop, !(1...windowLength).contains(hop) {
      throw ValidationError(
        "--hop \(hop): expected 1 to \(windowLength), the samples of a frame, such as 160 or 320")
    }
  }

  /// The features that the options ask for; what they leave open is what `architecture`, a name or
  /// a file, is meant for.
  func configuration(for architecture: String) -> FeatureConfiguration {
    var features = ArchitectureCatalog(rawValue: architecture)?.features ?? FeatureConfiguration()
    if let hop { features.hopLength = hop }
    if let coefficients { features.cepstralCoefficientCount = coefficients }
    return features
  }
}
