// SPDX-License-Identifier: GPL-3.0-or-later

/// Metrics in the text format of Prometheus, version 0.0.4.
struct PrometheusText {
  typealias Labels = [(name: String, value: String)]

  enum Kind: String { case counter, gauge, histogram }

  private(set) var text = ""

  /// The content type that goes with it.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// Starts a metric; its samples follow.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ name: String, _ value: Int, _ labels: Labels = []) {
    text += "\(name)\(Self.braced(labels)) \(value)\n"
  }

  mutating func sample(_ name: String, _ value: Double, _ labels: Labels = []) {
    text += "\(name)\(Self.braced(labels)) \(Self.number(value))\n"
  }

  /// The buckets, sum and count of one histogram.
  mutating func samples(_ name: String, _ histogram: MetricHistogram, _ labels: Labels = []) {
    let counts = histogram.cumulativeCounts
    for (bound, count) in zip(histogram.bounds + [.infinity], counts) {
      sample(name + "_bucket", count, labels + [("le", Self.number(bound))])
    }
    sample(name + "_sum", histogram.sum, labels)
    sample(name + "_count", counts[counts.count - 1], labels)
  }

  private static func braced(_ labels: Labels) -> String {
    guard !labels.isEmpty else { return "" }
    let texts = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
    return "{\(texts.joined(separator: ","))}"
  }

  private static func escaped(_ text: String, quotes: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func number(_ value: Double) -> String {
    switch value {
    case .infinity: "+Inf"
    case -.infinity: "-Inf"
    case _ where value.isNaN: "NaN"
    default: "\(value)"
    }
  }
}
