// SPDX-License-Identifier: GPL-3.0-or-later

extension WeightLevels {
  /// Candidates of a step.
  private static let candidateCount = 80

  /// The step of least squared error for the weights of one channel, among candidates between 1 and
  /// 1/8 (without zero: 1/4) of the one that reaches the largest magnitude.
  ///
  /// Weights of a channel that is nothing but zeros are given a tiny step.
  package func bestStep(_ weights: [Float]) -> Float {
    let largest = weights.reduce(0) { max($0, abs($1)) }
    guard largest > .leastNormalMagnitude * 1e6 else { return 1e-6 }
    if limit == 1 {
      // One bit: the mean magnitude is the least-squares solution.
      return weights.reduce(0) { $0 + abs($1) } / Float(weights.count)
    }
    let widest = largest / Float(limit)
    let least: Float = bitCount == 8 ? 0.8 : hasZero ? 0.125 : 0.25
    var best = (step: widest, error: Float.infinity)
    for candidate in 0...Self.candidateCount {
      let step =
        widest * (1 - (1 - least) * Float(candidate) / Float(Self.candidateCount))
      var error: Float = 0
      for weight in weights {
        let difference = weight - Float(nearest(weight / step)) * step
        error += difference * difference
      }
      if error < best.error { best = (step, error) }
    }
    return best.step
  }
}
