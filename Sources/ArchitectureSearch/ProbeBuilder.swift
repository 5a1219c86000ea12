// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// Lays out a path with candidates beside it: first the others of a block, then the chosen one.
struct ProbeBuilder {
  let space: SearchSpace
  private(set) var layers: [Layer] = []

  /// By block, the layer that the path goes on from.
  private(set) var outputs: [String] = []

  /// By block, the last layer of every candidate.
  private(set) var candidates: [[Int: String]] = []

  /// Layers whose output and gradient must outlive the step.
  private(set) var observed: Set<String> = []

  /// The layer that the path has come to.
  private var source = "input"

  init(space: SearchSpace) { self.space = space }

  mutating func add(_ fixed: [Layer]) {
    var fixed = fixed
    guard !fixed.isEmpty else { return }
    if layers.isEmpty == false { fixed[0].input = source }
    layers += fixed
    source = layers[layers.count - 1].name
  }

  mutating func add(_ block: SearchBlock, chosen: Int, candidates wanted: [Int]) {
    var ends: [Int: String] = [:]
    for index in wanted where index != chosen {
      let bare = block.bareLayers(block.candidates[index], source: source)
      guard let last = bare.last else { continue }
      layers += bare
      ends[index] = last.name
    }
    let bare = block.bareLayers(block.candidates[chosen], source: source)
    if let last = bare.last {
      layers += bare
      ends[chosen] = last.name
      if block.hasShortcut {
        // A sum of its own, so that what the candidate put out can be seen.
        layers.append(
          Layer(
            name: "\(block.name).sum", operation: .sum(with: [source]),
            activation: block.activation))
      }
      source = layers[layers.count - 1].name
    }
    candidates.append(ends)
    outputs.append(source)
    observed.formUnion(ends.values)
    observed.insert(source)
  }

  func index(_ name: String) -> Int { layers.firstIndex { $0.name == name }! }
}
