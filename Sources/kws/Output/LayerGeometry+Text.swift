// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

extension LayerGeometry {
  /// Such as `convolution 5x1 /2x1, 5 bands + stem, relu`; kernel and stride are time x frequency,
  /// bands those of a SubSpectralNorm.
  var text: String {
    var text =
      switch layer.operation {
      case .convolution: "convolution"
      case .depthwise: "depthwise"
      case .frequencyToChannels: "frequency to channels"
      case .frequencyAverage: "average over frequencies"
      case .averagePool: "average of \(poolLength) columns"
      case .sum(let others): "sum with \(others.joined(separator: ", "))"
      case .dense: "dense"
      }
    if let window {
      let (kernel, stride, dilation) = (window.kernel, window.stride, window.dilation)
      text += " \(kernel.time)x\(kernel.frequency)"
      if stride != .one { text += " /\(stride.time)x\(stride.frequency)" }
      if dilation > 1 { text += " dilation \(dilation)" }
      if window.padding == .none { text += " unpadded" }
    }
    if case .subSpectral(let bandCount) = layer.normalization { text += ", \(bandCount) bands" }
    if let residual = layer.residual { text += " + \(residual)" }
    if layer.activation != .none { text += ", \(layer.activation.rawValue)" }
    return text
  }
}

extension ColumnShape {
  /// Frequencies x channels.
  var text: String { "\(frequencyCount)x\(channelCount)" }
}

extension Normalization {
  /// Such as `batch`, or `subSpectral5` for five bands, as in the JSON form; `-` for none.
  var text: String {
    switch self {
    case .none: "-"
    case .batch: "batch"
    case .subSpectral(let bandCount): "subSpectral\(bandCount)"
    }
  }
}
