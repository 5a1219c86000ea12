// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

extension BitWidthError: ExplainedError {
  var explanation: Explanation {
    let text =
      switch self {
      case .weightBits(let found):
        "--weight-bits: expected \(Self.list(WeightLevels.bitCounts)), found \(found)."
      case .activationBits(let found):
        "--activation-bits: expected \(Self.list(BitWidths.activationBitCounts)), found \(found)."
      case .weightCount(let expected, let found):
        "--weight-bits: expected one number or \(expected.count), one for each layer with weights "
          + "(\(expected.joined(separator: ", "))), found \(found)."
      case .activationCount(let expected, let found):
        "--activation-bits: expected one number or \(expected.count), one for each layer "
          + "(\(expected.joined(separator: ", "))), found \(found)."
      }
    return Explanation(text: text, exitCode: .usage)
  }

  private static func list(_ numbers: [Int]) -> String {
    numbers.dropLast().map(String.init).joined(separator: ", ") + " or \(numbers.last ?? 0)"
  }
}
