// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &self)]
  }

  mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }
}

/// A model with random weights and quantization for any architecture, so scaled that values spread
/// over the range and some saturate.
func quantizedModel(
  _ architecture: Architecture, using generator: inout SeededGenerator
) throws -> QuantizedModel {
  let geometry = try architecture.geometry()
  func quantization(_ activation: Activation) -> ActivationQuantization {
    // Mostly a useful range, now and then an extreme one.
    let usual = activation == .none ? 60...200 : 0...80
    let range = generator.chance(0.05) ? 0...255 : usual
    return ActivationQuantization(
      scale: Float.random(in: 0.01...0.1, using: &generator),
      zeroPoint: Int.random(in: range, using: &generator))
  }
  let input = quantization(.none)
  var layers: [QuantizedLayer] = []
  for (index, layer) in geometry.enumerated() {
    let source = layer.inputIndex.map { layers[$0].output ?? input } ?? input
    let isLast = index == geometry.count - 1
    var output = isLast ? nil : quantization(layer.layer.activation)
    if case .frequencyToChannels = layer.layer.operation { output = source }
    if case .averagePool = layer.layer.operation {
      output?.scale = source.scale * Float.random(in: 0.2...0.7, using: &generator)
    }
    let channels = layer.hasWeights ? layer.output.channelCount : 0
    let size = channels == 0 ? 1 : layer.weightCount / channels
    let spread = (output?.scale ?? 0.02) / (source.scale * 5000 * Float(size).squareRoot())
    layers.append(
      QuantizedLayer(
        weightBits: layer.hasWeights ? 8 : 0,
        weights: (0..<layer.weightCount).map { _ in Int8.random(in: -127...127, using: &generator)
        },
        weightScales: (0..<channels).map { _ in
          64 * spread * Float.random(in: 0.2...1.5, using: &generator)
        },
        bias: (0..<channels).map { _ in Int32.random(in: -20_000...20_000, using: &generator) },
        output: output))
  }
  return QuantizedModel(
    architecture: architecture,
    features: FeatureConfiguration(
      melBinCount: max(40, architecture.coefficientCount),
      cepstralCoefficientCount: architecture.coefficientCount),
    normalization: FeatureNormalization(
      mean: (0..<architecture.coefficientCount).map { _ in
        Float.random(in: -5...5, using: &generator)
      },
      scale: (0..<architecture.coefficientCount).map { _ in
        Float.random(in: 0.2...2, using: &generator)
      }),
    labels: (0..<geometry[geometry.count - 1].output.channelCount).map { "label\($0)" },
    input: input, layers: layers,
    detection: DetectionParameters(
      smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
      rearmRatio: 0.8, rejectLabels: []),
    provenance: Provenance(
      license: "", attribution: "", datasetDigest: "", commands: [], seed: 0, accuracy: []))
}

/// An architecture of random layers with awkward sizes: odd channel counts, 2-D kernels, strides,
/// dilation, residuals, branches.
func randomArchitecture(using generator: inout SeededGenerator) -> Architecture {
  let channels = [1, 2, 3, 5, 7, 12, 15, 16, 17, 31, 33, 48, 63, 64, 65, 70, 96, 130]
  let activations: [Activation] = [.none, .relu, .relu6]
  while true {
    var architecture = Architecture(
      name: "random", coefficientCount: generator.pick([1, 2, 5, 10, 13, 40]),
      windowFrameCount: Int.random(in: 12...60, using: &generator), layers: [])
    func add(_ operation: Operation, plain: Bool = false, residual: String? = nil) {
      architecture.layers.append(
        Layer(
          name: "layer\(architecture.layers.count)", operation: operation, residual: residual,
          activation: plain ? .none : generator.pick(activations)))
    }
    func extent(_ times: [Int], _ frequencies: [Int]) -> Extent {
      Extent(time: generator.pick(times), frequency: generator.pick(frequencies))
    }
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      switch Int.random(in: 0..<8, using: &generator) {
      case 0...2:
        add(
          .convolution(
            outputChannelCount: generator.pick(channels),
            window: Window(
              kernel: extent([1, 2, 3, 5], [1, 3, 5]),
              stride: extent([1, 1, 2, 3], [1, 1, 2]), dilation: generator.pick([1, 1, 2, 3]))))
      case 3...4:
        add(
          .depthwise(
            window: Window(
              kernel: extent([1, 3, 4, 9], [1, 3, 5]), stride: extent([1, 1, 2], [1, 1, 2, 3]),
              dilation: generator.pick([1, 1, 2]))))
      case 5: add(.frequencyToChannels, plain: true)
      case 6:
        add(
          .depthwise(window: Window(kernel: extent([2, 3, 5], [1, 3]), stride: one, dilation: 1)))
      default:
        add(
          .convolution(
            outputChannelCount: generator.pick(channels),
            window: Window(kernel: one, stride: one, dilation: 1)))
      }
    }
    // A residual from any earlier layer of the same shape, and a branch around a layer.
    if let geometry = try? (architecture.withHead()).geometry() {
      for index in architecture.layers.indices where architecture.layers[index].operation.hasWeights
      {
        let sources = (0..<index).filter {
          geometry[$0].output == geometry[index].output
            && geometry[$0].timeStride == geometry[index].timeStride
        }
        if !sources.isEmpty, generator.chance(0.7) {
          architecture.layers[index].residual = architecture.layers[generator.pick(sources)].name
        }
      }
      if architecture.layers.count > 2, generator.chance(0.3) {
        let last = architecture.layers.count - 1
        var branch = architecture.layers[last]
        branch.input = architecture.layers[last - 1].name
        branch.name += "b"
        branch.residual = geometry[last].layer.name
        if branch.operation.hasWeights { architecture.layers.append(branch) }
      }
    }
    add(.averagePool, plain: true)
    if generator.chance(0.4) {
      add(
        .convolution(
          outputChannelCount: generator.pick(channels),
          window: Window(kernel: one, stride: one, dilation: 1)))
    }
    if generator.chance(0.3) { add(.dense(outputCount: generator.pick(channels))) }
    add(.dense(outputCount: generator.pick([2, 3, 12, 17])))
    guard let geometry = try? architecture.geometry(),
      geometry.reduce(0, { $0 + $1.macPerColumn }) < 3_000_000
    else { continue }
    return architecture
  }
}

private let one = Extent(time: 1, frequency: 1)

extension Operation {
  fileprivate var hasWeights: Bool {
    switch self {
    case .convolution, .depthwise: true
    default: false
    }
  }
}

extension Architecture {
  fileprivate func withHead() -> Architecture {
    var copy = self
    copy.layers.append(Layer(name: "pool", operation: .averagePool))
    copy.layers.append(Layer(name: "head", operation: .dense(outputCount: 2)))
    return copy
  }
}

/// Random raw features `[frame, coefficient]`.
func randomFrames(
  _ count: Int, _ coefficientCount: Int, using generator: inout SeededGenerator
) -> [Float] {
  (0..<count * coefficientCount).map { _ in Float.random(in: -12...12, using: &generator) }
}
