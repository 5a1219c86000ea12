// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// The factors and bounds by which sums become 8-bit values, computed in one pinned order: in
/// double precision, rounded once to single.
///
/// A simulation of the integers in training uses the same functions.
package enum Rescaling {
  /// Real value of one unit of what sums are rescaled to before the activation: a step of the
  /// output, but 1 for hard-swish, whose constants are real values.
  package static func unit(_ output: ActivationQuantization, _ activation: Activation) -> Float {
    switch activation {
    case .none, .relu, .relu6: output.scale
    case .hardSwish: 1
    }
  }

  /// Units per step of a sum: `input * weight / unit`.
  package static func multiplier(input: Float, weight: Float, unit: Float) -> Float {
    Float(Double(input) * Double(weight) / Double(unit))
  }

  /// Units per step of a tensor that is added: a residual, or any term of a sum.
  package static func additionMultiplier(added: Float, unit: Float) -> Float {
    Float(Double(added) / Double(unit))
  }

  /// Steps of the output per `x * relu6(x + 3)`: the sixth is in it.
  package static func hardSwishMultiplier(output: Float) -> Float {
    Float(1 / (6 * Double(output)))
  }

  /// Steps of the output per step of a sum over `count` values.
  package static func meanMultiplier(input: Float, count: Int, output: Float) -> Float {
    Float(Double(input) / (Double(count) * Double(output)))
  }

  /// Real value of one step of a sum that becomes a logit.
  package static func logitMultiplier(input: Float, weight: Float) -> Float {
    Float(Double(input) * Double(weight))
  }

  /// What a rescaled sum is clamped to before the zero point is added: the integers that the output
  /// has and the activation.
  ///
  /// ReLU6 ends at the step nearest to 6, half to even.
  package static func bounds(
    _ output: ActivationQuantization, _ activation: Activation
  ) -> ClosedRange<Float> {
    let lowest = Float(-output.zeroPoint)
    let highest = Float(output.largest - output.zeroPoint)
    switch activation {
    case .none, .hardSwish: return lowest...highest
    case .relu: return 0...highest
    case .relu6: return 0...min(highest, (6 / output.scale).rounded(.toNearestOrEven))
    }
  }
}
