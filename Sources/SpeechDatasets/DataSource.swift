// SPDX-License-Identifier: GPL-3.0-or-later

/// Where clips come from.
package enum DataSource: Equatable, Sendable {
  /// A folder with `log-mel.safetensors` and `clips.tsv`.
  case logMel(path: String)

  /// A folder with one folder of recordings per word, and noise in `_background_noise_`.
  case recordings(path: String)

  /// A folder of recordings of noise, in folders or not.
  case noise(path: String)
}

/// One clip of a word in one of the sources.
struct ClipReference: Equatable, Sendable {
  /// Index of the source.
  var source: Int

  /// Index of the clip in its source.
  var clip: Int

  /// Output of the network that is right for it.
  var label: Int
}
