// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import Testing
import WholeWindowReference

/// Two orders of the same multiplications differ by one unit in the last place, which shows in one
/// rounded value of a million: so many are compared here.
struct RoundingTests {
  /// What the last layer before the head computes.
  enum Kind: String, CaseIterable {
    case convolution, depthwise, sum
  }

  /// Layers of 40 bins and 64 channels with hard-swish up to the first of `kind`, then a head that
  /// sees every single value.
  private func architecture(_ kind: Kind) -> Architecture {
    let window = Window(kernel: Extent(time: 3, frequency: 3))
    let layers = [
      Layer(
        name: "convolution", operation: .convolution(outputChannelCount: 64, window: window),
        normalization: .subSpectral(bandCount: 4), activation: .hardSwish),
      Layer(
        name: "depthwise", operation: .depthwise(window: window),
        normalization: .subSpectral(bandCount: 5), residual: "convolution",
        activation: .hardSwish),
      Layer(name: "average", operation: .frequencyAverage),
      Layer(
        name: "sum", input: "depthwise", operation: .sum(with: ["average", "convolution"]),
        activation: .hardSwish),
    ]
    let count = layers.firstIndex { $0.name == kind.rawValue }! + 1
    return Architecture(
      name: "rounding", coefficientCount: 40, windowFrameCount: 40,
      layers: layers[..<count] + [
        Layer(name: "flat", operation: .frequencyToChannels),
        Layer(name: "head", operation: .dense(outputCount: 3)),
      ])
  }

  @Test(arguments: Kind.allCases)
  func `millions of values are rounded alike everywhere`(kind: Kind) throws {
    var generator = SeededGenerator(11)
    var model = try quantizedModel(architecture(kind), using: &generator)
    // Weights that are not 0, and logits that neither saturate nor hide a change of one step.
    let head = model.layers.count - 1
    model.layers[head].weights = model.layers[head].weights.map { $0 == 0 ? 1 : $0 }
    let scale = try #require(model.layers[head - 1].output?.scale)
    model.layers[head].weightScales = [2e-6 / scale, 3e-6 / scale, 1e-6 / scale]
    let frames = randomFrames(2000, 40, using: &generator)
    let expected = try IntegerReference(model).posteriors(frames)
    #expect(Set(expected.map { $0[0] }).count > 1500)
    for name in InferencePlan.availableInstructionSets {
      let found = try posteriors(model, frames, instructionSet: name)
      let different = expected.indices.filter {
        Array(found[$0 * 3..<$0 * 3 + 3]) != expected[$0]
      }
      #expect(different == [], "\(name)")
    }
  }
}
