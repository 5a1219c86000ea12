// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import ModelFormat

/// How a depthwise layer is cut into blocks of 64 values, see `kws_int8_depthwise`.
struct DepthwiseLayout {
  let channelCount: Int

  /// Whether a column is one run of values, whichever bin they belong to.
  let isOneRun: Bool

  /// Blocks of weights, after which they repeat.
  let weightBlockCount: Int

  /// Blocks of biases and multipliers, after which they repeat.
  let parameterBlockCount: Int

  /// Output columns that share their interleaved inputs.
  let shiftCount: Int

  private let valueCount: Int
  private let bandBinCount: Int

  /// Most bytes of packed weights for which they repeat with the blocks of a run: about what the
  /// second cache has beside the activations.
  private static let weightByteLimit = 1 << 17

  init(_ geometry: LayerGeometry, window: Window) {
    let block = WeightPacking.channelBlock
    let channels = geometry.output.channelCount
    let bins = geometry.output.frequencyCount
    let bandCount = max(1, geometry.layer.normalization.bandCount)
    let shifts = Self.shiftCount(window)
    let groups = Self.groupCount(window, shiftCount: shifts)
    let runBlocks = (bins * channels + block - 1) / block
    // After so many blocks a block begins with a bin again.
    let period = min(runBlocks, channels / Self.greatestCommonDivisor(channels, block))
    let binBlocks = (channels + block - 1) / block
    let isOneRun =
      window.stride.frequency == 1 && runBlocks <= bins * binBlocks
      && (period == binBlocks || shifts * period * groups * block * 4 <= Self.weightByteLimit)
    channelCount = channels
    self.isOneRun = isOneRun
    shiftCount = shifts
    weightBlockCount = isOneRun ? period : binBlocks
    parameterBlockCount = isOneRun ? (bandCount > 1 ? runBlocks : period) : binBlocks
    valueCount = isOneRun ? bins * channels : channels
    bandBinCount = bandCount > 1 && isOneRun ? bins / bandCount : bins
  }

  /// The channel of a value of the packed blocks; nil for padding.
  func channel(ofValue value: Int) -> Int? {
    isOneRun || value < channelCount ? value % channelCount : nil
  }

  /// The band of a value of the packed blocks, of those that one operator has.
  func band(ofValue value: Int) -> Int {
    isOneRun ? min(value, valueCount - 1) / channelCount / bandBinCount : 0
  }

  /// Columns that share interleaved rows, chosen by the instructions per output: an interleaving
  /// takes eight, the products of an output with it four.
  private static func shiftCount(_ window: Window) -> Int {
    // Only at stride and dilation 1 are the rows of the next column one further.
    guard window.stride.time == 1, window.dilation == 1 else { return 1 }
    func cost(_ shifts: Int) -> Int {
      groupCount(window, shiftCount: shifts) * (8 / shifts + 4)
    }
    return [1, 2, Int(KWS_INT8_SHIFTS)].min { cost($0) < cost($1) } ?? 1
  }

  /// Instructions per bin where each is a run, roughly, in the terms of `ConvolutionShape.cost`.
  func binCost(_ window: Window) -> Double {
    let groups = Self.groupCount(window, shiftCount: shiftCount)
    return Double(weightBlockCount * (groups * (8 / shiftCount + 4) + 32))
  }

  /// Groups of four taps: of all taps one after the other, or for each frequency of the rows that
  /// the columns look at together.
  private static func groupCount(_ window: Window, shiftCount: Int) -> Int {
    guard shiftCount > 1 else { return (window.kernel.count + 3) / 4 }
    return window.kernel.frequency * ((window.kernel.time + shiftCount + 2) / 4)
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}

extension DepthwiseLayout {
  /// A row and a frequency of the input per place of the packed list of taps.
  private func places(_ kernel: Extent) -> [(row: Int, frequency: Int)] {
    if shiftCount == 1 {
      let taps = (0..<kernel.count).map { ($0 / kernel.frequency, $0 % kernel.frequency) }
      return taps + Array(repeating: (kernel.time, 0), count: (4 - kernel.count % 4) % 4)
    }
    let rows = WeightPacking.roundedUp(kernel.time + shiftCount - 1, to: 4)
    return (0..<kernel.frequency).flatMap { frequency in (0..<rows).map { ($0, frequency) } }
  }

  /// Per shift the tap `[time, frequency]` of each place of the packed list, nil for padding.
  func taps(_ kernel: Extent) -> [[Int?]] {
    (0..<shiftCount).map { shift in
      places(kernel).map { place in
        let time = place.row - shift
        return (0..<kernel.time).contains(time) ? time * kernel.frequency + place.frequency : nil
      }
    }
  }

  /// Bytes from the first tap to each place for `columnCount` columns; padding leads to the last row
  /// that they look at.
  func offsets(_ kernel: Extent, columnCount: Int, rowStride: Int) -> [Int32] {
    places(kernel).map { place in
      let row = min(place.row, kernel.time + columnCount - 2)
      return Int32(row * rowStride + place.frequency * channelCount)
    }
  }
}
