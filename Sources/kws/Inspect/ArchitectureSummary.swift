// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// What `kws inspect` shows of an architecture without a model, as values.
struct ArchitectureSummary {
  /// One layer of the table.
  struct Row {
    var geometry: LayerGeometry

    /// Per second only where the summary has a hop.
    var cost: LayerCost
  }

  var architecture: Architecture

  /// Samples from frame to frame with which a second has the architecture's window, of those that
  /// models are made with; nil where neither fits.
  var hopLength: Int?

  var rows: [Row]

  var weightCount: Int { rows.reduce(0) { $0 + $1.cost.weightCount } }

  /// Weights, biases, scales and shifts.
  var parameterCount: Int { rows.reduce(0) { $0 + $1.geometry.parameterCount } }

  /// Multiply-accumulates for one window from reset.
  var macPerWindow: Int { rows.reduce(0) { $0 + $1.cost.macPerWindow } }

  /// Multiply-accumulates per second of stream.
  var macPerSecond: Double? {
    hopLength.map { _ in rows.reduce(0) { $0 + $1.cost.macPerSecond } }
  }

  init(_ architecture: Architecture) throws(ArchitectureError) {
    self.architecture = architecture
    let hopLength = [160, 320].first { hop in
      let features = FeatureConfiguration(hopLength: hop)
      return features.frameCount(sampleCount: features.sampleRate)
        == architecture.windowFrameCount
    }
    self.hopLength = hopLength
    let sampleRate = FeatureConfiguration().sampleRate
    rows = try architecture.geometry().map { geometry in
      Row(
        geometry: geometry,
        cost: geometry.cost(
          framesPerSecond: hopLength.map { Double(sampleRate) / Double($0) } ?? 0))
    }
  }
}
