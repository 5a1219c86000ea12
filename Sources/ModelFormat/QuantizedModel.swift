// SPDX-License-Identifier: GPL-3.0-or-later

package import SpeechFeatures

/// A network in integers with everything that running it needs: features, labels, thresholds and
/// where it comes from.
///
/// A real value is `scale * (q - zeroPoint)` for activations (unsigned, 8 or 4 bits, per tensor) and
/// `scale[c] * q` for weights (signed, per output channel; with SubSpectralNorm per band of output
/// frequencies and output channel, as the normalization is part of it).
package struct QuantizedModel: Equatable, Sendable {
  package var architecture: Architecture
  package var features: FeatureConfiguration
  package var normalization: FeatureNormalization

  /// One label per output of the network, in order.
  package var labels: [String]

  /// Quantization of the normalized features.
  package var input: ActivationQuantization

  /// One element per layer of the architecture.
  package var layers: [QuantizedLayer]

  package var detection: DetectionParameters

  /// What each threshold costs; nil where nobody has measured it.
  package var operatingPoints: OperatingPoints?

  /// On which prior the scores are probabilities; nil where nobody has calibrated them.
  package var scores: ScoreCalibration?

  package var provenance: Provenance

  package init(
    architecture: Architecture, features: FeatureConfiguration,
    normalization: FeatureNormalization, labels: [String], input: ActivationQuantization,
    layers: [QuantizedLayer], detection: DetectionParameters,
    operatingPoints: OperatingPoints? = nil, scores: ScoreCalibration? = nil,
    provenance: Provenance
  ) {
    self.architecture = architecture
    self.features = features
    self.normalization = normalization
    self.labels = labels
    self.input = input
    self.layers = layers
    self.detection = detection
    self.operatingPoints = operatingPoints
    self.scores = scores
    self.provenance = provenance
  }

  /// The labels that can fire.
  package var keywords: [String] { labels.filter { !detection.rejectLabels.contains($0) } }
}

/// Per-coefficient normalization learned on the training set: `(x - mean[i]) * scale[i]`.
package struct FeatureNormalization: Equatable, Sendable {
  package var mean: [Float]
  package var scale: [Float]

  package init(mean: [Float], scale: [Float]) {
    self.mean = mean
    self.scale = scale
  }
}

/// The integers of one layer. Layers without weights have empty arrays.
package struct QuantizedLayer: Equatable, Sendable {
  /// Bits per weight in the file, one of `WeightLevels.bitCounts`; 0 for a layer without weights.
  package var weightBits: Int

  /// Convolution `[output, time, frequency, input]`, depthwise `[time, frequency, channel]`, dense
  /// `[output, input]`; levels of `WeightLevels`, so within -127...127.
  package var weights: [Int8]

  /// Real value of one weight step, `[channel]` and positive; with SubSpectralNorm
  /// `[band, channel]`, times the normalization's gain and so of either sign, but not 0. The gain is
  /// not in the weights, which all bands share.
  package var weightScales: [Float]

  /// In the shape of `weightScales`, in steps of `inputScale * weightScales[i]`; the input's zero
  /// point is not folded in. Magnitude at most 2^30.
  package var bias: [Int32]

  /// Quantization of the layer's output, after residual and activation; nil for the last layer,
  /// whose int32 sums become real logits. A `frequencyToChannels` layer repeats its input's.
  package var output: ActivationQuantization?

  package init(
    weightBits: Int, weights: [Int8], weightScales: [Float], bias: [Int32],
    output: ActivationQuantization?
  ) {
    self.weightBits = weightBits
    self.weights = weights
    self.weightScales = weightScales
    self.bias = bias
    self.output = output
  }
}

/// When a stream of posteriors becomes a detection. Durations in seconds.
package struct DetectionParameters: Codable, Equatable, Sendable {
  /// Length of the moving average over posteriors.
  package var smoothingSeconds: Float

  /// Smoothed posterior at which a keyword fires; labels that are not listed use `defaultThreshold`.
  package var thresholds: [String: Float]

  package var defaultThreshold: Float

  /// Consecutive outputs that must lie at or above the threshold.
  package var minimumCount: Int

  /// After a detection no other follows within this time.
  package var refractorySeconds: Float

  /// A keyword that fired is armed again once its score has dropped below this part of its
  /// threshold.
  package var rearmRatio: Float

  /// Labels that never fire: silence and unknown.
  package var rejectLabels: [String]

  package init(
    smoothingSeconds: Float, thresholds: [String: Float] = [:], defaultThreshold: Float,
    minimumCount: Int, refractorySeconds: Float, rearmRatio: Float, rejectLabels: [String]
  ) {
    self.smoothingSeconds = smoothingSeconds
    self.thresholds = thresholds
    self.defaultThreshold = defaultThreshold
    self.minimumCount = minimumCount
    self.refractorySeconds = refractorySeconds
    self.rearmRatio = rearmRatio
    self.rejectLabels = rejectLabels
  }
}

/// Where a model comes from.
package struct Provenance: Codable, Equatable, Sendable {
  /// Licence of the model file, an SPDX expression.
  package var license: String

  /// Who must be named, for what.
  package var attribution: String

  /// SHA-256 over the training data's index, in hexadecimal.
  package var datasetDigest: String

  /// The commands that made the model, in order.
  package var commands: [String]

  package var seed: UInt64

  /// Measured accuracies in words, such as `validation, from reset, int8: 95.1 % of 3091 clips`.
  package var accuracy: [String]

  package init(
    license: String, attribution: String, datasetDigest: String, commands: [String], seed: UInt64,
    accuracy: [String]
  ) {
    self.license = license
    self.attribution = attribution
    self.datasetDigest = datasetDigest
    self.commands = commands
    self.seed = seed
    self.accuracy = accuracy
  }
}
