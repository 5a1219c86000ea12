// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers

/// Clips for one step of training or validation.
package struct Batch: Sendable {
  /// Features `[clip, frame, coefficient]`, not normalized.
  package let features: SharedBuffer<Float>

  package let clipCount: Int
  package let frameCount: Int

  /// The right output of each clip.
  package let labels: [Int]

  /// Whether each clip follows the one before it in its slot of the batch.
  package let continues: [Bool]
}
