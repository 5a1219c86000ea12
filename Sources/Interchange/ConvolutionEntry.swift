// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// A `ConvLayer` of the schema: a convolution, batch normalization, ReLU6.
struct ConvolutionEntry {
  var kernel: Extent
  var stride: Extent
  var outputChannelCount: Int

  /// - Parameters:
  ///   - inputChannelCount: channels that the layer before puts out.
  ///   - isPointwise: whether kernel and stride must be 1.
  init(
    _ object: JSONObject, inputChannelCount: Int, isPointwise: Bool = false
  ) throws(InterchangeError) {
    try object.allow(only: [
      "name", "kernel_size", "stride", "dilation", "groups", "bias", "has_shuffle", "num_bits",
      "in_channels", "out_channels", "use_bn", "act_func", "dropout_rate", "ops_order",
    ])
    try LayerKind.require([.convolution], of: object)
    if isPointwise {
      try object.require("kernel_size", .integer(1))
      try object.require("stride", .integer(1))
    }
    kernel = try object.kernel()
    stride = try object.stride()
    try object.require("dilation", .integer(1))
    try object.require("groups", .integer(1))
    try object.require("bias", .bool(false))
    try object.require("has_shuffle", .bool(false))
    try object.require("in_channels", .integer(inputChannelCount))
    outputChannelCount = try object.channelCount("out_channels")
    try object.require("use_bn", .bool(true))
    try object.require("act_func", .string("relu6"))
    try object.requireBits()
    try object.requirePlainOrder()
  }
}

extension JSONObject {
  /// The field `kernel_size`. Kernels are odd: only then is the published padding of half a kernel
  /// on either side 'same'.
  func kernel() throws(InterchangeError) -> Extent {
    let (frequency, time) = try pair("kernel_size", 1...255)
    for size in [frequency, time] where size % 2 == 0 {
      throw .evenKernel(path("kernel_size"), found: size)
    }
    return Extent(time: time, frequency: frequency)
  }

  func stride() throws(InterchangeError) -> Extent {
    let (frequency, time) = try pair("stride", 1...16)
    return Extent(time: time, frequency: frequency)
  }

  func channelCount(_ name: String) throws(InterchangeError) -> Int {
    try integer(name, 1...4096)
  }
}
