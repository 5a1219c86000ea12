// SPDX-License-Identifier: GPL-3.0-or-later

/// What one epoch of training brought.
package struct EpochReport: Equatable, Sendable {
  /// Epochs done, this one included.
  package var epoch: Int

  /// Mean training loss in nats, label smoothing included.
  package var loss: Double

  /// Part of the (augmented) training clips decided right.
  package var trainingAccuracy: Double

  /// Validation with every clip from reset, and in-stream.
  package var validation: ValidationReport

  /// Training clips per second, validation not counted.
  package var clipsPerSecond: Double

  package init(
    epoch: Int, loss: Double, trainingAccuracy: Double, validation: ValidationReport,
    clipsPerSecond: Double
  ) {
    self.epoch = epoch
    self.loss = loss
    self.trainingAccuracy = trainingAccuracy
    self.validation = validation
    self.clipsPerSecond = clipsPerSecond
  }
}

/// How many validation clips were decided right.
package struct ValidationReport: Equatable, Sendable {
  package var clipCount: Int

  /// Decided right with every clip starting from reset.
  package var correctFromReset: Int

  /// Decided right with every clip following another in a stream.
  package var correctInStream: Int

  package init(clipCount: Int, correctFromReset: Int, correctInStream: Int) {
    self.clipCount = clipCount
    self.correctFromReset = correctFromReset
    self.correctInStream = correctInStream
  }

  /// Part decided right from reset.
  package var accuracyFromReset: Double { Double(correctFromReset) / Double(max(clipCount, 1)) }

  /// Part decided right in-stream.
  package var accuracyInStream: Double { Double(correctInStream) / Double(max(clipCount, 1)) }
}
