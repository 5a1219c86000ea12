// SPDX-License-Identifier: GPL-3.0-or-later

/// What one call of `AudioSource.read` gave.
package enum AudioPiece: Equatable, Sendable {
  /// This many samples, at least 1, at the front of the caller's room.
  case samples(Int)

  /// Forget all state: the next sample has index `at` on the stream's time line.
  ///
  /// Comes after a gap too long to be bridged; the indices between are lost samples.
  case restart(at: Int)

  /// Nothing came within about 100 ms; only a live source gives this.
  case idle

  /// There is no more, now and for all further calls.
  case end
}

/// A stream of 16 kHz mono samples in [-1, 1) that is pulled.
///
/// The first sample has index 0. The index of every further sample is one more than that of the
/// sample before, but for what `AudioPiece.restart` says.
package protocol AudioSource: ~Copyable {
  /// Writes the next samples to the front of `samples` and returns what came.
  ///
  /// May give fewer samples than there is room for; how a stream is cut into calls never changes
  /// its samples. May block.
  ///
  /// - Precondition: `samples` is not empty.
  mutating func read(into samples: inout MutableSpan<Float>) throws(AudioError) -> AudioPiece
}
