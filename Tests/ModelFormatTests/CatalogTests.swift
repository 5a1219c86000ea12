// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ModelFormat
import SpeechFeatures
import Testing

/// Every named architecture, with 12 classes on the features that it is meant for.
@Suite struct CatalogTests {
  private func architecture(_ entry: ArchitectureCatalog) -> Architecture {
    entry.architecture(
      coefficientCount: entry.features.coefficientCount,
      windowFrameCount: entry.features.frameCount(sampleCount: 16_000), labelCount: 12)
  }

  private func totals(_ entry: ArchitectureCatalog) throws -> (weights: Int, mac: Int) {
    let costs = try architecture(entry).costs(framesPerSecond: 100)
    return (
      costs.reduce(0) { $0 + $1.weightCount }, costs.reduce(0) { $0 + $1.macPerWindow }
    )
  }

  @Test(arguments: ArchitectureCatalog.allCases)
  func `every entry makes sense on its features and keeps its name`(
    entry: ArchitectureCatalog
  ) throws {
    let architecture = architecture(entry)
    #expect(architecture.name == entry.rawValue)
    let geometry = try architecture.geometry()
    #expect(geometry.last?.output == ColumnShape(frequencyCount: 1, channelCount: 12))
    #expect(entry.features.windowLength == 512 && entry.features.fftLength == 512)
    #expect(architecture.windowFrameCount == (entry.features.hopLength == 160 ? 97 : 49))
  }

  @Test func `features are those of the papers`() {
    for entry in ArchitectureCatalog.allCases {
      let expected: (Int?, Int) =
        switch entry {
        case .dsCNNSmall, .dsCNNMedium, .dsCNNLarge, .searched10, .derived: (10, 320)
        case .searched20: (20, 320)
        default: (nil, 160)
        }
      #expect(entry.features.cepstralCoefficientCount == expected.0)
      #expect(entry.features.hopLength == expected.1)
      #expect(entry.features.melBinCount == 40)
    }
  }

  @Test func `DS-CNN has the published weights, and operations for 24 columns`() throws {
    // Published are 22.0, 133.5 and 407.7 k weights, and 2.66, 9.82 and 28.33 M operations. Those
    // are for 25 and, after another stride, 13 columns; causal strides leave 24 and 12 of 49.
    // S: (40 * 64 + 4 * (9 * 64 + 64 * 64)) * 5 frequencies * 24 columns + 64 * 12.
    var (weights, mac) = try totals(.dsCNNSmall)
    #expect(weights == 40 * 64 + 4 * (9 * 64 + 64 * 64) + 64 * 12)
    #expect(weights == 22_016)
    #expect(mac == 2_550_528)
    #expect((mac - 768) / 24 * 25 + 768 == 2_656_768)
    // M: 40 * 172 * 10 * 24 + 4 * (9 * 172 + 172 * 172) * 5 * 12 + 172 * 12.
    (weights, mac) = try totals(.dsCNNMedium)
    #expect(weights == 133_472)
    #expect(mac == 1_651_200 + 7_471_680 + 2_064)
    // L: 40 * 276 * 10 * 24 + 5 * (9 * 276 + 276 * 276) * 5 * 12 + 276 * 12.
    (weights, mac) = try totals(.dsCNNLarge)
    #expect(weights == 407_652)
    #expect(mac == 2_649_600 + 23_598_000 + 3_312)
  }

  @Test func `BC-ResNet has the published parameters and a bias where nothing normalizes`() throws {
    // Published are 9,232 parameters (9.2 k), 27.3 k and 54.2 k. Twelve blocks of 2 * 8, 2 * 12,
    // 4 * 16 and 4 * 20 channels per width, and the tail of 20, have a bias here.
    for (entry, width, published) in [
      (ArchitectureCatalog.bcResNet1, 1, 9_232...9_232), (.bcResNet2, 2, 27_250...27_349),
      (.bcResNet3, 3, 54_150...54_249),
    ] {
      let count = try architecture(entry).geometry().reduce(0) { $0 + $1.parameterCount }
      #expect(published.contains(count - 204 * width), "\(entry): \(count)")
    }
  }

  @Test func `BC-ResNet has the published operations, which are not only multiply-accumulates`()
    throws
  {
    // Width 1, per column: 400 on 20 frequencies; stages of 3128 + 568, 2460 + 540, 2464 + 3 * 544
    // and 2360 + 3 * 760; 500 + 640 behind them.
    let perColumn = 8_000 + 3_696 + 3_000 + 4_096 + 4_640 + 1_140
    #expect(try totals(.bcResNet1).mac == perColumn * 97 + 32 * 12)
    // Published are 3.1, 8.5 and 16.2 M. That is what 100 columns cost with two operations for each
    // value that is normalized, and one for each that is averaged.
    for (entry, millions) in [
      (ArchitectureCatalog.bcResNet1, 3.1), (.bcResNet2, 8.5), (.bcResNet3, 16.2),
    ] {
      let perColumn = try architecture(entry).geometry().reduce(0) { sum, layer in
        let other =
          layer.layer.operation == .frequencyAverage
          ? layer.input.count : layer.layer.normalization == .none ? 0 : 2 * layer.output.count
        return sum + (layer.followsPool ? 0 : layer.macPerColumn) + other
      }
      #expect(abs(Double(perColumn) * 100 / 1e6 / millions - 1) < 0.01, "\(entry): \(perColumn)")
    }
  }

  @Test func `a block of BC-ResNet is wired as published`() throws {
    let geometry = try architecture(.bcResNet1).geometry()
    func layer(_ name: String) throws -> LayerGeometry {
      try #require(geometry.first { $0.layer.name == name })
    }
    #expect(geometry.filter { $0.layer.name.hasSuffix(".sum") }.count == 12)
    #expect(geometry.filter { $0.layer.name.hasSuffix(".change") }.count == 4)
    let first = try layer("stage2.block1.sum")
    #expect(first.layer.operation == .sum(with: ["stage2.block1.pointwise"]))
    #expect(first.layer.input == "stage2.block1.frequency" && first.layer.activation == .relu)
    #expect(first.output == ColumnShape(frequencyCount: 10, channelCount: 12))
    let second = try layer("stage2.block2.sum")
    #expect(
      second.layer.operation == .sum(with: ["stage2.block2.pointwise", "stage2.block1.sum"]))
    let time = try layer("stage4.block3.time")
    #expect(time.historyCount == 16 && time.input.frequencyCount == 1)
    #expect(try layer("stage4.block3.pointwise").layer.dropout == 0.1)
    let tail = try layer("tail")
    #expect(tail.input.frequencyCount == 5 && tail.output.frequencyCount == 1)
    // Frames that an output sees: 117, as counted by hand.
    let blocks = 2 * 2 * (1 + 2) + 4 * 2 * (4 + 8)
    let own = geometry.filter { $0.window != nil }.reduce(0) { $0 + $1.historyCount }
    #expect(own == 4 + blocks + 4 && own + 1 == 117)
  }

  @Test func `the searched networks have the weights of the released ones`() throws {
    // 244,208 and 167,472 weights; 88 and 72 channels, 24 and 12 of the published 26 and 13 columns.
    let (weights, mac) = try totals(.searched10)
    #expect(weights == 244_208)
    // 55 * 88 * 10 * 24 for the stem; (88 * 176 on 10 x 24, then 49 * 176 + 176 * 88 on 5 x 12); two
    // blocks of (2 * 88 * 176 + 49 * 176) and nine of 88 * 88 and 49 or 25 taps; 88 * 184 on 5 x 12.
    let stem = 55 * 88 * 10 * 24
    let first = 88 * 176 * 10 * 24 + (49 * 176 + 176 * 88) * 60
    let wide = 2 * (2 * 88 * 176 + 49 * 176) * 60
    let narrow = (9 * 88 * 88 + (6 * 49 + 3 * 25) * 88) * 60
    #expect(mac == stem + first + wide + narrow + 88 * 184 * 60 + 184 * 12)
    #expect(try totals(.searched20).weights == 167_472)
  }

  @Test func `the derived network costs what it was measured with`() throws {
    let (weights, mac) = try totals(.derived)
    #expect((weights + 500) / 1000 == 294)
    #expect((mac + 5_000) / 10_000 == 1_208)
    let geometry = try architecture(.derived).geometry()
    #expect(geometry.filter { $0.residualIndex != nil }.count == 7)
  }

  @Test func `the temporal networks are those that models were trained with`() throws {
    // 120 on 20 and 72 on 10 frequencies of 97 columns; on 48 columns 3 * 80 * 64, twelve pairs of
    // 7 * 64 + 64 * 64, and 64 * 96; 96 * 12.
    let onEveryFrame = (120 * 20 + 72 * 10) * 97
    let onEverySecond = (3 * 80 * 64 + 12 * (7 * 64 + 64 * 64) + 64 * 96) * 48
    #expect(try totals(.temporal64).mac == onEveryFrame + onEverySecond + 96 * 12)
    // The default model was trained from the catalog before the other families came to it.
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("models/default.safetensors")
    let model = try QuantizedModel(reading: Array(Data(contentsOf: file)))
    #expect(model.architecture == architecture(.temporal64))
    #expect(model.features == ArchitectureCatalog.temporal64.features)
  }
}
