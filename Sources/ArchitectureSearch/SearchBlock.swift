// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// A place of a supernet with a choice: `activation(x + o(x))`, where `o` is one of the candidates, or
/// `o(x)` without shortcut and activation.
package struct SearchBlock: Equatable, Sendable {
  /// Unique within the space; the first part of the names of its layers.
  package var name: String

  package var candidates: [Candidate]

  /// Channels of the input.
  package var inputChannelCount: Int

  /// Channels of the output.
  package var outputChannelCount: Int

  /// Frequencies of the input.
  package var frequencyCount: Int

  /// Of the candidates' depthwise layer.
  package var stride: Extent

  /// Whether the input is added to what a candidate puts out; they must be of one shape.
  package var hasShortcut: Bool

  /// After the sum; none without shortcut.
  package var activation: Activation

  /// Within the candidates.
  package var innerActivation: Activation

  /// Of the pointwise layer of broadcast candidates, as BC-ResNet has it; nil for none.
  package var dropout: Float? = 0.1

  package init(
    name: String, candidates: [Candidate], inputChannelCount: Int, outputChannelCount: Int,
    frequencyCount: Int, stride: Extent = .one, hasShortcut: Bool = true, activation: Activation,
    innerActivation: Activation
  ) {
    precondition(hasShortcut || activation == .none, "an activation needs the shortcut's sum")
    precondition(hasShortcut || !candidates.contains(.zero), "zero needs a shortcut")
    self.name = name
    self.candidates = candidates
    self.inputChannelCount = inputChannelCount
    self.outputChannelCount = outputChannelCount
    self.frequencyCount = frequencyCount
    self.stride = stride
    self.hasShortcut = hasShortcut
    self.activation = activation
    self.innerActivation = innerActivation
  }

  /// The layers of a candidate as a network has them, reading the layer `source`; none for zero.
  package func layers(_ candidate: Candidate, source: String) -> [Layer] {
    var layers = bareLayers(candidate, source: source)
    guard var last = layers.popLast() else { return [] }
    if hasShortcut {
      if case .sum(let others) = last.operation {
        last.operation = .sum(with: others + [source])
      } else {
        last.residual = source
      }
    }
    last.activation = activation
    return layers + [last]
  }

  /// The layers of a candidate up to what the shortcut is added to.
  package func bareLayers(_ candidate: Candidate, source: String) -> [Layer] {
    let name = "\(name).\(candidate.name)"
    var layers: [Layer]
    switch candidate {
    case .zero: return []
    case .invertedResidual(let kernel, let expansion):
      layers = InvertedResidual(
        kernel: kernel, stride: stride, expansion: expansion,
        outputChannelCount: outputChannelCount, hasShortcut: false, activation: innerActivation
      ).layers(name, after: source, inputChannelCount: inputChannelCount)
    case .separable(let kernel, let dilation, let pairCount):
      layers = separable(name, kernel, dilation, pairCount)
    case .broadcast(let frequency, let time, let dilation):
      layers = BroadcastedResidual(
        channelCount: outputChannelCount, frequencyKernel: frequency, timeKernel: time,
        dilation: dilation, dropout: dropout
      ).layers(name)
    case .flattened(let count):
      layers = [
        .convolution("\(name).narrow", count, stride: stride, activation: innerActivation),
        Layer(name: "\(name).flat", operation: .frequencyToChannels),
        .convolution("\(name).widen", outputChannelCount),
      ]
    case .collapsed:
      layers = [
        .convolution("\(name).expand", outputChannelCount, activation: innerActivation),
        .depthwise(
          "\(name).collapse", kernel: Extent(time: 1, frequency: frequencyCount), stride: stride,
          padding: .none, activation: innerActivation),
        .convolution("\(name).project", outputChannelCount),
      ]
    }
    layers[0].input = source
    return layers
  }

  private func separable(
    _ name: String, _ kernel: Extent, _ dilation: Int, _ pairCount: Int
  ) -> [Layer] {
    (1...pairCount).flatMap { pair in
      [
        Layer.depthwise(
          "\(name).depthwise\(pair)", kernel: kernel, stride: pair == 1 ? stride : .one,
          dilation: dilation),
        .convolution(
          "\(name).pointwise\(pair)", outputChannelCount,
          activation: pair == pairCount ? .none : innerActivation),
      ]
    }
  }
}
