// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat

/// What layers put out that no gradient reaches and nobody observes: needed by the next layers only,
/// so that later ones can have the memory. In a supernet these are the candidates that are looked at
/// but were not chosen, many times the chosen ones.
///
/// Time is counted in segments, the work between two points where all groups of clips meet: within one,
/// groups are at different layers.
struct PassingTensors {
  /// The last segment in which a layer's output is read; nil for one that must stay.
  private let lastSegment: [Int?]
  /// The segment in which a layer's operation is computed.
  private let segment: [Int]
  private var alive: [(lastSegment: Int, buffer: SharedBuffer<Float>)] = []

  init(_ network: Network) {
    var count = 0
    var segment: [Int] = []
    for stage in network.stages {
      segment.append(count)
      if stage.normalization != nil { count += 1 }
    }
    let live = Set(network.backwardOrder)
    var last = network.stages.indices.map { index -> Int? in
      live.contains(index) || network.observed.contains(index) || network.memory == nil
        ? nil : segment[index] + 1
    }
    for (index, stage) in network.stages.enumerated() {
      let read =
        [stage.geometry.inputIndex, stage.geometry.residualIndex].compactMap { $0 }
        + stage.geometry.addendIndices
      // With a normalization, what is added is read after the next meeting point.
      let time = segment[index] + 1
      for source in read {
        // A view hands the reading on to what it shows.
        var producer = source
        while case .frequencyToChannels = network.geometry[producer].layer.operation,
          let behind = network.geometry[producer].inputIndex
        { producer = behind }
        last[producer] = last[producer].map { max($0, time) }
      }
    }
    lastSegment = last
    self.segment = segment
  }

  /// Notes the memory of a layer's operation.
  mutating func add(_ buffer: SharedBuffer<Float>, of index: Int) {
    guard let last = lastSegment[index] else { return }
    alive.append((last, buffer))
  }

  /// The noted memory that nobody reads any more when layer `index` is computed.
  mutating func expired(before index: Int) -> [SharedBuffer<Float>] {
    let now = segment[index]
    let expired = alive.filter { $0.lastSegment < now }.map(\.buffer)
    alive.removeAll { $0.lastSegment < now }
    return expired
  }
}
