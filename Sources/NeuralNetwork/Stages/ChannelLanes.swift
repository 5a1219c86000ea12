// SPDX-License-Identifier: GPL-3.0-or-later

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
  func spread(_ parameters: Span<Float>, over lanes: inout MutableSpan<Float>) {
    for bin in 0..<column.frequencyCount {
      let (from, to) = offsets(bin)
      for channel in 0..<column.channelCount { lanes[to + channel] = parameters[from + channel] }
    }
  }

  /// Sets parameters to the sums of their lanes.
  func fold(_ lanes: Span<Float>, into parameters: inout MutableSpan<Double>) {
    for index in 0..<parameterCount { parameters[index] = 0 }
    for bin in 0..<column.frequencyCount {
      let (to, from) = offsets(bin)
      for channel in 0..<column.channelCount {
        parameters[to + channel] += Double(lanes[from + channel])
      }
    }
  }

  /// The first parameter and the first lane of a frequency.
  private func offsets(_ bin: Int) -> (parameter: Int, lane: Int) {
    (bin / bandWidth * column.channelCount, bin * column.channelCount)
  }
}
