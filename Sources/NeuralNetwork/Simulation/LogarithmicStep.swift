// SPDX-License-Identifier: GPL-3.0-or-later

/// Steps and ranges are learned as logarithms, so that an update changes them by a factor.
enum LogarithmicStep {
  /// The gradient of a logarithm within -1...1: one update then is at most a factor of
  /// exp(learning rate), before momentum, whatever a wild batch asks for.
  static func limited(_ gradient: Float) -> Float { min(max(gradient, -1), 1) }
}
