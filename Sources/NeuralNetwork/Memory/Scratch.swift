// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// What one thread works in: a block's input as the operation sees it, and the gradient of the
/// operation's output. Sized to stay in the second-level cache.
final class Scratch {
  let input: SharedBuffer<Float>
  let gradient: SharedBuffer<Float>

  init(inputCount: Int, gradientCount: Int) {
    input = SharedBuffer(zeroed: inputCount)
    gradient = SharedBuffer(zeroed: gradientCount)
  }
}
