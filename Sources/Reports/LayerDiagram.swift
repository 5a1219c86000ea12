// SPDX-License-Identifier: GPL-3.0-or-later

/// Layers from top to bottom, with arcs where one reads another than the one above it.
package struct LayerDiagram: Sendable {
  package var title: String

  /// What the length of a box's bar stands for.
  package var weightLabel: String
  package var layers: [Layer]

  package init(title: String, weightLabel: String, layers: [Layer]) {
    self.title = title
    self.weightLabel = weightLabel
    self.layers = layers
  }

  package struct Layer: Sendable {
    package var name: String

    /// What it computes.
    package var text: String

    /// What it puts out, behind its box.
    package var shape: String

    /// From 0; the largest of all layers fills its box.
    package var weight: Double

    /// Layers above it that it reads beside the one right above, by their indices; nil stands for what
    /// comes into the first layer.
    package var sources: [Int?]

    /// Whether it reads what the layer right above puts out.
    package var followsAbove: Bool

    /// Layers of one group have one colour.
    package var group: Int

    package init(
      name: String, text: String, shape: String, weight: Double, sources: [Int?] = [],
      followsAbove: Bool = true, group: Int = 0
    ) {
      self.name = name
      self.text = text
      self.shape = shape
      self.weight = weight
      self.sources = sources
      self.followsAbove = followsAbove
      self.group = group
    }
  }
}
