// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

extension Network {
  /// Puts every tensor between layers onto its grid and every weight on its levels, or none.
  func setGrids() {
    workspace = nil
    grids = Array(repeating: nil, count: slotPlans.count)
    if bitWidths != nil {
      grids[0] = ActivationGrid(
        slot: slotPlans[0].name, bitCount: 8, isNonnegative: false, isTrainable: false)
    }
    inputMap.grid = grids[0]
    for (index, stage) in stages.enumerated() {
      let layer = stage.geometry.layer
      if let grid = stage.operation?.grid {
        grid.levels = bitWidths.map { WeightLevels(bitCount: $0.weights[index]) }
      }
      guard stage.isComputed, index != stages.count - 1 else { continue }
      // The logits stay real numbers.
      grids[slotOfLayer[index]] = bitWidths.map {
        ActivationGrid(
          slot: slotPlans[slotOfLayer[index]].name, bitCount: $0.activations[index],
          isNonnegative: layer.activation == .relu || layer.activation == .relu6,
          isTrainable: stage.keepsLinear || $0.activations[index] < 8)
      }
      stage.map.grid = grids[slotOfLayer[index]]
    }
  }

  /// Rounds the weights of one layer, by steps of least squared error, and leaves everything else as
  /// it is; nil takes that back. For a network of real numbers, to see what a layer's bits cost.
  ///
  /// - Precondition: the layer has weights.
  package func roundWeights(layer index: Int, bitCount: Int?) {
    stages[index].operation?.grid?.levels = bitCount.map { WeightLevels(bitCount: $0) }
  }

  /// What the loss moves beside weights: the steps of weights and the ranges of tensors.
  var quantizationParameters: [Parameter] {
    guard bitWidths != nil else { return [] }
    return stages.compactMap { $0.operation?.grid?.logStep }
      + grids.dropFirst().compactMap { $0?.logRange }
  }

  /// Everything that belongs to simulated integers; empty where none are simulated.
  var quantizationTensors: [String: FloatTensor] {
    var tensors: [String: FloatTensor] = [:]
    for parameter in quantizationState {
      tensors[parameter.name] = FloatTensor(shape: parameter.shape, copying: parameter.value)
    }
    return tensors
  }

  private var quantizationState: [Parameter] {
    guard bitWidths != nil else { return [] }
    return quantizationParameters + (grids.first?.map { [$0.logRange] } ?? [])
      + grids.compactMap { $0?.batchCount }
  }

  /// Takes over exported steps and ranges, where integers are simulated.
  ///
  /// - Throws: `.missingTensor` or `.shape`.
  package func loadQuantization(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    for parameter in quantizationState {
      try parameter.value.load(parameter.name, shape: parameter.shape, from: tensors)
    }
  }

  /// Takes ranges from outside, `[lowest, highest]` by the names of layers and `input`, to be learned
  /// from the first batch on; tensors that are not named keep theirs.
  package func setRanges(_ ranges: [String: ClosedRange<Float>]) {
    for (slot, grid) in grids.enumerated() {
      guard let grid, let range = ranges[slotPlans[slot].name] else { continue }
      grid.ends = (range.lowerBound, range.upperBound)
      grid.endObservation()
    }
  }

  /// Takes the ranges as they are after some batches, so that they are learned from the next one on.
  package func endObservation() {
    for grid in grids { grid?.endObservation() }
  }

  /// The real value of one step of each output channel's weights; nil for a layer without weights, or
  /// where no integers are simulated.
  package func weightSteps(layer index: Int) -> [Float]? {
    guard let grid = stages[index].operation?.grid, grid.levels != nil else { return nil }
    return grid.currentSteps()
  }

  /// What a layer's output is rounded to; nil for one that nobody rounds or looked at yet.
  package func quantization(layer index: Int) -> ActivationQuantization? {
    grids[slotOfLayer[index]]?.quantization
  }

  /// What the features are rounded to; nil as above.
  package var inputQuantization: ActivationQuantization? { grids[0]?.quantization }

  /// Rounds the biases of a layer to the steps of its integer sums, as they are in inference.
  func roundBias(layer index: Int) {
    let stage = stages[index]
    guard bitWidths != nil, let grid = stage.operation?.grid,
      let input = grids[inputSlot(stage)]?.quantization
    else { return }
    stage.map.roundShift(
      inputScale: input.scale, steps: grid.currentSteps(),
      channelCount: stage.geometry.output.channelCount)
  }

  /// Completes the gradients of steps and ranges, after those of the weights.
  func finishQuantization(_ groups: ClipGroups) {
    guard bitWidths != nil else { return }
    for stage in stages {
      stage.operation?.grid?.finishGradient()
      guard stage.isComputed, let grid = stage.map.grid else { continue }
      grid.finishGradient(groups, valueCount: stage.columnCount * stage.geometry.output.count)
    }
    for grid in grids { grid?.update() }
  }
}
