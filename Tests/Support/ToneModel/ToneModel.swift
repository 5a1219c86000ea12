// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
import SpeechFeatures

/// A network by hand that tells a low tone from a high one: two channels compare the lower four of
/// eight mel bins with the upper four, a window of 97 frames averages them, and the third label
/// wins while neither lasts.
package func toneModel() -> QuantizedModel {
  let architecture = Architecture(
    name: "tones", coefficientCount: 8, windowFrameCount: 97,
    layers: [
      Layer(name: "channels", operation: .frequencyToChannels),
      Layer(
        name: "compare",
        operation: .convolution(
          outputChannelCount: 2,
          window: Window(
            kernel: Extent(time: 1, frequency: 1),
            stride: Extent(time: 2, frequency: 1), dilation: 1)),
        activation: .relu),
      Layer(name: "pool", operation: .averagePool),
      Layer(name: "head", operation: .dense(outputCount: 3)),
    ])
  let input = ActivationQuantization(scale: 0.1, zeroPoint: 70)
  let low = [Int8](repeating: 1, count: 4) + [Int8](repeating: -1, count: 4)
  let none = QuantizedLayer(
    weightBits: 0, weights: [], weightScales: [], bias: [], output: input)
  let pooled = ActivationQuantization(scale: 0.05, zeroPoint: 0)
  return QuantizedModel(
    architecture: architecture,
    features: FeatureConfiguration(melBinCount: 8),
    normalization: FeatureNormalization(
      mean: Array(repeating: -8, count: 8), scale: Array(repeating: 1, count: 8)),
    labels: ["low", "high", "_silence_"], input: input,
    layers: [
      none,
      QuantizedLayer(
        weightBits: 8, weights: low + low.map { -$0 }, weightScales: [0.25, 0.25], bias: [0, 0],
        output: ActivationQuantization(scale: 0.1, zeroPoint: 0)),
      QuantizedLayer(weightBits: 0, weights: [], weightScales: [], bias: [], output: pooled),
      QuantizedLayer(
        weightBits: 8, weights: [100, 0, 0, 100, 0, 0], weightScales: [0.04, 0.04, 0.04],
        bias: [0, 0, 2500], output: nil),
    ],
    detection: DetectionParameters(
      smoothingSeconds: 0.1, defaultThreshold: 0.6, minimumCount: 2, refractorySeconds: 0.5,
      rearmRatio: 0.5, rejectLabels: ["_silence_"]),
    provenance: Provenance(
      license: "", attribution: "", datasetDigest: "", commands: [], seed: 0, accuracy: []))
}

/// Faint noise with tones in the given ranges; one second is 16000 samples.
package func signal(_ count: Int, _ tones: [(Range<Int>, frequency: Double)]) -> [Float] {
  var samples = [Float](repeating: 0, count: count)
  var state: UInt64 = 5
  for index in samples.indices {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    samples[index] = Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648 * 0.0005
  }
  for (range, frequency) in tones {
    // A rotation by one step per sample: sine and cosine without a library.
    let step = 2 * Double.pi * frequency / 16_000
    let (cosine, sine) = (1 - step * step / 2, step)
    var (x, y) = (0.3, 0.0)
    for index in range where index < count {
      samples[index] += Float(y)
      (x, y) = (x * cosine - y * sine, x * sine + y * cosine)
      let length = 0.3 / (x * x + y * y).squareRoot()
      (x, y) = (x * length, y * length)
    }
  }
  return samples
}
