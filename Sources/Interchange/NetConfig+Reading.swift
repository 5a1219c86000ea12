// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

extension NetConfig {
  /// Reads `net.config`.
  ///
  /// Every field of the schema must be there and no other; where a field could change what the
  /// network computes, only the value that the published networks have is understood.
  package init(reading bytes: [UInt8]) throws(InterchangeError) {
    let file = try JSONObject(JSONValue(parsing: bytes), path: "")
    try file.allow(only: [
      "name", "bn", "first_conv", "blocks", "feature_mix_layer", "classifier",
    ])
    try file.require("name", .string("ProxylessNASNets"))
    try Self.checkNormalization(file.object("bn"))

    let stem = try ConvolutionEntry(file.object("first_conv"), inputChannelCount: 1)
    var channelCount = stem.outputChannelCount
    var blocks: [InvertedResidual?] = []
    for (index, value) in try file.array("blocks", count: 1...64).enumerated() {
      let block = try BlockEntry(
        JSONObject(value, path: "blocks[\(index)]"), inputChannelCount: channelCount)
      blocks.append(block.residual)
      channelCount = block.residual?.outputChannelCount ?? channelCount
    }
    let mix = try ConvolutionEntry(
      file.object("feature_mix_layer"), inputChannelCount: channelCount, isPointwise: true)

    let classifier = try file.object("classifier")
    try classifier.allow(only: [
      "name", "in_features", "out_features", "bias", "use_bn", "act_func", "dropout_rate",
      "ops_order", "num_bits",
    ])
    try LayerKind.require([.linear], of: classifier)
    try classifier.require("in_features", .integer(mix.outputChannelCount))
    try classifier.require("use_bn", .bool(false))
    try classifier.require("act_func", .null)
    try classifier.requireBits()
    try classifier.requirePlainOrder()
    self.init(
      network: InvertedResidualNetwork(
        stemKernel: stem.kernel, stemStride: stem.stride, stemChannelCount: stem.outputChannelCount,
        blocks: blocks, mixChannelCount: mix.outputChannelCount),
      labelCount: try classifier.integer("out_features", 1...4096),
      hasClassifierBias: try classifier.bool("bias"))
  }

  /// Momentum and epsilon do not change the architecture, but belong to the schema.
  private static func checkNormalization(_ object: JSONObject) throws(InterchangeError) {
    try object.allow(only: ["momentum", "eps"])
    for name in ["momentum", "eps"] {
      let value = try object.value(name)
      guard [.integer, .fraction].contains(value.kind) else {
        throw .wrongType(object.path(name), expected: .fraction, found: value.kind)
      }
    }
  }
}

/// The kinds of layers in the schema, by the value of their `name`.
enum LayerKind: String {
  case convolution = "ConvLayer"
  case linear = "LinearLayer"
  case block = "MobileInvertedResidualBlock"
  case invertedResidual = "MBInvertedConvLayer"
  case zero = "ZeroLayer"
  case identity = "IdentityLayer"

  /// The kind of `object`, which must be one of `known`.
  @discardableResult
  static func require(
    _ known: [LayerKind], of object: JSONObject
  ) throws(InterchangeError) -> LayerKind {
    let name = try object.string("name")
    guard let kind = LayerKind(rawValue: name), known.contains(kind) else {
      throw .unknownLayer(
        object.path("name"), found: String(name.prefix(40)), known: known.map(\.rawValue))
    }
    return kind
  }
}

extension JSONObject {
  /// Weights first, then normalization, then activation; no dropout.
  func requirePlainOrder() throws(InterchangeError) {
    try require("dropout_rate", .integer(0))
    try require("ops_order", .string("weight_bn_act"))
  }

  /// Bits of the weights, which change neither shapes nor operations; null for floating point.
  func requireBits() throws(InterchangeError) {
    guard try value("num_bits") != .null else { return }
    _ = try integer("num_bits", 1...32)
  }
}
