// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// Which gradients of slots share memory in a backward pass.
///
/// A gradient is needed from the first layer that adds to it until its producer's operation has
/// led it on, which is a small part of the pass. Shared memory is still in a cache when it is
/// written anew. Time is counted in segments, the work between two points where all groups meet:
/// within one, groups and blocks are at different layers.
struct GradientMemory {
  /// The buffer of every slot's gradient; nil for a slot that gets none.
  let bufferOfSlot: [Int?]

  /// Floats per clip of every buffer.
  let bufferSizes: [Int]

  /// - Parameters:
  ///   - network: with its backward order planned.
  ///   - sizes: floats of a clip by slot.
  init(network: Network, sizes: [Int]) {
    var birth = [Int?](repeating: nil, count: sizes.count)
    var death = [Int](repeating: .max, count: sizes.count)
    var order: [Int] = []
    func write(_ slot: Int, _ segment: Int) {
      guard slot > 0, birth[slot] == nil else { return }
      birth[slot] = segment
      order.append(slot)
    }
    var segment = 0
    write(network.slotOfLayer[network.stages.count - 1], segment)
    for index in network.backwardOrder {
      let stage = network.stages[index]
      for layer in stage.geometry.addendIndices + [stage.geometry.residualIndex].compactMap({ $0 })
      {
        write(network.slotOfLayer[layer], segment)
      }
      if stage.normalization != nil { segment += 1 }
      write(network.inputSlot(stage), segment)
      death[network.slotOfLayer[index]] = segment
    }
    for index in network.observed { death[network.slotOfLayer[index]] = .max }
    var assigned = [Int?](repeating: nil, count: sizes.count)
    var tenants: [Int] = []
    var extents: [Int] = []
    for slot in order {
      let start = birth[slot]!
      let free = tenants.indices.filter { death[tenants[$0]] < start }
      if let best = free.max(by: { extents[$0] < extents[$1] }) {
        assigned[slot] = best
        tenants[best] = slot
        extents[best] = max(extents[best], sizes[slot])
      } else {
        assigned[slot] = tenants.count
        tenants.append(slot)
        extents.append(sizes[slot])
      }
    }
    bufferOfSlot = assigned
    bufferSizes = extents
  }
}
