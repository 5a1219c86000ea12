// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
package import ModelFormat

/// What a batch of streams leaves for the next: per slot, the last columns of every tensor that some
/// layer looks back on.
package final class StreamHistory {
  /// Slots: clips of a batch at most.
  package let clipCount: Int

  /// Per tensor of the network; empty where nobody looks back.
  let buffers: [SharedBuffer<Float>]
  private let names: [String]
  private let shapes: [[Int]]

  /// Histories for batches of up to `clipCount` clips, zero as after a reset.
  package init(network: Network, clipCount: Int) {
    self.clipCount = clipCount
    let slots = network.slotPlans
    names = slots.map { "history.\($0.name)" }
    shapes = slots.map {
      [clipCount, $0.leadCount, $0.columnShape.frequencyCount, $0.columnShape.channelCount]
    }
    buffers = shapes.map { SharedBuffer(zeroed: $0.reduce(1, *)) }
  }

  /// The histories by name, `history.<layer>` after the layer whose output they hold, or
  /// `history.input`; `[clip, time, frequency, channel]`.
  package func exportTensors() -> [String: FloatTensor] {
    var tensors: [String: FloatTensor] = [:]
    for index in buffers.indices where buffers[index].count > 0 {
      tensors[names[index]] = FloatTensor(shape: shapes[index], copying: buffers[index])
    }
    return tensors
  }

  /// Takes over exported histories.
  package func load(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    for index in buffers.indices where buffers[index].count > 0 {
      try buffers[index].load(names[index], shape: shapes[index], from: tensors)
    }
  }
}
