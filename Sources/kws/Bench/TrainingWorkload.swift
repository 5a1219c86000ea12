// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import SpeechFeatures
import Storage

/// A network whose training is timed, with the features that it is trained on.
struct TrainingWorkload {
  var architecture: Architecture
  var features: FeatureConfiguration

  /// What is timed where nothing is named: inverted residuals with kernels of three sizes and of one
  /// each, and published networks small and large.
  static let standard = [
    "derived", "all-5x5", "all-7x7", "ds-cnn-s", "ds-cnn-l", "bc-resnet-1",
  ]

  /// `derived` with one kernel size and expansion 6 in every block, by name.
  private static let kernelSizes = ["all-5x5": 5, "all-7x7": 7]

  /// The workload that goes by `name`, or that of the architecture in the JSON file of that name.
  init(_ name: String, labels: [String]) throws {
    if let size = Self.kernelSizes[name] {
      self = try Self("derived", labels: labels)
      try architecture.setEveryBlock(kernelSize: size, expansion: 6)
      architecture.name = name
      return
    }
    if let entry = ArchitectureCatalog(rawValue: name) {
      features = entry.features
      architecture = entry.architecture(
        coefficientCount: features.coefficientCount,
        windowFrameCount: features.frameCount(sampleCount: features.sampleRate),
        labelCount: labels.count)
      return
    }
    features =
      name.hasSuffix(".json")
      ? try Self.features(
        of: decodeArchitecture(File.read(name, limit: architectureFileLimit), from: name),
        path: name)
      : FeatureConfiguration()
    architecture = try loadArchitecture(
      name, coefficientCount: features.coefficientCount,
      windowFrameCount: features.frameCount(sampleCount: features.sampleRate), labels: labels)
  }

  /// The features whose frames and coefficients an architecture reads; a precomputed set has those
  /// of 10 and of 20 milliseconds.
  private static func features(
    of architecture: Architecture, path: String
  ) throws -> FeatureConfiguration {
    let own = FeatureConfiguration()
    let count = architecture.coefficientCount
    for hop in [160, 320] {
      let features = FeatureConfiguration(
        hopLength: hop, cepstralCoefficientCount: count == own.coefficientCount ? nil : count)
      if features.frameCount(sampleCount: features.sampleRate) == architecture.windowFrameCount {
        return features
      }
    }
    throw CommandError(
      "\(path): windowFrameCount is \(architecture.windowFrameCount), expected 97 or 49: the frames "
        + "of a second at a hop of 160 or 320 samples.", .badData)
  }

  /// Multiply-accumulates of a clip's forward pass.
  var macPerClip: Int {
    get throws { try architecture.geometry().map(\.macPerWindow).reduce(0, +) }
  }

  /// Floating-point operations of a clip's step: two per multiply-accumulate of the forward pass,
  /// of the weights' gradients and of the inputs' gradients. The features need no gradient.
  var operationsPerClip: Int {
    get throws {
      let geometry = try architecture.geometry()
      var readsFeatures: [Bool] = []
      var total = 0
      for layer in geometry {
        // A view of the features is the features.
        let reads =
          layer.inputIndex.map {
            readsFeatures[$0] && geometry[$0].layer.operation == .frequencyToChannels
          } ?? true
        readsFeatures.append(reads)
        total += 2 * layer.macPerWindow * (reads ? 2 : 3)
      }
      return total
    }
  }
}

extension LayerGeometry {
  fileprivate var macPerWindow: Int { cost(framesPerSecond: 1).macPerWindow }
}

extension Architecture {
  /// Gives every depthwise layer a square kernel, and every pointwise layer before one so many
  /// outputs per input.
  fileprivate mutating func setEveryBlock(kernelSize: Int, expansion: Int) throws {
    let inputs = try geometry().map(\.input.channelCount)
    for index in layers.indices {
      switch layers[index].operation {
      case .depthwise(var window):
        window.kernel = Extent(time: kernelSize, frequency: kernelSize)
        layers[index].operation = .depthwise(window: window)
      case .convolution(_, let window):
        guard window.kernel.count == 1, index + 1 < layers.count,
          case .depthwise = layers[index + 1].operation
        else { continue }
        layers[index].operation = .convolution(
          outputChannelCount: expansion * inputs[index], window: window)
      default: continue
      }
    }
  }
}
