// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
package import ModelFormat

/// The network on a whole recording at once, written from the definition alone: no histories, no
/// packing, no folding of zero points, sums in 64 bits.
package struct IntegerReference {
  let model: QuantizedModel
  let geometry: [LayerGeometry]

  package init(_ model: QuantizedModel) throws {
    self.model = model
    geometry = try model.architecture.geometry()
  }

  /// What one layer puts out, `[column][frequency, channel]`.
  package struct Tensor {
    package var shape: ColumnShape
    package var quantization: ActivationQuantization
    package var columns: [[Int]]

    package init(shape: ColumnShape, quantization: ActivationQuantization, columns: [[Int]]) {
      self.shape = shape
      self.quantization = quantization
      self.columns = columns
    }

    /// Value minus zero point; zero outside the tensor.
    func centred(_ time: Int, _ frequency: Int, _ channel: Int) -> Int {
      guard time >= 0, (0..<shape.frequencyCount).contains(frequency) else { return 0 }
      return columns[time][frequency * shape.channelCount + channel] - quantization.zeroPoint
    }
  }

  /// Posteriors `[column][label]` for raw frames `[frame, coefficient]`.
  package func posteriors(_ frames: [Float]) -> [[Float]] {
    var outputs: [Tensor] = []
    let input = quantizedInput(frames)
    for index in geometry.indices.dropLast() {
      outputs.append(output(of: index, input: input, outputs: outputs))
    }
    let last = geometry.count - 1
    let source = geometry[last].inputIndex.map { outputs[$0] } ?? input
    return logits(geometry[last], last, source).map(softmax)
  }

  /// What a layer before the last puts out, from the features and the outputs of those before it.
  package func output(of index: Int, input: Tensor, outputs: [Tensor]) -> Tensor {
    let layer = geometry[index]
    let source = layer.inputIndex.map { outputs[$0] } ?? input
    guard case .sum(let names) = layer.layer.operation else {
      return run(layer, index, source, layer.residualIndex.map { outputs[$0] })
    }
    let addends = names.map { name in
      outputs[model.architecture.layers.firstIndex { $0.name == name }!]
    }
    return sum(layer, index, [source] + addends)
  }

  /// The features in integers.
  package func quantizedInput(_ frames: [Float]) -> Tensor {
    let count = model.architecture.coefficientCount
    var columns: [[Int]] = []
    for frame in 0..<frames.count / count {
      columns.append(
        (0..<count).map { i in
          let x = frames[frame * count + i] - model.normalization.mean[i]
          let steps = x * model.normalization.scale[i] / model.input.scale
          let rounded = steps.rounded(.toNearestOrEven)
          return Int(
            min(max(rounded, Float(-model.input.zeroPoint)), Float(255 - model.input.zeroPoint)))
            + model.input.zeroPoint
        })
    }
    return Tensor(
      shape: ColumnShape(frequencyCount: count, channelCount: 1), quantization: model.input,
      columns: columns)
  }

  /// The integer sum of one output.
  private func sum(
    _ layer: LayerGeometry, _ index: Int, _ source: Tensor, _ column: Int, _ bin: Int,
    _ channel: Int
  ) -> Int {
    let weights = model.layers[index].weights
    let window = layer.window ?? Window(kernel: Extent(time: 1, frequency: 1))
    let (kernel, stride, dilation) = (window.kernel, window.stride, window.dilation)
    let newest = stride.time * column + stride.time - 1
    let padding = window.padding == .none ? 0 : (kernel.frequency - 1) / 2
    let lowest = bin * stride.frequency - padding
    let channels = layer.input.channelCount
    var sum = Int(model.layers[index].bias[parameter(layer, bin, channel)])
    for time in 0..<kernel.time {
      let t = newest - (kernel.time - 1 - time) * dilation
      for frequency in 0..<kernel.frequency {
        let tap = time * kernel.frequency + frequency
        if case .depthwise = layer.layer.operation {
          sum +=
            Int(weights[tap * channels + channel])
            * source.centred(t, lowest + frequency, channel)
          continue
        }
        for c in 0..<channels {
          let at = (channel * kernel.time * kernel.frequency + tap) * channels + c
          sum += Int(weights[at]) * source.centred(t, lowest + frequency, c)
        }
      }
    }
    return sum
  }

  /// Where the scale and bias of one output stand: `[channel]` or `[band, channel]`.
  private func parameter(_ layer: LayerGeometry, _ bin: Int, _ channel: Int) -> Int {
    guard case .subSpectral(let bandCount) = layer.layer.normalization else { return channel }
    let band = bin / (layer.output.frequencyCount / bandCount)
    return band * layer.output.channelCount + channel
  }

  /// Real value of one unit of a rescaled sum: hard-swish acts on real values, the other activations
  /// on steps of the output.
  private func unit(_ layer: LayerGeometry, _ quantization: ActivationQuantization) -> Double {
    layer.layer.activation == .hardSwish ? 1 : Double(quantization.scale)
  }

  private func sum(_ layer: LayerGeometry, _ index: Int, _ terms: [Tensor]) -> Tensor {
    let quantization = model.layers[index].output!
    var result = Tensor(shape: layer.output, quantization: quantization, columns: [])
    for column in terms[0].columns.indices {
      var values: [Int] = []
      for bin in 0..<layer.output.frequencyCount {
        for channel in 0..<layer.output.channelCount {
          var x: Float = 0
          for term in terms {
            let factor = Float(Double(term.quantization.scale) / unit(layer, quantization))
            let at = term.shape.frequencyCount == 1 ? 0 : bin
            x = x + Float(term.centred(column, at, channel)) * factor
          }
          values.append(rescaled(x, quantization, layer.layer.activation))
        }
      }
      result.columns.append(values)
    }
    return result
  }

  private func run(
    _ layer: LayerGeometry, _ index: Int, _ source: Tensor, _ residual: Tensor?
  ) -> Tensor {
    guard let quantization = model.layers[index].output else { return source }
    var result = Tensor(shape: layer.output, quantization: quantization, columns: [])
    let stride = layer.window?.stride.time ?? 1
    for column in 0..<source.columns.count / stride {
      var values: [Int] = []
      switch layer.layer.operation {
      case .frequencyToChannels: values = source.columns[column]
      case .averagePool, .frequencyAverage:
        let count = layer.poolLength * layer.input.frequencyCount
        let multiplier = Float(
          Double(source.quantization.scale) / (Double(count) * Double(quantization.scale)))
        for channel in 0..<layer.input.channelCount {
          var sum = 0
          for time in column - layer.poolLength + 1...column {
            for bin in 0..<layer.input.frequencyCount { sum += source.centred(time, bin, channel) }
          }
          values.append(rescaled(Float(sum) * multiplier, quantization, .none))
        }
      default:
        for bin in 0..<layer.output.frequencyCount {
          for channel in 0..<layer.output.channelCount {
            let scale = model.layers[index].weightScales[parameter(layer, bin, channel)]
            let unit = unit(layer, quantization)
            let multiplier = Float(Double(source.quantization.scale) * Double(scale) / unit)
            var x = Float(sum(layer, index, source, column, bin, channel)) * multiplier
            if let residual {
              let factor = Float(Double(residual.quantization.scale) / unit)
              x = x + Float(residual.centred(column, bin, channel)) * factor
            }
            values.append(rescaled(x, quantization, layer.layer.activation))
          }
        }
      }
      result.columns.append(values)
    }
    return result
  }

  private func rescaled(
    _ x: Float, _ quantization: ActivationQuantization, _ activation: Activation
  ) -> Int {
    var lowest = 0
    var highest = quantization.largest
    var x = x
    if activation == .hardSwish {
      let gate = min(max(x + 3, 0), 6)
      x = x * gate
      x = x * Float(1 / (6 * Double(quantization.scale)))
    }
    if activation == .relu || activation == .relu6 { lowest = quantization.zeroPoint }
    if activation == .relu6 {
      let six = (6 / quantization.scale).rounded(.toNearestOrEven)
      highest = min(quantization.largest, Int(min(six, 1000)) + quantization.zeroPoint)
    }
    // 1000 steps are past either end.
    let steps = Int(min(max(x, -1000), 1000).rounded(.toNearestOrEven))
    return min(max(steps + quantization.zeroPoint, lowest), highest)
  }

  private func logits(_ layer: LayerGeometry, _ index: Int, _ source: Tensor) -> [[Float]] {
    source.columns.indices.map { column in
      (0..<layer.output.channelCount).map { channel in
        let multiplier = Float(
          Double(source.quantization.scale) * Double(model.layers[index].weightScales[channel]))
        let real = Float(sum(layer, index, source, column, 0, channel)) * multiplier
        switch layer.layer.activation {
        case .none: return real
        case .relu: return max(real, 0)
        case .relu6: return min(max(real, 0), 6)
        case .hardSwish: return real * min(max(real + 3, 0), 6) / 6
        }
      }
    }
  }

  private func softmax(_ logits: [Float]) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { expf($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
