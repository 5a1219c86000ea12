// SPDX-License-Identifier: GPL-3.0-or-later

/// A reader of bytes that nobody trusts, as the fuzzer and the replay of its corpus call it.
///
/// The raw value names the parser on the fuzzer's command line and its folder in the corpus.
package enum FuzzedParser: String, CaseIterable, Sendable {
  /// A quantized model, sealed anew, planned, and run where it is small.
  case model

  /// A checkpoint, sealed anew.
  case checkpoint

  /// A published network.
  case netConfig = "net-config"

  /// The TOML file of `kws listen`.
  case configuration

  /// The container of a log-mel set whose index is good.
  case logMel = "log-mel"

  /// The index of a log-mel set whose container is good.
  case clipIndex = "clip-index"

  /// Who spoke what when.
  case truth

  /// A sound file.
  case sound

  /// Samples without a header.
  case rawSamples = "raw-samples"

  /// The sidecar of a recording that is good.
  case sidecar

  /// What became of some bytes.
  package enum Outcome {
    /// They were read, and what was read holds what is claimed of it.
    case accepted

    /// They were refused with an error of the parser's own type.
    case refused(any Error)
  }

  /// Reads `bytes` to the end.
  ///
  /// Returns for any bytes, in bounded time and memory; traps where a claim does not hold.
  ///
  /// - Parameter folder: for what is read by path; one call at a time.
  package func read(_ bytes: [UInt8], in folder: FuzzedFolder) -> Outcome {
    do {
      switch self {
      case .model: try Self.readModel(bytes)
      case .checkpoint: try Self.readCheckpoint(bytes)
      case .netConfig: try Self.readNetConfig(bytes)
      case .configuration: try Self.readConfiguration(bytes, folder)
      case .logMel:
        try Self.readLogMelSet(container: bytes, index: Self.usualIndex, folder)
      case .clipIndex:
        try Self.readLogMelSet(container: Self.usualContainer, index: bytes, folder)
      case .truth: try Self.readTruth(bytes)
      case .sound: try Self.readSound(bytes, folder)
      case .rawSamples: try Self.readRawSamples(bytes, folder)
      case .sidecar: try Self.readSidecar(bytes, folder)
      }
      return .accepted
    } catch {
      return .refused(error)
    }
  }
}
