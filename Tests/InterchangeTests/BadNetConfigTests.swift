// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Interchange
import ModelFormat
import PublishedNetworks
import Testing

@Suite struct BadNetConfigTests {
  private let good = PublishedNetwork.all[0].text

  /// Reads the good file with the first `from` after the first `place` replaced.
  private func read(_ from: String, _ to: String, after place: String = "{") throws {
    let start = try #require(good.range(of: place))
    let found = try #require(good.range(of: from, range: start.upperBound..<good.endIndex))
    _ = try NetConfig(reading: Array(good.replacingCharacters(in: found, with: to).utf8))
  }

  private func read(
    _ from: String, _ to: String, after place: String = "{", gives error: InterchangeError
  ) {
    #expect(throws: error) { try read(from, to, after: place) }
  }

  @Test func `a field that is missing or unknown is named`() {
    read(#""groups": 1,"#, "", gives: .missingField("first_conv.groups"))
    read(#""shortcut": null"#, #""x": 1"#, gives: .unknownField("blocks[0].x"))
    read(
      #""shortcut": null"#, #""name": "MobileInvertedResidualBlock""#,
      gives: .missingField("blocks[0].shortcut"))
    read(
      #""bias": true"#, #""skew": true"#, after: "LinearLayer",
      gives: .unknownField("classifier.skew"))
    read(
      "\"mid_channels\": null,\n", "",
      gives: .missingField("blocks[0].mobile_inverted_conv.mid_channels"))
  }

  @Test func `a field of another type is named with both types`() {
    read(
      #""out_channels": 72"#, #""out_channels": "72""#,
      gives: .wrongType("first_conv.out_channels", expected: .integer, found: .string))
    read(
      #""kernel_size": 7"#, #""kernel_size": 7.5"#,
      gives: .wrongType(
        "blocks[0].mobile_inverted_conv.kernel_size", expected: .integer, found: .fraction))
    read(
      "[1, 2]", "[1, true]",
      gives: .wrongType("first_conv.stride[1]", expected: .integer, found: .bool)
    )
    read(
      "[1, 2]", "[1, 2, 3]", gives: .outOfRange("first_conv.stride.count", found: 3, 2...2))
    read(
      #""bias": true"#, #""bias": 1"#,
      gives: .wrongType("classifier.bias", expected: .bool, found: .integer))
    read(
      #""shortcut": null"#, #""shortcut": []"#,
      gives: .wrongType("blocks[0].shortcut", expected: .object, found: .array))
    read(
      #""name": "ZeroLayer""#, #""name": null"#,
      gives: .wrongType("blocks[2].mobile_inverted_conv.name", expected: .string, found: .null))
    #expect(throws: InterchangeError.wrongType("", expected: .object, found: .array)) {
      try NetConfig(reading: Array("[]".utf8))
    }
  }

  @Test func `a huge number is refused before anything is computed with it`() {
    let field = "blocks[0].mobile_inverted_conv.expand_ratio"
    read(
      #""expand_ratio": 1"#, #""expand_ratio": 9223372036854775807"#,
      gives: .outOfRange(field, found: .max, 1...16))
    read(
      #""expand_ratio": 1"#, #""expand_ratio": -1"#, gives: .outOfRange(field, found: -1, 1...16))
    read(
      #""expand_ratio": 1"#, #""expand_ratio": 1e999"#,
      gives: .wrongType(field, expected: .integer, found: .unrepresentableNumber))
    read(
      #""expand_ratio": 1"#, #""expand_ratio": 9223372036854775808"#,
      gives: .wrongType(field, expected: .integer, found: .fraction))
    read(
      #""out_features": 12"#, #""out_features": 100000"#,
      gives: .outOfRange("classifier.out_features", found: 100_000, 1...4096))
  }

  @Test func `a network past what an architecture can be is refused by its cost`() throws {
    let wide = good.replacingOccurrences(of: "72", with: "4096")
      .replacingOccurrences(of: #""expand_ratio": 1"#, with: #""expand_ratio": 2"#)
    let config = try NetConfig(reading: Array(wide.utf8))
    #expect(
      throws: InterchangeError.architecture(
        .outOfRange(layer: "block1.expand", field: "outputs", found: 8192, 1...4096))
    ) { try config.publishedCost(coefficientCount: 10) }
  }

  @Test func `every text that is cut off is refused`() {
    let bytes = Array(good.utf8)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: InterchangeError.notJSON) { try NetConfig(reading: Array(bytes[..<count])) }
    }
  }

  @Test func `a text of any depth or length is refused`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: InterchangeError.notJSON) { try NetConfig(reading: Array(deep.utf8)) }
    let long = [UInt8](repeating: 0x20, count: 1 << 19)
    #expect(throws: InterchangeError.tooLarge(byteCount: 1 << 19, limit: 1 << 18)) {
      try NetConfig(reading: long)
    }
  }

  @Test func `a list of blocks that is empty or endless is refused`() throws {
    func text(blocks: String) throws -> [UInt8] {
      let start = try #require(good.range(of: #""blocks": ["#)).upperBound
      let end = try #require(good.range(of: "],\n\"feature_mix_layer\"")).lowerBound
      return Array(good.replacingCharacters(in: start..<end, with: blocks).utf8)
    }
    #expect(throws: InterchangeError.outOfRange("blocks.count", found: 0, 1...64)) {
      try NetConfig(reading: text(blocks: ""))
    }
    let many = Array(repeating: "1", count: 65).joined(separator: ",")
    #expect(throws: InterchangeError.outOfRange("blocks.count", found: 65, 1...64)) {
      try NetConfig(reading: text(blocks: many))
    }
  }

  @Test func `a layer of an unknown kind is refused, also where another belongs`() {
    read(
      "MBInvertedConvLayer", "DepthConvLayer",
      gives: .unknownLayer(
        "blocks[0].mobile_inverted_conv.name", found: "DepthConvLayer",
        known: ["MBInvertedConvLayer", "ZeroLayer"]))
    read(
      "IdentityLayer", "PoolingLayer",
      gives: .unknownLayer(
        "blocks[1].shortcut.name", found: "PoolingLayer", known: ["IdentityLayer"]))
    read(
      "ConvLayer", "LinearLayer",
      gives: .unknownLayer("first_conv.name", found: "LinearLayer", known: ["ConvLayer"]))
  }

  @Test func `what would change the computation is refused`() {
    func wrong(_ field: String, _ expected: String, _ found: String) -> InterchangeError {
      .wrongValue(field, expected: expected, found: found)
    }
    let block = "blocks[0].mobile_inverted_conv"
    read(#""dilation": 1"#, #""dilation": 2"#, gives: wrong("first_conv.dilation", "1", "2"))
    read(#""relu6""#, "null", gives: wrong("first_conv.act_func", "\"relu6\"", "null"))
    read(
      #""in_channels": 72"#, #""in_channels": 64"#,
      gives: wrong("\(block).in_channels", "72", "64"))
    read(
      #""mid_channels": null"#, #""mid_channels": 8"#,
      gives: wrong("\(block).mid_channels", "null", "8"))
    read(
      #""kernel_size": 7"#, #""kernel_size": 4"#,
      gives: .evenKernel("\(block).kernel_size", found: 4))
    read(
      #""stride": 1"#, #""stride": 2"#, after: "ZeroLayer",
      gives: wrong("blocks[2].mobile_inverted_conv.stride", "1", "2"))
    read(
      #""stride": 1"#, #""stride": 2"#, after: "\"shortcut\": null",
      gives: wrong("blocks[1].mobile_inverted_conv.stride", "1", "2"))
    read(
      #""in_features": 144"#, #""in_features": 143"#,
      gives: wrong("classifier.in_features", "144", "143"))
  }
}
