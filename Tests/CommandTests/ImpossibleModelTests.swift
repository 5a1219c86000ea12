// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ModelFormat
import SpeechFeatures
import Testing

/// Models whose file is sound, but which ask for what cannot be.
@Suite struct ImpossibleModelTests {
  private let folder: TemporaryFolder
  private let model: QuantizedModel

  init() throws {
    folder = try TemporaryFolder()
    let path = SourceTree.root + "models/default.safetensors"
    model = try QuantizedModel(reading: Array(Data(contentsOf: URL(fileURLWithPath: path))))
  }

  @Test func `the unchanged model passes the way that the changed ones go`() throws {
    let path = try folder.write("same", model.encoded())
    #expect(try Command(["inspect", path]).status == 0)
  }

  private static let changes: [(name: String, change: @Sendable (inout QuantizedModel) -> Void)] = [
    ("windowLength is 0", { $0.features.windowLength = 0 }),
    ("hopLength is 0", { $0.features.hopLength = 0 }),
    ("hopLength of 1 samples, expected 16", { $0.features.hopLength = 1 }),
    ("8000 samples per second, expected 16000", { $0.features.sampleRate = 8_000 }),
    ("smoothingSeconds is 60.0", { $0.detection.smoothingSeconds = 60 }),
    ("floor", { $0.features.powerFloor = -1 }),
    ("band", { $0.features.highFrequency = 100_000 }),
    ("coefficients", { $0.features.cepstralCoefficientCount = 10 }),
    ("smoothingSeconds is -1", { $0.detection.smoothingSeconds = -1 }),
    ("minimumCount is 0", { $0.detection.minimumCount = 0 }),
    ("zebra", { $0.detection.thresholds = ["zebra": 0.5] }),
    ("left", { $0.labels.append("left") }),
    ("stem", { $0.layers[0].weightScales[0] = .infinity }),
    ("stem", { $0.layers[0].weights[0] = -128 }),
    ("layers[0].output", { $0.layers[0].output = nil }),
    ("normalization", { $0.normalization.mean[3] = .nan }),
  ]

  @Test(arguments: changes.indices)
  func `a model that cannot be run is refused with the field, in words`(index: Int) throws {
    let (name, change) = Self.changes[index]
    var changed = model
    change(&changed)
    let path = try folder.write("changed", changed.encoded())
    let noise = try Speech.path("Noise")
    for arguments in [["inspect", path], ["replay", "--model", path, noise]] {
      let run = try Command(arguments)
      #expect(run.status == 65, "\(name): \(run.error)")
      #expect(run.output == "")
      #expect(run.error.hasPrefix("kws: \(path): "))
      #expect(run.error.contains(name), "\(run.error)")
      #expect(run.error.hasSuffix(".\n"))
      for raw in ["Error.", "field:", "Optional", "ModelFormat", "internal error"] {
        #expect(!run.error.contains(raw), "\(run.error)")
      }
    }
  }
}
