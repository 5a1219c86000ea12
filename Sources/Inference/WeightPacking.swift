// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels

/// The order in which the kernels read weights, see `kernels_int8.h`.
enum WeightPacking {
  static let outputBlock = Int(KWS_INT8_OUTPUT_BLOCK)
  static let channelBlock = Int(KWS_INT8_CHANNEL_BLOCK)

  static func roundedUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }

  /// `[output, tap, run]` to `[output / 16][tap][run / 4][16][4]`.
  static func convolution(
    _ weights: [Int8], outputCount: Int, tapCount: Int, runLength: Int
  ) -> [Int8] {
    let groups = (runLength + 3) / 4
    let blocks = roundedUp(outputCount, to: outputBlock) / outputBlock
    var packed = [Int8](repeating: 0, count: blocks * tapCount * groups * outputBlock * 4)
    var source = 0
    for output in 0..<outputCount {
      for tap in 0..<tapCount {
        for k in 0..<runLength {
          let group = (output / outputBlock * tapCount + tap) * groups + k / 4
          packed[(group * outputBlock + output % outputBlock) * 4 + k % 4] = weights[source]
          source += 1
        }
      }
    }
    return packed
  }

  /// `[tap, channel]` to `[channel / 64][tap / 4][64][4]` in the order of `depthwisePosition`.
  static func depthwise(_ weights: [Int8], channelCount: Int, tapCount: Int) -> [Int8] {
    let groups = (tapCount + 3) / 4
    let blocks = roundedUp(channelCount, to: channelBlock) / channelBlock
    var packed = [Int8](repeating: 0, count: blocks * groups * channelBlock * 4)
    for tap in 0..<tapCount {
      for channel in 0..<channelCount {
        let group = channel / channelBlock * groups + tap / 4
        let position = depthwisePosition(channel) % channelBlock
        packed[(group * channelBlock + position) * 4 + tap % 4] =
          weights[tap * channelCount + channel]
      }
    }
    return packed
  }

  /// Where a channel's parameters stand: within 64, quads of channels of the four 16-byte lanes
  /// come one after the other.
  static func depthwisePosition(_ channel: Int) -> Int {
    let within = channel % channelBlock
    return channel - within + (within / 4 % 4) * 16 + within / 16 * 4 + within % 4
  }

  /// One value per output channel, padded with zeros to whole blocks.
  static func parameters<Value: ExpressibleByIntegerLiteral>(_ values: [Value]) -> [Value] {
    values + Array(repeating: 0, count: roundedUp(values.count, to: outputBlock) - values.count)
  }

  /// One value per channel in the order of `depthwisePosition`, padded with zeros.
  static func depthwiseParameters<Value: ExpressibleByIntegerLiteral>(
    _ values: [Value]
  ) -> [Value] {
    var packed = [Value](repeating: 0, count: roundedUp(values.count, to: channelBlock))
    for channel in values.indices { packed[depthwisePosition(channel)] = values[channel] }
    return packed
  }
}
