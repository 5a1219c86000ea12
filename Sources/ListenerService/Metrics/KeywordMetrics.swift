// SPDX-License-Identifier: GPL-3.0-or-later

/// What one keyword did. Kept when a new model no longer has it: a counter never goes back.
final class KeywordMetrics: Sendable {
  let keyword: String
  let detections = MetricCounter()
  let nearMisses = MetricCounter()
  let score = MetricHistogram(bounds: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])

  init(keyword: String) { self.keyword = keyword }
}

/// The model that decides now.
struct ModelIdentity: Sendable {
  var keywords: [String] = []

  /// SHA-256 of the model, in hexadecimal digits.
  var digest = ""
  var version = ""
}
