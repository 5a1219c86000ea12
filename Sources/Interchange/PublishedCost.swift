// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// What a published network costs in its own form: 51 frames, each layer seeing both sides, so that
/// a stride leaves `ceil(51 / stride)` columns.
package struct PublishedCost: Equatable, Sendable {
  /// Weights of convolutions and of the classifier.
  package var weightCount: Int

  /// Weights, a scale and a shift per normalized channel, and the classifier's bias.
  package var parameterCount: Int

  /// The same as the paper's code counts it, with every weight twice: once as trained, once as
  /// quantized. The paper's kilobytes are these.
  package var countedTwiceParameterCount: Int

  /// Multiply-accumulates per clip.
  package var mac: Int

  /// The same as the paper's code counts it, with the first convolution's columns rounded down.
  package var macWithStemRoundedDown: Int

  /// Centred frames of a second at hop 320.
  package static let frameCount = 51
}

extension NetConfig {
  /// The cost with `coefficientCount` coefficients per frame.
  ///
  /// Frequencies are those of the causal form; so are columns but for the rounding, and rounding up
  /// at each of several strides is rounding up at their product.
  package func publishedCost(
    coefficientCount: Int
  ) throws(InterchangeError) -> PublishedCost {
    let geometry: [LayerGeometry]
    do throws(ArchitectureError) {
      geometry = try architecture(name: "", coefficientCount: coefficientCount).geometry()
    } catch { throw .architecture(error) }
    let frameCount = PublishedCost.frameCount
    let weightCount = geometry.reduce(0) { $0 + $1.weightCount }
    // Our head always has a bias.
    let parameterCount =
      geometry.reduce(0) { $0 + $1.parameterCount } - (hasClassifierBias ? 0 : labelCount)
    let macs = geometry.map { layer in
      let columnCount = (frameCount + layer.timeStride - 1) / layer.timeStride
      return layer.macPerColumn * (layer.followsPool ? 1 : columnCount)
    }
    let mac = macs.reduce(0, +)
    let stemOutputCount =
      (frameCount / network.stemStride.time) * (coefficientCount / network.stemStride.frequency)
    return PublishedCost(
      weightCount: weightCount, parameterCount: parameterCount,
      countedTwiceParameterCount: weightCount + parameterCount, mac: mac,
      macWithStemRoundedDown: mac - macs[0] + geometry[0].weightCount * stemOutputCount)
  }
}
