// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

extension Network {
  /// The name of a tensor's range in a checkpoint: `quantization.range.<layer>`, after the layer that
  /// puts it out, or `quantization.range.input`.
  private func rangeName(_ slot: Int) -> String { "quantization.range.\(slotPlans[slot].name)" }

  /// The slots whose values the integer engine keeps in 8 bits: all but the logits.
  private var integerSlots: [Int] {
    grids.indices.filter { $0 != slotOfLayer[stages.count - 1] }
  }

  /// Puts every tensor between layers onto its grid, or none; ranges are kept for the next time.
  func setGrids(_ isOn: Bool) {
    if isOn {
      for slot in integerSlots { grids[slot] = grids[slot] ?? ActivationGrid() }
    }
    inputMap.grid = isOn ? grids[0] : nil
    for (index, stage) in stages.enumerated() where stage.isComputed {
      stage.map.grid = isOn ? grids[slotOfLayer[index]] : nil
    }
  }

  /// The ranges that simulated integers have, `[low, high]` per tensor; empty where none are
  /// simulated.
  var ranges: [String: FloatTensor] {
    guard simulatesIntegers else { return [:] }
    var tensors: [String: FloatTensor] = [:]
    for (slot, grid) in grids.enumerated() {
      guard let grid else { continue }
      tensors[rangeName(slot)] = FloatTensor(shape: [2], copying: grid.range)
    }
    return tensors
  }

  /// Takes over exported ranges, where integers are simulated.
  ///
  /// - Throws: `.missingTensor` or `.shape`.
  package func loadRanges(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    guard simulatesIntegers else { return }
    for (slot, grid) in grids.enumerated() {
      try grid?.range.load(rangeName(slot), shape: [2], from: tensors)
    }
  }
}
