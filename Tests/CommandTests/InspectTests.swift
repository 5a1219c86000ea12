// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ModelFormat
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
        "datasetDigest", "seed", "commands", "accuracy", "operatingPoints",
      ])
    let layers = try #require(object["layers"] as? [[String: Any]])
    for layer in layers {
      #expect(
        Set(layer.keys).subtracting(["outputBits"]) == [
          "name", "operation", "output", "weightBits", "macPerWindow", "macPerSecond", "bytes",
        ])
    }
    // The last layer puts out real numbers.
    #expect(layers.dropLast().allSatisfy { $0["outputBits"] as? Int == 8 })
    #expect(layers.last?["outputBits"] == nil)
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

  @Test func `bands, hard-swish and missing padding are shown`() throws {
    let path = SourceTree.root + "models/default.safetensors"
    var model = try QuantizedModel(reading: Array(Data(contentsOf: URL(fileURLWithPath: path))))
    model.architecture.layers[0].normalization = .subSpectral(bandCount: 5)
    model.architecture.layers[0].activation = .hardSwish
    model.layers[0].weightScales = Array(repeating: model.layers[0].weightScales, count: 5)
      .flatMap { $0 }
    model.layers[0].bias = Array(repeating: model.layers[0].bias, count: 5).flatMap { $0 }
    let depthwise = Window(
      kernel: Extent(time: 3, frequency: 3), stride: Extent(time: 1, frequency: 1), padding: .none)
    model.architecture.layers[1].operation = .depthwise(window: depthwise)
    // 18 bins instead of 10 would not fit what follows: the average takes them all.
    model.architecture.layers[2].operation = .frequencyAverage
    model.layers[2].output = model.layers[1].output
    let reduce = try model.architecture.geometry()[3]
    model.layers[3].weights = Array(repeating: 1, count: reduce.weightCount)
    let folder = try TemporaryFolder()
    let run = try Command(["inspect", folder.write("bands", model.encoded())])
    #expect(run.error == "")
    func row(_ name: String) -> String { run.lines.first { $0.hasPrefix(name + "  ") } ?? "" }
    #expect(row("stem").contains("convolution 3x5 /1x2, 5 bands, hardSwish"))
    #expect(row("stem.depthwise").contains("depthwise 3x3 unpadded, relu"))
    #expect(row("flat").contains("average over frequencies"))
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
