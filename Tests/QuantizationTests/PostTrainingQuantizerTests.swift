// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Inference
import ModelFormat
import NeuralNetwork
import Quantization
import SpeechFeatures
import Testing

@Suite struct PostTrainingQuantizerTests {
  private static let frameCount = 20
  private static let coefficientCount = 10

  /// Every kind of layer, with residual, stride, dilation and both activations.
  private let architecture = Architecture(
    name: "small", coefficientCount: coefficientCount, windowFrameCount: frameCount,
    layers: [
      Layer(
        name: "stem",
        operation: .convolution(
          outputChannelCount: 6,
          window: Window(
            kernel: Extent(time: 3, frequency: 3),
            stride: Extent(time: 2, frequency: 2), dilation: 1)),
        normalization: .batch, activation: .relu6),
      Layer(
        name: "depthwise",
        operation: .depthwise(
          window: Window(
            kernel: Extent(time: 3, frequency: 3), stride: Extent(time: 1, frequency: 1),
            dilation: 2)),
        normalization: .batch, residual: "stem", activation: .relu),
      Layer(name: "flat", operation: .frequencyToChannels),
      Layer(
        name: "mix",
        operation: .convolution(
          outputChannelCount: 8,
          window: Window(
            kernel: Extent(time: 1, frequency: 1),
            stride: Extent(time: 1, frequency: 1), dilation: 1))),
      Layer(name: "pool", operation: .averagePool),
      Layer(name: "head", operation: .dense(outputCount: 3)),
    ])

  private func checkpoint(_ change: (inout [String: FloatTensor]) -> Void = { _ in }) throws
    -> Checkpoint
  {
    var tensors = try Network(architecture: architecture, seed: 5).exportTensors()
    change(&tensors)
    return Checkpoint(
      architecture: architecture,
      features: FeatureConfiguration(cepstralCoefficientCount: Self.coefficientCount),
      normalization: FeatureNormalization(
        mean: Array(repeating: 0, count: Self.coefficientCount),
        scale: Array(repeating: 1, count: Self.coefficientCount)),
      labels: ["a", "b", "c"], tensors: tensors, state: [:],
      provenance: Provenance(
        license: "CC-BY-4.0", attribution: "", datasetDigest: "", commands: [], seed: 5,
        accuracy: []))
  }

  private func quantizer(_ checkpoint: Checkpoint, bits: [Int] = [8]) throws
    -> PostTrainingQuantizer
  {
    try PostTrainingQuantizer(
      checkpoint, bitWidths: BitWidths(architecture.geometry(), weights: bits), batchSize: 64)
  }

  private func clips(_ count: Int) -> SharedBuffer<Float> {
    var generator = CounterBasedGenerator(seed: 9, stream: 0)
    return SharedBuffer(
      (0..<count * Self.frameCount * Self.coefficientCount).map { _ in generator.nextNormal() })
  }

  @Test func `the integer engine agrees with the float network it was made of`() throws {
    let checkpoint = try checkpoint()
    let features = clips(64)
    var quantizer = try quantizer(checkpoint)
    try quantizer.calibrate(features, clipCount: 64, frameCount: Self.frameCount)
    let model = try quantizer.model(
      detection: DetectionParameters(
        smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
        rearmRatio: 0.5, rejectLabels: []),
      provenance: checkpoint.provenance)
    #expect(try QuantizedModel(reading: model.encoded()) == model)

    let network = try Network(architecture: architecture, tensors: checkpoint.tensors)
    let logits = network.forward(
      features, clipCount: 64, frameCount: Self.frameCount,
      continues: Array(repeating: false, count: 64), history: nil, mode: .inference)
    let plan = try InferencePlan(model: model)
    var engine = StreamingNetwork(plan: plan)
    var agreeing = 0
    let clipSize = Self.frameCount * Self.coefficientCount
    for clip in 0..<64 {
      engine.reset()
      var posteriors = [Float](repeating: 0, count: 30)
      var room = posteriors.mutableSpan
      let columns = engine.process(
        features.span.extracting(clip * clipSize..<(clip + 1) * clipSize), into: &room)
      let last = posteriors[(columns - 1) * 3..<columns * 3]
      let decision = last.indices.max { last[$0] < last[$1] }! - last.startIndex
      let float = (0..<3).max {
        logits.span[clip * 3 + $0] < logits.span[clip * 3 + $1]
      }
      agreeing += decision == float ? 1 : 0
    }
    // Random networks decide by small margins; a wrong scale or bias would agree by chance only.
    #expect(agreeing >= 58)
  }

  @Test func `weights that overflow when folded are an error that names the layer`() throws {
    let broken = try checkpoint {
      $0["stem.norm.scale"]!.values[2] = .greatestFiniteMagnitude
      $0["stem.norm.variance"]!.values[2] = 0
    }
    var quantizer = try quantizer(broken)
    #expect(throws: QuantizationError.notFinite(layer: "stem")) {
      try quantizer.calibrate(clips(2), clipCount: 2, frameCount: Self.frameCount)
      _ = try quantizer.model(
        detection: DetectionParameters(
          smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
          rearmRatio: 0.5, rejectLabels: []),
        provenance: broken.provenance)
    }
  }

  private let detection = DetectionParameters(
    smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
    rearmRatio: 0.5, rejectLabels: [])

  /// Two clips of values `plusMinus`, alternating in sign.
  private func extremeClips(_ plusMinus: Float) -> SharedBuffer<Float> {
    SharedBuffer(
      (0..<2 * Self.frameCount * Self.coefficientCount).map { $0 % 2 == 0 ? plusMinus : -plusMinus }
    )
  }

  @Test(arguments: [2e37, 3.4e38, .infinity, .nan])
  func `features that overflow are an error`(magnitude: Float) throws {
    var quantizer = try quantizer(checkpoint())
    #expect(throws: QuantizationError.notFinite(layer: "input")) {
      try quantizer.calibrate(extremeClips(magnitude), clipCount: 2, frameCount: Self.frameCount)
    }
  }

  @Test func `activations near overflow are an error that names the layer`() throws {
    let wide = try checkpoint { tensors in
      tensors["mix.weight"]!.values = tensors["mix.weight"]!.values.map { _ in 1e33 }
    }
    var quantizer = try quantizer(wide)
    #expect(throws: QuantizationError.notFinite(layer: "mix")) {
      try quantizer.calibrate(clips(2), clipCount: 2, frameCount: Self.frameCount)
    }
  }

  @Test func `large features below the limit are quantized`() throws {
    var quantizer = try quantizer(checkpoint())
    try quantizer.calibrate(extremeClips(1e29), clipCount: 2, frameCount: Self.frameCount)
    let model = try quantizer.model(detection: detection, provenance: checkpoint().provenance)
    #expect(abs(model.input.scale / (2e29 / 255) - 1) < 0.6)
  }

  @Test func `a step of 0 leaves a bias of 0 and takes any other to the limit`() throws {
    // Products of the least scale of the input and of such weights are 0 in single precision.
    let faint = try checkpoint { tensors in
      tensors["stem.weight"]!.values = tensors["stem.weight"]!.values.map { _ in 1e-30 }
      tensors["stem.norm.shift"]!.values = [0, 0, 0, 1, -1, 0]
    }
    var quantizer = try quantizer(faint)
    try quantizer.calibrate(extremeClips(1e-37), clipCount: 2, frameCount: Self.frameCount)
    let model = try quantizer.model(detection: detection, provenance: faint.provenance)
    #expect(model.layers[0].bias == [0, 0, 0, 1 << 30, -1 << 30, 0])
  }

  /// Mean squared difference of the logits to those of the network in real numbers, as part of
  /// their variance.
  private func logitError(_ network: Network, _ real: Network) -> Float {
    let features = clips(64)
    func logits(_ network: Network) -> [Float] {
      let span = network.forward(
        features, clipCount: 64, frameCount: Self.frameCount,
        continues: Array(repeating: false, count: 64), history: nil, mode: .inference
      ).span
      return (0..<64 * 3).map { span[$0] }
    }
    let (found, expected) = (logits(network), logits(real))
    let mean = expected.reduce(0, +) / Float(expected.count)
    let variance = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / variance
  }

  @Test func `statistics taken anew and a corrected bias bring few bits nearer to the network`()
    throws
  {
    let features = clips(64)
    let continues = Array(repeating: false, count: 64)
    // A random network was never trained: its own statistics come first.
    let real = try Network(architecture: architecture, tensors: checkpoint().tensors)
    for _ in 0..<40 {
      real.forward(
        features, clipCount: 64, frameCount: Self.frameCount, continues: continues, history: nil,
        mode: .statistics)
    }
    let checkpoint = try checkpoint { $0 = real.exportTensors() }
    var (plain, corrected) = (
      try quantizer(checkpoint, bits: [2]), try quantizer(checkpoint, bits: [2])
    )
    for _ in 0..<40 {
      corrected.correct(
        features, clipCount: 64, frameCount: Self.frameCount, continues: continues)
    }
    corrected.correctLogits(features, clipCount: 64, frameCount: Self.frameCount)
    try plain.calibrate(features, clipCount: 64, frameCount: Self.frameCount)
    try corrected.calibrate(features, clipCount: 64, frameCount: Self.frameCount)
    let before = logitError(try plain.simulation(), real)
    let after = logitError(try corrected.simulation(), real)
    #expect(after < 0.7 * before, "\(before) to \(after)")
  }

  @Test func `fewer bits take fewer bytes and lie on their levels`() throws {
    let checkpoint = try checkpoint()
    var sizes: [Int] = []
    for bits in WeightLevels.bitCounts {
      var quantizer = try quantizer(checkpoint, bits: [bits])
      try quantizer.calibrate(clips(8), clipCount: 8, frameCount: Self.frameCount)
      let model = try quantizer.model(detection: detection, provenance: checkpoint.provenance)
      for layer in model.layers where layer.weightBits > 0 {
        #expect(layer.weightBits == bits)
        let levels = WeightLevels(bitCount: bits)
        #expect(layer.weights.allSatisfy { levels.contains(Int($0)) })
      }
      #expect(try QuantizedModel(reading: model.encoded()) == model)
      sizes.append(model.byteCount)
    }
    #expect(sizes == sizes.sorted() && Set(sizes).count == sizes.count)
  }
}
