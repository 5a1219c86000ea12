// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers

/// Decides clips of known classes, by the line that a microphone goes through or by a float network.
///
/// A clip is one second: longer ones are cut after it, shorter ones padded with zeros, as the
/// canonical test set of Speech Commands asks. Its decision is the label with the largest posterior
/// at its last column, without smoothing, whose window is the clip.
package struct ClipEvaluation<Decider: ClipDecider & ~Copyable>: ~Copyable {
  private var decider: Decider

  package init(_ decider: consuming Decider) {
    self.decider = decider
  }

  /// Runs every clip; `report` is told once of every clip that is truncated or empty.
  ///
  /// - Returns: one outcome per clip, in the order of `clips`.
  /// - Throws: `EvaluationError.audio` for the first recording that cannot be read.
  package mutating func run(
    _ clips: [ClipFolder.Clip], start: ClipStart, report: (ClipFinding) -> Void = { _ in }
  ) throws(EvaluationError) -> [ClipOutcome] {
    var outcomes = [ClipOutcome?](repeating: nil, count: clips.count)
    var order = Array(clips.indices)
    if start == .inStream {
      var generator = CounterBasedGenerator(seed: 1, stream: 0)
      order.shuffle(using: &generator)
      decider.reset()
      _ = decider.posteriors(after: try samples(of: clips[order[order.count - 1]]) { _ in })
    }
    for index in order {
      if start == .reset { decider.reset() }
      let posteriors = decider.posteriors(after: try samples(of: clips[index], report))
      outcomes[index] = ClipOutcome(clip: clips[index], posteriors: posteriors)
    }
    return outcomes.compactMap { $0 }
  }

  /// The one second of a clip that is heard.
  private func samples(
    of clip: ClipFolder.Clip, _ report: (ClipFinding) -> Void
  ) throws(EvaluationError) -> [Float] {
    let length = AudioFormat.sampleRate
    let whole: WholeClip
    do throws(AudioError) {
      whole = try WholeClip(path: clip.path, limit: length)
    } catch { throw .audio(error) }
    if whole.missingFrameCount > 0 {
      report(
        .truncated(
          path: clip.path, expected: whole.readFrameCount + whole.missingFrameCount,
          found: whole.readFrameCount))
    } else if whole.samples.isEmpty {
      report(.empty(path: clip.path))
    }
    return whole.samples + repeatElement(0, count: length - whole.samples.count)
  }
}

extension ClipEvaluation where Decider == SpottingClipDecider {
  /// What the posteriors at the end of every clip, each from reset, tell of the temperature; else as `run`.
  package mutating func fit(
    _ clips: [ClipFolder.Clip], report: (ClipFinding) -> Void = { _ in }
  ) throws(EvaluationError) -> TemperatureFit {
    var fit = TemperatureFit()
    for clip in clips {
      decider.reset()
      fit.add(
        posteriors: decider.posteriors(after: try samples(of: clip, report)), label: clip.label)
    }
    return fit
  }
}

/// How the state at the start of a clip comes about.
package enum ClipStart: Sendable {
  /// Every clip starts from reset.
  case reset

  /// All clips are one stream, in an order shuffled from a fixed seed; the last one is heard once
  /// before the first.
  case inStream
}
