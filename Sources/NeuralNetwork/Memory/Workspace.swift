// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat

/// The memory of a step for one clip length and up to some number of clips.
final class Workspace {
  let frameCount: Int
  let clipCapacity: Int
  /// Whether there is room for gradients.
  let trains: Bool

  /// The tensors between layers.
  let slots: [Slot]
  /// `[group, partialCount]`: each group's gradients of weights and biases.
  let partials: SharedBuffer<Float>
  let logits: SharedBuffer<Float>

  private let memory: WorkspaceMemory

  /// One per thread.
  let scratch: [Scratch]

  /// Allocates, and binds the network's stages to the memory.
  init(network: Network, frameCount: Int, clipCapacity: Int, trains: Bool) {
    self.frameCount = frameCount
    self.clipCapacity = clipCapacity
    self.trains = trains
    let groups = ClipGroups(clipCount: clipCapacity)
    let memory = WorkspaceMemory(pool: network.memory)
    self.memory = memory
    slots = Self.slots(
      network, frameCount: frameCount, clipCapacity: clipCapacity, trains: trains, memory: memory)
    partials = memory.take(trains ? groups.count * network.partialCount : 0)
    logits = SharedBuffer(
      zeroed: clipCapacity * network.geometry[network.geometry.count - 1].output.count)
    var (inputCount, gradientCount) = (0, 0)
    var passing = PassingTensors(network)
    for (index, stage) in network.stages.enumerated() {
      for buffer in passing.expired(before: index) { memory.reuse(buffer) }
      stage.bind(
        slots, input: network.inputSlot(stage), output: network.slotOfLayer[index],
        slotOfLayer: network.slotOfLayer, clipCapacity: clipCapacity, groups: groups,
        memory: memory)
      if stage.keepsLinear { passing.add(stage.linear.buffer, of: index) }
      inputCount = max(inputCount, stage.blockSize * stage.input.scratchSize)
      gradientCount = max(gradientCount, stage.blockSize * stage.gradientScratchSize)
    }
    scratch = (0..<network.threadCount).map { _ in
      Scratch(inputCount: inputCount, gradientCount: trains ? gradientCount : 0)
    }
  }

  private static func slots(
    _ network: Network, frameCount: Int, clipCapacity: Int, trains: Bool, memory: WorkspaceMemory
  ) -> [Slot] {
    let plans = network.slotPlans
    var timeCounts = [Int](repeating: frameCount, count: plans.count)
    var producers = [LayerStage?](repeating: nil, count: plans.count)
    for (index, stage) in network.stages.enumerated() where stage.isComputed {
      let source = timeCounts[network.inputSlot(stage)]
      producers[network.slotOfLayer[index]] = stage
      timeCounts[network.slotOfLayer[index]] =
        stage.geometry.layer.operation == .averagePool
        ? 1 : source / (stage.geometry.window?.stride.time ?? 1)
    }
    let plan = GradientMemory(
      network: network, sizes: plans.indices.map { timeCounts[$0] * plans[$0].columnShape.count })
    let buffers = plan.bufferSizes.map { memory.take(trains ? clipCapacity * $0 : 0) }
    return plans.indices.map { slot in
      Slot(
        plan: plans[slot], producer: producers[slot], clipCapacity: clipCapacity,
        timeCount: timeCounts[slot],
        gradientBuffer: trains ? plan.bufferOfSlot[slot].map { buffers[$0] } : nil, memory: memory)
    }
  }
}

extension LayerStage {
  /// Bytes that a block of clips may fill: a quarter of a second-level cache of 1 MB. Measured: from
  /// an eighth to the whole of it makes no difference past the noise.
  private static let blockByteLimit = 1 << 18

  /// Takes its tensors among the bound slots, and memory of its own.
  fileprivate func bind(
    _ slots: [Slot], input: Int, output: Int, slotOfLayer: [Int], clipCapacity: Int,
    groups: ClipGroups, memory: WorkspaceMemory
  ) {
    self.input = slots[input]
    self.output = slots[output]
    residual = geometry.residualIndex.map { slots[slotOfLayer[$0]] }
    addends = geometry.addendIndices.map { slots[slotOfLayer[$0]] }
    linear =
      if let values = slots[output].values, !keepsLinear {
        values
      } else {
        Tensor(
          clipCapacity: clipCapacity, timeCount: slots[output].timeCount,
          columnShape: geometry.output, memory: memory)
      }
    normalization?.reserve(groupCount: groups.count)
    dropout?.reserve(clipCapacity: clipCapacity)
    let touched =
      self.input.timeCount * geometry.input.count * 2 + columnCount * geometry.output.count * 3
    blockSize = min(
      max(Self.blockByteLimit / (touched * MemoryLayout<Float>.stride), 1), groups.largestSize)
  }

  /// Floats of scratch for the gradient of a clip.
  fileprivate var gradientScratchSize: Int {
    (columnCount + tailCount) * geometry.output.count
  }
}
