// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation

/// An accuracy as it is printed everywhere.
enum AccuracyText {
  /// Such as `95.21 % of 1211 clips (95 % interval 93.86-96.27)`.
  static func line(correct: Int, total: Int) -> String {
    let interval = WilsonInterval(correct: correct, total: total)
    return "\(percent(Double(correct) / Double(max(total, 1)))) of \(total) clips (95 % interval "
      + "\(fixed(100 * interval.low, decimals: 2))-\(fixed(100 * interval.high, decimals: 2)))"
  }
}
