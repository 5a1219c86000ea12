// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Reports

extension LayerDiagram {
  /// A network, layers of one block (the part of their names before the first dot) in one colour.
  init(_ architecture: Architecture, _ geometry: [LayerGeometry]) {
    var blocks: [Substring] = []
    let layers = geometry.enumerated().map { index, layer in
      let block = layer.layer.name.prefix { $0 != "." }
      if blocks.last != block { blocks.append(block) }
      let above: Int? = index == 0 ? nil : index - 1
      let followsAbove = layer.inputIndex == above
      var sources: [Int?] = followsAbove ? [] : [layer.inputIndex]
      sources += layer.addendIndices.map(Optional.some)
      if let residual = layer.residualIndex { sources.append(residual) }
      return LayerDiagram.Layer(
        name: layer.layer.name, text: layer.diagramText,
        shape: "\(layer.windowColumnCount) x \(layer.output.text)",
        weight: Double(layer.macPerColumn * layer.windowColumnCount),
        sources: sources, followsAbove: followsAbove, group: blocks.count - 1)
    }
    self.init(
      title: "\(architecture.name): layers, and columns x frequencies x channels they put out",
      weightLabel: "multiply-accumulates of a window", layers: layers)
  }
}

extension LayerGeometry {
  /// What it computes, without the names that the arcs of a diagram show.
  fileprivate var diagramText: String {
    var own = self
    own.layer.residual = nil
    if case .sum = layer.operation { return "sum" }
    return own.text
  }
}
