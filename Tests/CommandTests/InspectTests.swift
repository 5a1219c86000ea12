// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct InspectTests {
  @Test func `JSON has every field, and layers add up to the totals`() throws {
    let run = try Command(["inspect", "--json"])
    #expect(run.status == 0)
    #expect(run.error == "")
    let object = try #require(run.objects().first)
    #expect(
      Set(object.keys) == [
        "architecture", "labels", "features", "macPerWindow", "macPerSecond", "modelBytes",
        "stateBytesPerStream", "kernels", "layers", "detection", "license", "attribution",
        "datasetDigest", "seed", "commands", "accuracy",
      ])
    let layers = try #require(object["layers"] as? [[String: Any]])
    for layer in layers {
      #expect(
        Set(layer.keys) == [
          "name", "operation", "output", "weightBits", "macPerWindow", "macPerSecond", "bytes",
        ])
    }
    #expect(
      layers.compactMap { $0["macPerWindow"] as? Int }.reduce(0, +)
        == object["macPerWindow"] as? Int)
    let layerBytes = layers.compactMap { $0["bytes"] as? Int }.reduce(0, +)
    let modelBytes = try #require(object["modelBytes"] as? Int)
    // What is left is the quantization of the input and the normalization of 40 coefficients.
    #expect(modelBytes - layerBytes == 5 + 8 * 40)
    let macPerWindow = try #require(object["macPerWindow"] as? Int)
    #expect((2_000_000...4_000_000).contains(macPerWindow))
    #expect(try #require(object["stateBytesPerStream"] as? Int) > 10_000)
    let detection = try #require(object["detection"] as? [String: Any])
    let thresholds = try #require(detection["thresholds"] as? [String: Double])
    #expect(thresholds.count == 10 && thresholds["left"] != nil)
    #expect(!(try #require(object["accuracy"] as? [String])).isEmpty)
  }

  @Test func `text shows the same model`() throws {
    let run = try Command(["inspect"])
    #expect(run.status == 0)
    let object = try #require(Command(["inspect", "--json"]).objects().first)
    for key in ["architecture", "license", "attribution", "datasetDigest", "kernels"] {
      #expect(run.output.contains(try #require(object[key] as? String)))
    }
    for layer in try #require(object["layers"] as? [[String: Any]]) {
      let name = try #require(layer["name"] as? String)
      #expect(run.lines.contains { $0.hasPrefix("\(name)  ") || $0.hasPrefix("\(name) ") })
    }
  }

  @Test(arguments: ["features", "inference", "stream"])
  func `benchmarks print positive figures with their units`(name: String) throws {
    let run = try Command(["bench", name, "--json"])
    #expect(run.status == 0)
    let object = try #require(run.objects().first)
    #expect(object.count >= 2)
    for (row, value) in object {
      let entry = try #require(value as? [String: Any])
      #expect(try #require(entry["value"] as? Double) > 0, "\(row)")
      #expect(!(try #require(entry["unit"] as? String)).isEmpty)
      if let ratio = entry["ratio"] { #expect(try #require(ratio as? Double) > 0) }
    }
  }

  @Test func `a benchmark of a model that is not there is refused`() throws {
    for name in ["inference", "stream"] {
      let run = try Command(["bench", name, "--model", "none"])
      #expect(run.status == 66)
      #expect(run.output == "")
      #expect(run.error == "kws: none: no such file. Check the path.\n")
    }
  }
}
