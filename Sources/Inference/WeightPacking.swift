// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels

/// The order in which the kernels read weights, see `kernels_int8.h`.
enum WeightPacking {
  static let outputBlock = Int(KWS_INT8_OUTPUT_BLOCK)
  static let groupBlocks = Int(KWS_INT8_GROUP_BLOCKS)
  static let channelBlock = Int(KWS_INT8_CHANNEL_BLOCK)

  static func roundedUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }

  /// `[output, tap, run]` to `[group][tap][run / 4][block][16][4]`.
  static func convolution(
    _ weights: [Int8], outputCount: Int, tapCount: Int, runLength: Int
  ) -> [Int8] {
    let steps = (runLength + 3) / 4
    let blocks = roundedUp(outputCount, to: outputBlock) / outputBlock
    var packed = [Int8](repeating: 0, count: blocks * tapCount * steps * outputBlock * 4)
    var source = 0
    for output in 0..<outputCount {
      let group = group(ofBlock: output / outputBlock, blockCount: blocks)
      let block = output / outputBlock - group.lowerBound
      for tap in 0..<tapCount {
        for k in 0..<runLength {
          let step = group.lowerBound * tapCount * steps + (tap * steps + k / 4) * group.count
          packed[((step + block) * outputBlock + output % outputBlock) * 4 + k % 4] =
            weights[source]
          source += 1
        }
      }
    }
    return packed
  }

  /// The blocks of 16 outputs that are summed together with one of them: at most four, all groups as
  /// even as can be, the wider ones first.
  private static func group(ofBlock block: Int, blockCount: Int) -> Range<Int> {
    let groupCount = (blockCount + groupBlocks - 1) / groupBlocks
    let (narrow, wider) = (blockCount / groupCount, blockCount % groupCount)
    let inWider = wider * (narrow + 1)
    let first =
      block < inWider
      ? block / (narrow + 1) * (narrow + 1) : inWider + (block - inWider) / narrow * narrow
    return first..<first + (block < inWider ? narrow + 1 : narrow)
  }

  /// `[tap, channel]` to `[shift][block][tap / 4][64][4]` in the order of `depthwisePosition`.
  ///
  /// - Parameter taps: Per shift the tap that each place of the packed list has, or nil for zero.
  static func depthwise(_ weights: [Int8], layout: DepthwiseLayout, taps: [[Int?]]) -> [Int8] {
    let groups = taps[0].count / 4
    var packed: [Int8] = []
    for shifted in taps {
      var shift = [Int8](repeating: 0, count: layout.weightBlockCount * groups * channelBlock * 4)
      for value in 0..<layout.weightBlockCount * channelBlock {
        guard let channel = layout.channel(ofValue: value) else { continue }
        let position = depthwisePosition(value) % channelBlock
        for (place, tap) in shifted.enumerated() {
          guard let tap else { continue }
          let group = value / channelBlock * groups + place / 4
          shift[(group * channelBlock + position) * 4 + place % 4] =
            weights[tap * layout.channelCount + channel]
        }
      }
      packed += shift
    }
    return packed
  }

  /// Where a value's parameters stand: within 64, quads of values of the four 16-byte lanes come one
  /// after the other.
  static func depthwisePosition(_ value: Int) -> Int {
    let within = value % channelBlock
    return value - within + (within / 4 % 4) * 16 + within / 16 * 4 + within % 4
  }

  /// One value per output channel, padded with zeros to whole blocks.
  static func parameters<Value: ExpressibleByIntegerLiteral>(_ values: [Value]) -> [Value] {
    values + Array(repeating: 0, count: roundedUp(values.count, to: outputBlock) - values.count)
  }

  /// One value per value of the blocks in the order of `depthwisePosition`, padded with zeros.
  ///
  /// - Parameter values: `[band, channel]`.
  static func depthwiseParameters<Value: ExpressibleByIntegerLiteral>(
    _ values: [Value], layout: DepthwiseLayout
  ) -> [Value] {
    var packed = [Value](repeating: 0, count: layout.parameterBlockCount * channelBlock)
    for value in packed.indices {
      guard let channel = layout.channel(ofValue: value) else { continue }
      let band = layout.band(ofValue: value)
      packed[depthwisePosition(value)] = values[band * layout.channelCount + channel]
    }
    return packed
  }
}
