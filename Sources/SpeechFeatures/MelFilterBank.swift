// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import Glibc

/// Triangular filters over the bins of a power spectrum, in the form that the kernels read.
///
/// The edges are equally spaced on the HTK scale, mel(f) = 1127 ln(1 + f / 700), between the band's
/// edges. Filter `m` rises from edge `m` to 1 at edge `m + 1` and falls to 0 at edge `m + 2`,
/// linear in Hz, with no normalization of its area; the DC bin weighs nothing. That is
/// `melscale_fbanks` of torchaudio and `filters.mel` of librosa, both without norm, on the HTK
/// scale. Decision 2 says why the triangles are linear in Hz and not in mel.
///
/// A filter narrower than the bins' spacing may hold no bin; its energy is always 0.
@safe final class MelFilterBank: @unchecked Sendable {
  /// Bins that any filter reads: the spectrum is needed up to there only.
  let usedBinCount: Int

  /// Floats that must be readable behind the start of a filter.
  let tapStride: Int

  /// Filters, padded to whole blocks.
  let paddedFilterCount: Int

  private let starts: SharedBuffer<Int32>
  private let tapCounts: SharedBuffer<Int32>
  private let weights: SharedBuffer<Float>

  init(_ configuration: FeatureConfiguration) {
    let bands = Self.bands(configuration)
    tapStride = FeatureKernels.padded(max(bands.map(\.weights.count).max() ?? 0, 1))
    paddedFilterCount = FeatureKernels.padded(bands.count)
    usedBinCount = max(bands.map { $0.start + $0.weights.count }.max() ?? 0, 1)
    let stride = tapStride
    let padding = [Int32](repeating: 0, count: paddedFilterCount - bands.count)
    starts = SharedBuffer(bands.map { Int32($0.start) } + padding)
    tapCounts = SharedBuffer(bands.map { Int32($0.weights.count) } + padding)
    weights = SharedBuffer(
      bands.flatMap { $0.weights + [Float](repeating: 0, count: stride - $0.weights.count) }
        + [Float](repeating: 0, count: padding.count * stride))
  }

  /// The tables as the kernels take them; valid while the bank lives.
  var view: kws_mel_filters {
    unsafe kws_mel_filters(
      padded_filter_count: paddedFilterCount, tap_stride: tapStride,
      starts: starts.unsafeBase, tap_counts: tapCounts.unsafeBase, weights: weights.unsafeBase)
  }

  /// The run of bins of each filter with its weights, in double precision until the end.
  private static func bands(
    _ configuration: FeatureConfiguration
  ) -> [(start: Int, weights: [Float])] {
    let count = configuration.melBinCount
    let low = 1127 * log1p(Double(configuration.lowFrequency) / 700)
    let high = 1127 * log1p(Double(configuration.highFrequency) / 700)
    let edges = (0..<count + 2).map { index in
      700 * expm1((low + (high - low) * Double(index) / Double(count + 1)) / 1127)
    }
    let spacing = Double(configuration.sampleRate) / Double(configuration.fftLength)
    let last = configuration.fftLength / 2
    return (0..<count).map { filter in
      let (from, peak, to) = (edges[filter], edges[filter + 1], edges[filter + 2])
      // Strictly inside the edges; bin 0 is DC.
      let first = max(Int(from / spacing) + 1, 1)
      var weights: [Float] = []
      var bin = first
      while bin <= last, Double(bin) * spacing < to {
        let frequency = Double(bin) * spacing
        weights.append(
          Float(min((frequency - from) / (peak - from), (to - frequency) / (to - peak))))
        bin += 1
      }
      return weights.isEmpty ? (0, []) : (first, weights)
    }
  }
}
