// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Interchange
import ModelFormat
import PublishedNetworks
import SpeechFeatures
import Testing

/// A folder of the published files, named `<setting>.json`.
private let publishedFolder = ProcessInfo.processInfo.environment["KWS_NET_CONFIGS"]

@Suite struct NetConfigTests {
  /// The five figures as the table prints them.
  private func printed(_ cost: PublishedCost) -> [String] {
    func scaled(_ value: Int, _ unit: Double, _ decimals: Int) -> String {
      String(format: "%.\(decimals)f", Double(value) / unit)
    }
    return [
      scaled(cost.weightCount, 1e3, 1), scaled(cost.parameterCount, 1e3, 1),
      scaled(cost.countedTwiceParameterCount, 1e3, 2), scaled(cost.mac, 1e6, 2),
      scaled(cost.macWithStemRoundedDown, 1e6, 1),
    ]
  }

  @Test(arguments: PublishedNetwork.all)
  func `the published figures follow from the file`(network: PublishedNetwork) throws {
    let config = try NetConfig(reading: Array(network.text.utf8))
    let cost = try config.publishedCost(coefficientCount: network.coefficientCount)
    #expect(printed(cost) == network.printed, "\(network.name)")
  }

  @Test(.enabled(if: publishedFolder != nil), arguments: PublishedNetwork.all)
  func `the published file is the one of the tests`(network: PublishedNetwork) throws {
    let path = "\(publishedFolder!)/\(network.name).json"
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    let config = try NetConfig(reading: bytes)
    #expect(try config == NetConfig(reading: Array(network.text.utf8)))
    let cost = try config.publishedCost(coefficientCount: network.coefficientCount)
    #expect(printed(cost) == network.printed)
  }

  @Test func `the weights of the headlines are exact`() throws {
    let costs = try ["wm1.25_3", "mfcc20_4"].map { name in
      let network = try #require(PublishedNetwork.all.first { $0.name == name })
      return try NetConfig(reading: Array(network.text.utf8)).publishedCost(
        coefficientCount: network.coefficientCount)
    }
    // 6,352 and 5,184 scales and shifts, 12 biases.
    #expect(costs.map(\.weightCount) == [244_208, 167_472])
    #expect(costs.map(\.parameterCount) == [244_208 + 6_352 + 12, 167_472 + 5_184 + 12])
    #expect(costs.map(\.countedTwiceParameterCount) == [494_780, 340_140])
  }

  @Test(arguments: [("wm1.25_3", ArchitectureCatalog.searched10), ("mfcc20_4", .searched20)])
  func `the catalog has the imported network`(name: String, entry: ArchitectureCatalog) throws {
    let network = try #require(PublishedNetwork.all.first { $0.name == name })
    let imported = try NetConfig(reading: Array(network.text.utf8)).architecture(
      name: entry.rawValue, coefficientCount: network.coefficientCount)
    let own = entry.architecture(
      coefficientCount: entry.features.coefficientCount, windowFrameCount: 49, labelCount: 12)
    #expect(imported == own)
  }

  @Test func `a block left out leaves the others their names and inputs`() throws {
    let network = PublishedNetwork.all[0]
    let architecture = try NetConfig(reading: Array(network.text.utf8)).architecture(
      name: "5", coefficientCount: 10)
    let geometry = try architecture.geometry()
    #expect(
      architecture.layers.map(\.name) == [
        "stem", "block1.depthwise", "block1.project", "block2.depthwise", "block2.project",
        "block5.depthwise", "block5.project", "mix", "pool", "head",
      ])
    #expect(architecture.layers[6].residual == "block2.project")
    // 49 frames leave 24 and 12 columns.
    #expect(geometry.map(\.windowColumnCount) == [24, 12, 12, 12, 12, 12, 12, 12, 12, 12])
    #expect(geometry[1].output == ColumnShape(frequencyCount: 5, channelCount: 72))
  }
}
