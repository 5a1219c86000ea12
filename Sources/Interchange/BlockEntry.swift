// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// A `MobileInvertedResidualBlock` of the schema.
struct BlockEntry {
  /// The block; nil where the search chose `ZeroLayer`, which skips it.
  var residual: InvertedResidual?

  /// - Parameter inputChannelCount: channels that the layer before puts out.
  init(_ object: JSONObject, inputChannelCount: Int) throws(InterchangeError) {
    try object.allow(only: ["name", "mobile_inverted_conv", "shortcut"])
    try LayerKind.require([.block], of: object)
    let shortcut = try object.optionalObject("shortcut")
    if let shortcut { try Self.checkIdentity(shortcut, channelCount: inputChannelCount) }
    let operation = try object.object("mobile_inverted_conv")
    switch try LayerKind.require([.invertedResidual, .zero], of: operation) {
    case .zero:
      try operation.allow(only: ["name", "stride"])
      // A skipped block puts out what it reads.
      try operation.require("stride", .integer(1))
    default:
      residual = try Self.residual(
        operation, inputChannelCount: inputChannelCount, hasShortcut: shortcut != nil)
    }
  }

  private static func residual(
    _ operation: JSONObject, inputChannelCount: Int, hasShortcut: Bool
  ) throws(InterchangeError) -> InvertedResidual {
    try operation.allow(only: [
      "name", "in_channels", "out_channels", "kernel_size", "stride", "expand_ratio",
      "mid_channels", "num_bits",
    ])
    try operation.require("in_channels", .integer(inputChannelCount))
    try operation.require("mid_channels", .null)
    try operation.requireBits()
    if hasShortcut {
      try operation.require("stride", .integer(1))
      try operation.require("out_channels", .integer(inputChannelCount))
    }
    return InvertedResidual(
      kernel: try operation.kernel(), stride: try operation.stride(),
      expansion: try operation.integer("expand_ratio", 1...16),
      outputChannelCount: try operation.channelCount("out_channels"), hasShortcut: hasShortcut)
  }

  private static func checkIdentity(
    _ object: JSONObject, channelCount: Int
  ) throws(InterchangeError) {
    try object.allow(only: [
      "name", "in_channels", "out_channels", "use_bn", "act_func", "dropout_rate", "ops_order",
    ])
    try LayerKind.require([.identity], of: object)
    try object.require("in_channels", .integer(channelCount))
    try object.require("out_channels", .integer(channelCount))
    try object.require("use_bn", .bool(false))
    try object.require("act_func", .null)
    try object.requirePlainOrder()
  }
}
