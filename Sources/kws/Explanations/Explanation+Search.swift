// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch

extension SearchError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .outOfRange(let field, let found, let range):
      Explanation(
        text: "\(field): \(found), expected \(range.lowerBound) to \(range.upperBound).",
        exitCode: .usage)
    case .unreachable(let metric, let most, let range):
      Explanation(
        text: "--target \(metric.rawValue)=\(most): the networks of this space cost "
          + "\(metric.text(range.lowerBound)) to \(metric.text(range.upperBound)). Allow more, or "
          + "lower --width.", exitCode: .usage)
    case .mismatch(let field, let expected, let found):
      Explanation(
        text: "cannot resume: \(field) differ: \(expected) in the checkpoint, now \(found). Use "
          + "the options of the first run, or another --output.", exitCode: .badData)
    case .notResumable(let missing):
      Explanation(
        text: "cannot resume: the checkpoint has no '\(missing)'; it was not written by 'kws "
          + "search'. Name another --output.", exitCode: .badData)
    case .diverged(let epoch, let batch):
      Explanation(
        text: "the loss is no longer a number in epoch \(epoch + 1), batch \(batch + 1). Lower "
          + "--learning-rate.", exitCode: .badData)
    case .network(let error): error.explanation
    case .data(let error): error.explanation
    case .training(let error): error.explanation
    }
  }
}
