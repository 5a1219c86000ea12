// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import PublishedNetworks
import Testing

/// `kws inspect` of files that are no models.
@Suite struct InspectArchitectureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func refusal(_ arguments: [String], _ status: Int32, says texts: [String]) throws {
    let run = try Command(["inspect"] + arguments)
    #expect(run.status == status, "\(run.error)")
    #expect(run.output == "")
    #expect(run.error.hasPrefix("kws: ") && run.error.split(separator: "\n").count == 1)
    for text in texts { #expect(run.error.contains(text), "\(run.error)") }
  }

  @Test func `a published network is shown as published and in causal form`() throws {
    let network = try #require(PublishedNetwork.all.first { $0.name == "5" })
    // The name says nothing: content decides.
    let path = try folder.write("network.safetensors", Array(network.text.utf8))
    let run = try Command(["inspect", path, "--coefficients", "10", "--json"])
    #expect(run.status == 0, "\(run.error)")
    let object = try #require(run.objects().first)
    #expect(object["activeBlocks"] as? Int == 3 && object["blocks"] as? Int == 12)
    // 55 * 72 * 10 x 26 for the stem, three blocks of 49 * 72 + 72 * 72 and 72 * 144 on 5 x 13,
    // 144 * 12; batch normalization of 72, three times 144, and 144 channels.
    let (stem, rest) = (55 * 72, 3 * (49 * 72 + 72 * 72) + 72 * 144)
    let weights = stem + rest + 144 * 12
    let parameters = weights + 2 * (72 + 3 * 144 + 144) + 12
    let published = try #require(object["published"] as? [String: Int])
    #expect(
      published == [
        "frames": 51, "weights": weights, "parameters": parameters,
        "macPerWindow": stem * 260 + rest * 65 + 1728,
        "parametersAsItsCodeCounts": weights + parameters,
        "macAsItsCodeCounts": stem * 250 + rest * 65 + 1728,
      ])
    let causal = try #require(object["causal"] as? [String: Any])
    #expect(causal["weights"] as? Int == weights && causal["parameters"] as? Int == parameters)
    #expect(causal["windowFrameCount"] as? Int == 49 && causal["hopLength"] as? Int == 320)
    #expect(causal["macPerWindow"] as? Int == stem * 240 + rest * 60 + 1728)
    // 50 frames a second: 25 columns behind the stem, 12.5 behind the first block.
    #expect(
      causal["macPerSecond"] as? Double == Double(stem * 250) + Double(rest * 5 + 1728) * 12.5)

    let text = try Command(["inspect", path, "--coefficients", "10"])
    #expect(text.lines.contains { $0.hasPrefix("published") && $0.contains("3404088") })
    #expect(text.lines.contains { $0.hasPrefix("causal") && $0.contains("3142368") })
  }

  @Test func `a published network needs its coefficients, and a broken one names the field`() throws
  {
    let text = PublishedNetwork.all[0].text
    let path = try folder.write("net.config", Array(text.utf8))
    try refusal([path], 64, says: ["net.config", "--coefficients 10"])
    for (from, to, message) in [
      (#""groups": 1"#, #""groups": 2"#, "field 'first_conv.groups' is 2, only 1"),
      (#""groups": 1,"#, "", "field 'first_conv.groups' is missing"),
      (
        #""bias": true"#, #""bias": "yes""#,
        "'classifier.bias': expected true or false, found a string"
      ),
      (#""expand_ratio": 1"#, #""expand_ratio": 99"#, "expand_ratio' is 99, expected 1 to 16"),
      ("ZeroLayer", "OneLayer", "blocks[2].mobile_inverted_conv.name"),
      (#""name": "ProxylessNASNets""#, #""nickname": "x""#, "'nickname' is unknown"),
      ("}}", "}", "no valid JSON"),
    ] {
      let bad = try folder.write(
        "bad", Array(text.replacingOccurrences(of: from, with: to).utf8))
      try refusal([bad, "--coefficients", "10"], 65, says: ["bad: ", message])
    }
    let other = try folder.write("other", Array(" {\"a\": 1}".utf8))
    try refusal([other], 65, says: ["neither 'layers'"])
  }

  @Test func `what names its coefficients itself takes none`() throws {
    try refusal(["--coefficients", "10"], 64, says: ["--coefficients", "built-in model"])
    let path = try folder.write(
      "tiny", Array(TrainingFixture.architecture(channelCount: 8).utf8))
    try refusal([path, "--coefficients", "10"], 64, says: ["--coefficients", "tiny"])
    let range = try Command(["inspect", path, "--coefficients", "0"])
    #expect(range.status == 64 && range.error.contains("expected 1 to 1024"))
  }

  @Test func `an architecture of kws is shown with its layers`() throws {
    let json = TrainingFixture.architecture(channelCount: 8)
    let path = try folder.write("tiny", Array(json.utf8))
    let run = try Command(["inspect", path, "--json"])
    let object = try #require(run.objects().first)
    // 40 inputs, 8 outputs, 3 frames at stride 4; 97 frames hold 24 columns, a second of stream 25.
    let weights = 40 * 8 * 3
    #expect(object["weights"] as? Int == weights + 32)
    #expect(object["parameters"] as? Int == weights + 2 * 8 + 32 + 4)
    #expect(object["macPerWindow"] as? Int == weights * 24 + 32)
    #expect(object["macPerSecond"] as? Double == Double(weights * 25 + 32 * 25))
    #expect(object["hopLength"] as? Int == 160)
    let layers = try #require(object["layers"] as? [[String: Any]])
    #expect(layers.map { $0["name"] as? String } == ["flat", "stem", "pool", "head"])
    #expect(layers.map { $0["weights"] as? Int } == [0, weights, 0, 32])
    #expect(layers[1]["normalization"] as? String == "batch")
    // No hop that models are made with has 50 frames a second: then only windows are counted.
    let odd = try folder.write(
      "odd", Array(json.replacingOccurrences(of: "97", with: "50").utf8))
    let oddObject = try #require(Command(["inspect", odd, "--json"]).objects().first)
    #expect(oddObject["macPerSecond"] == nil && oddObject["hopLength"] == nil)
    #expect(oddObject["macPerWindow"] as? Int == weights * 12 + 32)

    for (from, to, message) in [
      ("\"dense\"", "\"densse\"", "layers[3].operation"),
      ("\"stride\": [4, 1]", "\"stride\": [0, 1]", "layer 'stem': stride time is 0"),
    ] {
      let bad = try folder.write(
        "bad", Array(json.replacingOccurrences(of: from, with: to).utf8))
      try refusal([bad], 65, says: ["bad: ", message])
    }
  }
}
