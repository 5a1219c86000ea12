// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Evaluation

/// The options of `evaluate --clips` that change what is heard.
struct ConditionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Recordings of noise, a file or a folder, to mix into the clips: at most an hour is read.",
      valueName: "path"))
  var noise: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decibels of each clip's mean power over the noise's, separated by commas.",
      valueName: "list"))
  var snr: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decibels by which the clips are louder, or softer where negative, separated by commas.",
      valueName: "list"))
  var gain: String?

  @Option(help: "Seed of the places in the noise.")
  var noiseSeed: UInt64 = 1

  /// Whether clips are heard under any condition but their own.
  var isGiven: Bool { noise != nil || snr != nil || gain != nil }

  func validate() throws {
    guard (noise == nil) == (snr == nil) else {
      throw ValidationError("--noise and --snr: expected both or neither")
    }
    _ = try conditions()
  }

  /// The clips as they are, then under noise, then at other levels.
  func conditions() throws -> [ClipCondition] {
    let levels = try Self.decibels(snr, "--snr")
    let gains = try Self.decibels(gain, "--gain")
    return [ClipCondition()] + levels.map { ClipCondition(signalToNoiseDecibels: $0) }
      + gains.map { ClipCondition(gainDecibels: $0) }
  }

  private static func decibels(_ text: String?, _ name: String) throws -> [Double] {
    guard let text else { return [] }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let value = Double(part), (-100...100).contains(value) else {
        throw ValidationError(
          "\(name) \(text): expected numbers of decibels from -100 to 100 with commas between them")
      }
      return value
    }
  }
}
