// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat

/// The memory of a step for one clip length and up to some number of clips.
final class Workspace {
  let frameCount: Int
  let clipCapacity: Int
  /// Whether there is room for gradients.
  let trains: Bool

  /// Outputs by slot.
  let values: [Tensor]
  /// Gradients by slot, those that are needed.
  let gradients: [Tensor?]
  /// `[group, partialCount]`: each group's gradients of weights and biases.
  let partials: SharedBuffer<Float>
  let logits: SharedBuffer<Float>

  /// Allocates, and binds the network's stages to the memory.
  init(network: Network, frameCount: Int, clipCapacity: Int, trains: Bool) {
    self.frameCount = frameCount
    self.clipCapacity = clipCapacity
    self.trains = trains
    let slots = network.slots
    var timeCounts = [Int](repeating: frameCount, count: slots.count)
    for (index, layer) in network.geometry.enumerated() {
      let source = timeCounts[layer.inputIndex.map { network.slotOfLayer[$0] } ?? 0]
      timeCounts[network.slotOfLayer[index]] =
        switch layer.layer.operation {
        case .averagePool: 1
        default: source / (layer.window?.stride.time ?? 1)
        }
    }
    values = slots.indices.map {
      Tensor(
        clipCapacity: clipCapacity, timeCount: timeCounts[$0],
        columnShape: slots[$0].columnShape, leadCount: slots[$0].leadCount)
    }
    gradients = slots.indices.map {
      $0 == 0 || !trains
        ? nil
        : Tensor(
          clipCapacity: clipCapacity, timeCount: timeCounts[$0],
          columnShape: slots[$0].columnShape, tailCount: slots[$0].tailCount)
    }
    let groupCount = ClipGroups(clipCount: clipCapacity).count
    partials = SharedBuffer(zeroed: trains ? groupCount * network.partialCount : 0)
    logits = SharedBuffer(
      zeroed: clipCapacity * network.geometry[network.geometry.count - 1].output.count)

    for (index, stage) in network.stages.enumerated() {
      let source = stage.geometry.inputIndex.map { network.slotOfLayer[$0] } ?? 0
      let target = network.slotOfLayer[index]
      stage.input = Tensor(viewing: values[source], as: stage.geometry.input)
      stage.output = Tensor(viewing: values[target], as: stage.geometry.output)
      stage.linear =
        stage.normalization == nil
        ? stage.output
        : Tensor(
          clipCapacity: clipCapacity, timeCount: timeCounts[target],
          columnShape: stage.geometry.output)
      stage.gradient = gradients[target]
      stage.inputGradient = gradients[source]
      stage.residual = stage.geometry.residualIndex.map { values[network.slotOfLayer[$0]] }
      stage.residualGradient = stage.geometry.residualIndex.flatMap {
        gradients[network.slotOfLayer[$0]]
      }
      stage.normalization?.reserve(groupCount: groupCount)
    }
  }
}
