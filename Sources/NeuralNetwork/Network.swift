// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc
package import ModelFormat

/// A network in training: parameters, statistics, and the memory of a step.
///
/// Not safe for use from several threads at once; it uses `threadCount` threads itself. Results do
/// not depend on how many: the batch is cut into groups of clips by its size alone, and what groups
/// share is added in their order.
package final class Network {
  package enum Mode: Sendable {
    /// Batch statistics, which also update the running ones; allows a backward pass.
    case training
    /// Batch statistics, which also update the running ones; no dropout and no backward pass. Takes
    /// the statistics of a network whose weights are no longer those it was trained with.
    case statistics
    /// Running statistics.
    case inference
  }

  package let architecture: Architecture
  package let geometry: [LayerGeometry]

  /// What is there without simulated integers.
  private let realParameters: [Parameter]

  /// All parameters, in the order of the layers; where integers are simulated, then the steps of
  /// weights and the ranges of tensors.
  package var parameters: [Parameter] { realParameters + quantizationParameters }

  /// Threads that a step may use; at first one per processor.
  package var threadCount = Network.processorCount

  /// Processors that are there.
  package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  let stages: [LayerStage]

  /// The tensors between layers; the first is the input.
  let slotPlans: [SlotPlan]
  /// The slot that holds a layer's output.
  let slotOfLayer: [Int]

  /// The bits of the integers that every step computes with, as the integer engine would; nil for
  /// real numbers. Gradients pass through the rounding.
  ///
  /// Setting it chooses the steps of weights anew and forgets all ranges. Optimizers must be made
  /// after it.
  /// - Precondition: made for this architecture.
  package var bitWidths: BitWidths? {
    didSet { setGrids() }
  }

  /// The simulated integers of every slot.
  var grids: [ActivationGrid?]
  /// What is done to the features: nothing, or their rounding.
  let inputMap: AffineMap

  /// Floats of all partial gradients of one group.
  let partialCount: Int

  /// The layers that a gradient reaches and that compute something, last first.
  let backwardOrder: [Int]

  /// Layers whose output and its gradient outlive the step.
  let observed: Set<Int>

  /// Where the memory of steps comes from; nil for memory of its own.
  let memory: BufferPool?

  var workspace: Workspace?

  /// A network with random weights, a function of the seed.
  ///
  /// - Throws: `.architecture` for an architecture that makes no sense.
  package convenience init(
    architecture: Architecture, seed: UInt64
  ) throws(NeuralNetworkError) {
    try self.init(architecture)
    initialize(seed: seed)
  }

  /// A network with the parameters and statistics of a checkpoint; other tensors are ignored.
  package convenience init(
    architecture: Architecture, tensors: [String: FloatTensor]
  ) throws(NeuralNetworkError) {
    try self.init(architecture)
    try load(tensors)
  }

  /// A network that shares parameters with others: layers of the same name have the same ones. Its
  /// statistics are its own.
  ///
  /// - Parameters:
  ///   - parameters: new layers are added, with weights that depend on the store's seed and their
  ///     names.
  ///   - memory: where the memory of steps comes from and goes back to; nil for memory of its own.
  ///   - observed: layers whose output and its gradient can be asked for after a step; see
  ///     `gateGradients`.
  /// - Throws: `.architecture` for an architecture that makes no sense.
  package convenience init(
    architecture: Architecture, sharing parameters: ParameterStore, memory: BufferPool? = nil,
    observed: Set<String> = []
  ) throws(NeuralNetworkError) {
    try self.init(architecture, parameters, memory: memory, observed: observed)
    initializeNew(in: parameters)
  }

  private init(
    _ architecture: Architecture, _ parameters: ParameterStore = ParameterStore(seed: 0),
    memory: BufferPool? = nil, observed: Set<String> = []
  ) throws(NeuralNetworkError) {
    self.architecture = architecture
    self.memory = memory
    do throws(ArchitectureError) {
      geometry = try architecture.geometry()
    } catch {
      throw .architecture(error)
    }
    stages = geometry.map { LayerStage(geometry: $0, parameters: parameters) }
    self.observed = Set(
      architecture.layers.indices.filter { observed.contains(architecture.layers[$0].name) })

    (slotPlans, slotOfLayer) = Self.planSlots(geometry, architecture)
    grids = Array(repeating: nil, count: slotPlans.count)
    inputMap = AffineMap(column: slotPlans[0].columnShape)

    backwardOrder = Self.planGradients(stages, slotOfLayer, slotCount: slotPlans.count)
    var offset = 0
    for index in backwardOrder.reversed() {
      let stage = stages[index]
      stage.weightOffset = offset
      offset += stage.operation?.weight?.count ?? 0
      stage.biasOffset = offset
      offset += stage.bias?.count ?? 0
    }
    partialCount = offset
    realParameters = stages.flatMap { stage in
      [stage.operation?.weight, stage.bias, stage.normalization?.scale, stage.normalization?.shift]
        .compactMap { $0 }
    }
  }

  /// The slot that a layer reads.
  func inputSlot(_ stage: LayerStage) -> Int {
    stage.geometry.inputIndex.map { slotOfLayer[$0] } ?? 0
  }

  /// Layers that are free in memory share the slot of what they read. Values are kept that somebody
  /// adds to others, or that normalization and activation alone do not give.
  private static func planSlots(
    _ geometry: [LayerGeometry], _ architecture: Architecture
  ) -> ([SlotPlan], [Int]) {
    var plans = [
      SlotPlan(
        name: "input",
        columnShape: ColumnShape(
          frequencyCount: architecture.coefficientCount, channelCount: 1))
    ]
    var slotOfLayer: [Int] = []
    for layer in geometry {
      let source = layer.inputIndex.map { slotOfLayer[$0] } ?? 0
      plans[source].leadCount = max(plans[source].leadCount, layer.historyCount)
      if layer.layer.operation == .frequencyToChannels {
        slotOfLayer.append(source)
        continue
      }
      slotOfLayer.append(plans.count)
      plans.append(
        SlotPlan(
          name: layer.layer.name, columnShape: layer.output,
          isStored: layer.layer.normalization == .none || layer.residualIndex != nil))
      for index in layer.addendIndices + [layer.residualIndex].compactMap({ $0 }) {
        plans[slotOfLayer[index]].isStored = true
      }
      // A sum computes its input while it adds an addend; the activation must then not be applied
      // to both.
      if !layer.addendIndices.isEmpty, let index = layer.inputIndex,
        geometry[index].layer.activation != .none
      {
        plans[slotOfLayer[index]].isStored = true
      }
    }
    return (plans, slotOfLayer)
  }

  /// Decides, going backward, which gradients are set and which are added to.
  ///
  /// - Returns: the layers that a gradient reaches and that compute something, last first.
  private static func planGradients(
    _ stages: [LayerStage], _ slotOfLayer: [Int], slotCount: Int
  ) -> [Int] {
    var backwardOrder: [Int] = []
    var isWritten = [Bool](repeating: false, count: slotCount)
    isWritten[slotOfLayer[stages.count - 1]] = true
    func write(_ slot: Int) -> Bool {
      defer { isWritten[slot] = true }
      return isWritten[slot]
    }
    for index in stages.indices.reversed() {
      let stage = stages[index]
      guard isWritten[slotOfLayer[index]], stage.isComputed else { continue }
      backwardOrder.append(index)
      if let residual = stage.geometry.residualIndex {
        stage.accumulatesResidualGradient = write(slotOfLayer[residual])
      }
      stage.accumulatesInputGradient = write(
        stage.geometry.inputIndex.map { slotOfLayer[$0] } ?? 0)
      stage.accumulatesAddendGradient = stage.geometry.addendIndices.map {
        write(slotOfLayer[$0])
      }
    }
    return backwardOrder
  }

  /// Running statistics, `<layer>.norm.mean` and `<layer>.norm.variance`.
  package var statistics: [String: FloatTensor] {
    var tensors: [String: FloatTensor] = [:]
    for stage in stages {
      guard let normalization = stage.normalization else { continue }
      let shape = stage.geometry.channelShape
      let name = stage.geometry.layer.name
      tensors["\(name).norm.mean"] = FloatTensor(
        shape: shape, copying: normalization.runningMean)
      tensors["\(name).norm.variance"] = FloatTensor(
        shape: shape, copying: normalization.runningVariance)
    }
    return tensors
  }

  /// Copies of all parameters, statistics, steps and ranges, under the names of a checkpoint.
  package func exportTensors() -> [String: FloatTensor] {
    var tensors = statistics
    for parameter in realParameters {
      tensors[parameter.name] = FloatTensor(shape: parameter.shape, copying: parameter.value)
    }
    tensors.merge(quantizationTensors, uniquingKeysWith: { $1 })
    return tensors
  }

  /// Takes over the parameters and statistics of a checkpoint; other tensors are ignored.
  ///
  /// - Throws: `.missingTensor` or `.shape`; the network is then changed in part.
  package func load(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    for parameter in realParameters {
      try parameter.value.load(parameter.name, shape: parameter.shape, from: tensors)
    }
    for stage in stages {
      guard let normalization = stage.normalization else { continue }
      let name = stage.geometry.layer.name
      let shape = normalization.scale.shape
      try normalization.runningMean.load("\(name).norm.mean", shape: shape, from: tensors)
      try normalization.runningVariance.load("\(name).norm.variance", shape: shape, from: tensors)
    }
  }
}
