// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// Measured times of layers in a stream, by what they compute.
package struct LatencyTable: Codable, Equatable, Sendable {
  /// Microseconds per output column by `key`.
  package var microseconds: [String: Double] = [:]

  /// What belongs to no layer: microseconds per feature frame.
  package var overhead = 0.0

  /// The kernels that were measured, such as `avx512-vnni`, and the processor.
  package var kernels = ""
  package var processor = ""

  package init() {}

  /// What decides a layer's time: operation and shapes, not its name or its weights.
  package static func key(_ layer: LayerGeometry) -> String {
    let shape = "\(layer.input.frequencyCount)x\(layer.input.channelCount)"
    let kind =
      switch layer.layer.operation {
      case .convolution(let count, let window): "convolution\(count) \(text(window))"
      case .depthwise(let window): "depthwise \(text(window))"
      case .frequencyToChannels: "view"
      case .frequencyAverage: "average"
      case .averagePool: "pool\(layer.poolLength)"
      case .sum(let others): "sum\(others.count + 1)"
      case .dense(let count): "dense\(count)"
      }
    return "\(shape) \(kind) \(layer.layer.activation.rawValue)"
      + (layer.residualIndex == nil ? "" : " residual")
  }

  private static func text(_ window: Window) -> String {
    "\(window.kernel.time)x\(window.kernel.frequency) s\(window.stride.time)x"
      + "\(window.stride.frequency) d\(window.dilation)"
  }

  /// The time of a network per feature frame: the sum of its layers', those of a slower rate divided.
  ///
  /// Layers that are not in the table count as nothing; see `missing`.
  package func microseconds(_ architecture: Architecture) throws(ArchitectureError) -> Double {
    try architecture.geometry().reduce(overhead) {
      $0 + (microseconds[Self.key($1)] ?? 0) / Double($1.timeStride)
    }
  }

  /// Keys of an architecture that the table lacks.
  package func missing(_ architecture: Architecture) throws(ArchitectureError) -> [String] {
    try architecture.geometry().map(Self.key).filter { microseconds[$0] == nil }
  }
}
