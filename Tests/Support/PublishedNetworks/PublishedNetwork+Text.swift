// SPDX-License-Identifier: GPL-3.0-or-later

extension PublishedNetwork {
  /// The network as `net.config`.
  package var text: String {
    let entries = blocks.enumerated().map { index, block in
      Self.object([
        ("name", #""MobileInvertedResidualBlock""#),
        ("mobile_inverted_conv", operation(block, stride: index == 0 ? 2 : 1)),
        ("shortcut", index == 0 ? "null" : identity),
      ])
    }
    return Self.object([
      ("name", #""ProxylessNASNets""#),
      ("bn", Self.object([("momentum", "0.1"), ("eps", "0.001")])),
      (
        "first_conv",
        convolution(kernel: "[5, 11]", stride: "[1, 2]", inputs: 1, outputs: channelCount)
      ),
      ("blocks", "[" + entries.joined(separator: ",\n") + "]"),
      (
        "feature_mix_layer",
        convolution(kernel: "1", stride: "1", inputs: channelCount, outputs: mixChannelCount)
      ),
      (
        "classifier",
        Self.object([
          ("name", #""LinearLayer""#), ("in_features", "\(mixChannelCount)"),
          ("out_features", "12"), ("bias", "true"), ("use_bn", "false"), ("act_func", "null"),
          ("dropout_rate", "0"), ("ops_order", #""weight_bn_act""#), ("num_bits", "8"),
        ])
      ),
    ])
  }

  private func operation(_ block: Block?, stride: Int) -> String {
    guard let block else {
      return Self.object([("name", #""ZeroLayer""#), ("stride", "\(stride)")])
    }
    return Self.object([
      ("name", #""MBInvertedConvLayer""#), ("in_channels", "\(channelCount)"),
      ("out_channels", "\(channelCount)"), ("kernel_size", "\(block.kernel)"),
      ("stride", "\(stride)"), ("expand_ratio", "\(block.expansion)"), ("mid_channels", "null"),
      ("num_bits", "8"),
    ])
  }

  private var identity: String {
    Self.object([
      ("name", #""IdentityLayer""#), ("in_channels", "\(channelCount)"),
      ("out_channels", "\(channelCount)"), ("use_bn", "false"), ("act_func", "null"),
      ("dropout_rate", "0"), ("ops_order", #""weight_bn_act""#),
    ])
  }

  private func convolution(kernel: String, stride: String, inputs: Int, outputs: Int) -> String {
    Self.object([
      ("name", #""ConvLayer""#), ("kernel_size", kernel), ("stride", stride), ("dilation", "1"),
      ("groups", "1"), ("bias", "false"), ("has_shuffle", "false"), ("num_bits", "8"),
      ("in_channels", "\(inputs)"), ("out_channels", "\(outputs)"), ("use_bn", "true"),
      ("act_func", #""relu6""#), ("dropout_rate", "0"), ("ops_order", #""weight_bn_act""#),
    ])
  }

  /// One field per line, so that a test can find and change one.
  private static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ",\n") + "}"
  }
}
