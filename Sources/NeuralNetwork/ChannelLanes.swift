// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat

/// Which parameter each lane of a column has: lanes are `[frequency, channel]`, parameters
/// `[band, channel]`, and the frequencies are cut into bands of equal width.
///
/// Kernels work on whole columns, so that a layer of few channels still fills vectors and a band is
/// nothing special to them.
struct ChannelLanes {
  let column: ColumnShape
  let bandCount: Int

  /// Lanes of a column.
  var laneCount: Int { column.count }

  /// Parameters of one kind.
  var parameterCount: Int { bandCount * column.channelCount }

  /// Frequencies of a band.
  var bandWidth: Int { column.frequencyCount / bandCount }

  /// Repeats parameters for every lane.
  @unsafe func spread(_ parameters: UnsafePointer<Float>, _ lanes: UnsafeMutablePointer<Float>) {
    for bin in 0..<column.frequencyCount {
      unsafe (lanes + bin * column.channelCount).update(
        from: parameters + bin / bandWidth * column.channelCount, count: column.channelCount)
    }
  }

  /// Adds lanes up per parameter.
  @unsafe func fold(_ lanes: UnsafePointer<Float>, _ parameters: UnsafeMutablePointer<Double>) {
    unsafe parameters.update(repeating: 0, count: parameterCount)
    for bin in 0..<column.frequencyCount {
      let from = unsafe lanes + bin * column.channelCount
      let to = unsafe parameters + bin / bandWidth * column.channelCount
      for channel in 0..<column.channelCount { unsafe to[channel] += Double(from[channel]) }
    }
  }
}
