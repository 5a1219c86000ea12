// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// Why a quantized model cannot be executed. `layer` is `input` for the features.
package enum InferenceError: Error, Equatable {
  /// The architecture makes no sense.
  case architecture(ArchitectureError)

  /// This processor has no such kernels.
  case unknownInstructionSet(found: String, available: [String])

  /// A list has the wrong length.
  case count(layer: String, field: String, expected: Int, found: Int)

  /// A scale or multiplier is not finite, not positive (with SubSpectralNorm: zero) where it must
  /// be, or beyond 2^60.
  case scale(layer: String, field: String, index: Int, found: Float)

  /// A number is not finite.
  case notFinite(layer: String, field: String, index: Int)

  /// A zero point lies outside the integers of its tensor.
  case zeroPoint(layer: String, found: Int)

  /// A weight is -128.
  case weight(layer: String, index: Int, found: Int)

  /// A layer before the last one lacks the quantization of its output, or the last one has it.
  case outputQuantization(layer: String, expected: Bool)

  /// A layer that moves nothing claims another quantization than its input's.
  case differentQuantization(
    layer: String, expected: ActivationQuantization, found: ActivationQuantization?)

  /// A sum could leave 32 bits: `bound` is the largest magnitude it can reach.
  case accumulatorOverflow(layer: String, channel: Int, bound: Int)

  /// One stream would need more memory than `limit`.
  case stateSize(found: Int, limit: Int)
}
