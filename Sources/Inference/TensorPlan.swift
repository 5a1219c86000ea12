// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// Where one activation tensor lives in the arena of a stream.
///
/// A tensor is a run of columns `[padding + frequency + padding, channel]`: the columns that layers
/// look back on, then room for the new ones of a block. When the room is used up, the columns that
/// are still needed move to the front. Padding bins hold the zero point and are never written.
struct TensorPlan {
  let shape: ColumnShape
  let quantization: ActivationQuantization

  /// Index into `ArenaPlan.timeStrides`.
  let clock: Int

  /// Most columns that one block adds.
  let blockColumnCount: Int

  /// Columns kept from one block to the next.
  var historyCount = 0

  /// Bins of padding below and above.
  var lowPadding = 0
  var highPadding = 0

  /// First byte in the arena.
  var offset = 0

  var columnStride: Int {
    (lowPadding + shape.frequencyCount + highPadding) * shape.channelCount
  }

  /// Bytes from the start of a column to its first bin.
  var centre: Int { lowPadding * shape.channelCount }

  var capacity: Int { historyCount + blockColumnCount }

  var byteCount: Int { capacity * columnStride }

  /// Whether nothing outlives a block, so that the memory can be shared.
  var isScratch: Bool { historyCount == 0 && lowPadding == 0 && highPadding == 0 }
}

/// All tensors of a network. Tensor 0 holds the quantized features.
struct ArenaPlan {
  /// Frames that are worked through at once; weights are read once per block.
  let blockFrameCount: Int

  private(set) var tensors: [TensorPlan] = []

  /// The tensor of every layer's output; -1 for the last layer, which yields logits.
  private(set) var outputTensor: [Int] = []

  /// Distinct time strides of the tensors, in frames.
  private(set) var timeStrides: [Int] = []

  private(set) var byteCount = 0

  init(model: QuantizedModel, geometry: [LayerGeometry], blockFrameCount: Int) {
    self.blockFrameCount = blockFrameCount
    let input = ColumnShape(frequencyCount: model.architecture.coefficientCount, channelCount: 1)
    addTensor(input, model.input, timeStride: 1)
    for (index, layer) in geometry.enumerated() {
      if case .frequencyToChannels = layer.layer.operation {
        outputTensor.append(inputTensor(of: layer))
      } else if let quantization = model.layers[index].output {
        outputTensor.append(tensors.count)
        addTensor(layer.output, quantization, timeStride: layer.timeStride)
      } else {
        outputTensor.append(-1)
      }
    }
    for layer in geometry { widen(for: layer) }
    layOut(geometry)
  }

  func inputTensor(of layer: LayerGeometry) -> Int {
    layer.inputIndex.map { outputTensor[$0] } ?? 0
  }

  /// Bytes from the start of the arena to the first coefficient of column 0.
  var inputOffset: Int { tensors[0].offset + tensors[0].centre }

  func clock(ofStride stride: Int) -> Int? { timeStrides.firstIndex(of: stride) }

  private mutating func addTensor(
    _ shape: ColumnShape, _ quantization: ActivationQuantization, timeStride: Int
  ) {
    let clock = clock(ofStride: timeStride) ?? timeStrides.count
    if clock == timeStrides.count { timeStrides.append(timeStride) }
    tensors.append(
      TensorPlan(
        shape: shape, quantization: quantization, clock: clock,
        blockColumnCount: (blockFrameCount + timeStride - 1) / timeStride))
  }

  /// Makes room for what `layer` looks at in its input.
  private mutating func widen(for layer: LayerGeometry) {
    if case .frequencyToChannels = layer.layer.operation { return }
    let tensor = inputTensor(of: layer)
    tensors[tensor].historyCount = max(tensors[tensor].historyCount, layer.historyCount)
    guard let window = layer.window, window.kernel.frequency > 1 else { return }
    let (kernel, stride, low) = (window.kernel, window.stride, window.lowPadding)
    let last = (layer.output.frequencyCount - 1) * stride.frequency - low + kernel.frequency - 1
    // After frequencyToChannels the one bin spans a whole column of the tensor.
    let merged = tensors[tensor].shape.channelCount
    let bins = max(1, layer.input.channelCount / merged)
    tensors[tensor].lowPadding = max(tensors[tensor].lowPadding, low * bins)
    let high = max(0, last - (layer.input.frequencyCount - 1))
    tensors[tensor].highPadding = max(tensors[tensor].highPadding, high * bins)
  }

  /// Tensors with memory lie side by side; the others share what the lifetimes allow.
  private mutating func layOut(_ geometry: [LayerGeometry]) {
    var lifetime = [ClosedRange<Int>](repeating: -1 ... -1, count: tensors.count)
    for (index, layer) in geometry.enumerated() {
      let added = layer.addendIndices + (layer.residualIndex.map { [$0] } ?? [])
      for tensor in [inputTensor(of: layer)] + added.map({ outputTensor[$0] }) {
        lifetime[tensor] = lifetime[tensor].lowerBound...index
      }
      let output = outputTensor[index]
      if output > 0, lifetime[output].lowerBound < 0 { lifetime[output] = index...index }
    }
    for index in tensors.indices where !tensors[index].isScratch {
      tensors[index].offset = byteCount
      byteCount += WeightPacking.roundedUp(tensors[index].byteCount, to: 64)
    }
    let base = byteCount
    var placed: [Int] = []
    for index in tensors.indices where tensors[index].isScratch {
      let neighbours = placed.filter { lifetime[$0].overlaps(lifetime[index]) }
        .sorted { tensors[$0].offset < tensors[$1].offset }
      var offset = base
      for other in neighbours {
        if offset + tensors[index].byteCount <= tensors[other].offset { break }
        let end = tensors[other].offset + tensors[other].byteCount
        offset = max(offset, WeightPacking.roundedUp(end, to: 64))
      }
      tensors[index].offset = offset
      byteCount = max(byteCount, offset + WeightPacking.roundedUp(tensors[index].byteCount, to: 64))
      placed.append(index)
    }
  }
}
