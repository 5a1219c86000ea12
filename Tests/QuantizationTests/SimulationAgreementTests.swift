// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Inference
import ModelFormat
import NeuralNetwork
import Quantization
import SpeechFeatures
import Testing
import WholeWindowReference

/// What training simulates against what the integers are.
@Suite struct SimulationAgreementTests {
  private static let clipCount = 20
  private static let frameCount = 26

  private struct Case {
    var architecture: Architecture
    var weightBits: [Int]
    var activationBits: Int
  }

  private static let detection = DetectionParameters(
    smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
    rearmRatio: 0.5, rejectLabels: [])

  private static func features(_ seed: UInt64, _ width: Int) -> SharedBuffer<Float> {
    var generator = CounterBasedGenerator(seed: seed, stream: 3)
    return SharedBuffer((0..<clipCount * frameCount * width).map { _ in generator.nextNormal() })
  }

  /// A network after some steps on noise, long enough that ranges are learned.
  private static func trained(_ architecture: Architecture, _ bits: BitWidths) throws -> Network {
    let network = try Network(architecture: architecture, seed: 3)
    network.bitWidths = bits
    let sgd = SGD(parameters: network.parameters)
    let gradient = SharedBuffer<Float>(zeroed: clipCount * network.labelCount)
    for step in 0..<24 {
      let logits = network.forward(
        features(UInt64(step), architecture.coefficientCount), clipCount: clipCount,
        frameCount: frameCount, continues: Array(repeating: false, count: clipCount),
        history: nil, mode: .training, draw: UInt64(step))
      _ = CrossEntropy().evaluate(
        logits: logits, labels: (0..<clipCount).map { ($0 + step) % network.labelCount },
        labelCount: network.labelCount, gradient: gradient)
      network.backward(logitsGradient: gradient, clipCount: clipCount)
      sgd.step(rate: 0.01)
      if step == 11 { network.endObservation() }
    }
    return network
  }

  private static func checkpoint(_ network: Network) -> Checkpoint {
    let width = network.architecture.coefficientCount
    return Checkpoint(
      architecture: network.architecture,
      features: FeatureConfiguration(cepstralCoefficientCount: width),
      normalization: FeatureNormalization(
        mean: Array(repeating: 0, count: width), scale: Array(repeating: 1, count: width)),
      labels: (0..<network.labelCount).map { "word\($0)" }, tensors: network.exportTensors(),
      state: [:],
      provenance: Provenance(
        license: "CC-BY-4.0", attribution: "", datasetDigest: "", commands: [], seed: 5,
        accuracy: []))
  }

  /// A tensor of the simulation as the integers that its values stand for.
  private static func integers(
    _ tensor: Tensor, clip: Int, _ quantization: ActivationQuantization
  ) -> IntegerReference.Tensor {
    let range = tensor.range(clip: clip)
    let buffer = tensor.buffer
    let values = buffer.span
    let size = tensor.columnShape.count
    let columns = (0..<range.count / size).map { column in
      (0..<size).map { lane in
        let value = values[range.lowerBound + column * size + lane]
        return Int((value / quantization.scale).rounded()) + quantization.zeroPoint
      }
    }
    return IntegerReference.Tensor(
      shape: tensor.columnShape, quantization: quantization, columns: columns)
  }

  private static var cases: [Case] {
    func make(_ name: ArchitectureCatalog) -> Architecture {
      name.architecture(
        coefficientCount: name.features.coefficientCount, windowFrameCount: frameCount,
        labelCount: 5)
    }
    return [
      Case(architecture: make(.dsCNNSmall), weightBits: [8], activationBits: 8),
      Case(architecture: make(.dsCNNSmall), weightBits: [1], activationBits: 4),
      Case(architecture: make(.bcResNet1), weightBits: [8], activationBits: 8),
      Case(architecture: make(.bcResNet1), weightBits: [2], activationBits: 4),
      Case(architecture: make(.derived), weightBits: [3], activationBits: 8),
    ]
  }

  @Test func `every layer of the simulation lies within one step of the integers`() throws {
    for item in Self.cases {
      let name = "\(item.architecture.name) \(item.weightBits) \(item.activationBits)"
      let bits = try BitWidths(
        item.architecture.geometry(), weights: item.weightBits, activations: [item.activationBits])
      let network = try Self.trained(item.architecture, bits)
      let model = try TrainedQuantizer(Self.checkpoint(network), bitWidths: bits).model(
        detection: Self.detection, provenance: Self.checkpoint(network).provenance)
      #expect(try QuantizedModel(reading: model.encoded()) == model)
      let reference = try IntegerReference(model)
      network.forward(
        Self.features(1000, item.architecture.coefficientCount), clipCount: Self.clipCount,
        frameCount: Self.frameCount, continues: Array(repeating: false, count: Self.clipCount),
        history: nil, mode: .inference)
      let clip = 3
      let input = Self.integers(try #require(network.input), clip: clip, model.input)
      // Each layer is given what the simulation gives it, so that differences do not add up.
      var outputs: [IntegerReference.Tensor] = []
      for index in network.geometry.indices.dropLast() {
        let layer = network.geometry[index]
        let quantization = try #require(model.layers[index].output)
        let simulated = Self.integers(
          try #require(network.output(layer: index)), clip: clip, quantization)
        var found = simulated
        if !layer.followsPool, layer.layer.operation != .frequencyToChannels {
          let expected = reference.output(of: index, input: input, outputs: outputs)
          let columns =
            layer.layer.operation == .averagePool
            ? expected.columns.suffix(1) : expected.columns[...]
          var (largest, count, differing) = (0, 0, 0)
          for (a, b) in zip(columns, simulated.columns) {
            for (x, y) in zip(a, b) {
              largest = max(largest, abs(x - y))
              count += 1
              differing += x == y ? 0 : 1
            }
          }
          #expect(count > 0)
          #expect(largest <= 1, "\(name): \(layer.layer.name) by \(largest)")
        } else if layer.layer.operation == .frequencyToChannels {
          found = reference.output(of: index, input: input, outputs: outputs)
        }
        outputs.append(found)
      }
    }
  }
}
