// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import KeywordSpotting
import Storage

/// Hears whole recordings, with the words that are spoken in them.
struct RecordingHearing {
  let plan: SpottingPlan

  /// Samples of digital zero after every recording, as `replay` adds.
  private static let tailLength = AudioFormat.sampleRate / 2

  /// The posteriors of the recording at `path` and the words of the truth at `truthPath`.
  ///
  /// - Throws: also where the two cannot belong together.
  func stream(
    _ path: String, _ truthPath: String
  ) throws -> (trace: PosteriorTrace, truth: [TruthWord]) {
    let truth = try words(truthPath)
    let trace = try trace(path)
    let keywords = plan.decision.keywords
    guard truth.contains(where: { keywords.contains($0.label) }) else {
      throw CommandError(
        "\(truthPath): expected words that the model knows "
          + "(\(keywords.sorted().joined(separator: ", "))), found none.", .badData)
    }
    if let late = truth.first(where: { $0.end > trace.seconds + 0.05 }) {
      throw CommandError(
        "\(truthPath): a word ends at \(fixed(late.end, decimals: 2)) s, but \(path) has "
          + "\(fixed(trace.seconds, decimals: 2)) s. Check that they belong together.", .badData)
    }
    return (trace, truth)
  }

  /// The posteriors of the recording at `path`.
  func trace(_ path: String) throws -> PosteriorTrace {
    var source = try SoundFileSource(path: path)
    let trace = try PosteriorTrace(&source, plan: plan, tailLength: Self.tailLength)
    if source.missingFrameCount > 0 {
      printError(
        "kws: \(path): truncated: expected \(source.declaredFrameCount ?? 0) frames, found "
          + "\(source.readFrameCount). Those were heard.")
    }
    return trace
  }

  private func words(_ path: String) throws -> [TruthWord] {
    let bytes = try File.read(path, limit: TruthFile.byteLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError("\(path): expected text in UTF-8.", .badData)
    }
    return try TruthFile.words(text, path: path)
  }
}
