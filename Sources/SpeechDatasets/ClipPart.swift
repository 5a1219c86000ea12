// SPDX-License-Identifier: GPL-3.0-or-later

/// A stretch of a clip, in frames of 10 ms, and where in a window it is heard.
struct ClipPart: Equatable, Sendable {
  /// Index of the clip in its source.
  let clip: Int

  let frames: Range<Int>

  /// Frame of the window; what lies outside of the window is lost.
  let start: Int

  /// Amplitude factor.
  let gain: Float
}
