// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// An architecture of random layers with awkward sizes: odd channel counts, 2-D kernels of even and
/// odd width, with and without padding, strides, dilation, bands, residuals, sums, branches.
func randomArchitecture(using generator: inout SeededGenerator) -> Architecture {
  while true {
    var builder = RandomArchitecture(using: &generator)
    for _ in 0..<Int.random(in: 1...6, using: &generator) { builder.addLayer(using: &generator) }
    builder.addHead(using: &generator)
    let architecture = builder.architecture
    guard let geometry = try? architecture.geometry(),
      geometry.reduce(0, { $0 + $1.macPerColumn }) < 3_000_000
    else { continue }
    return architecture
  }
}

private struct RandomArchitecture {
  private(set) var architecture: Architecture

  /// Of the layers so far.
  private var geometry: [LayerGeometry] = []

  private static let channelCounts = [
    1, 2, 3, 5, 7, 12, 15, 16, 17, 31, 33, 48, 63, 64, 65, 70, 96, 130,
  ]
  private static let activations: [Activation] = [.none, .relu, .relu6, .hardSwish]
  private static let pointwise = Window(kernel: Extent(time: 1, frequency: 1))

  init(using generator: inout SeededGenerator) {
    architecture = Architecture(
      name: "random", coefficientCount: generator.pick([1, 2, 5, 10, 13, 40]),
      windowFrameCount: Int.random(in: 12...60, using: &generator), layers: [])
  }

  /// One more layer, or the few of a broadcast block.
  mutating func addLayer(using generator: inout SeededGenerator) {
    func window(
      _ times: [Int], _ frequencies: [Int], stride: ([Int], [Int]), dilations: [Int]
    ) -> Window {
      Window(
        kernel: Extent(time: generator.pick(times), frequency: generator.pick(frequencies)),
        stride: Extent(time: generator.pick(stride.0), frequency: generator.pick(stride.1)),
        dilation: generator.pick(dilations), padding: generator.pick([.same, .same, .none]))
    }
    switch Int.random(in: 0..<12, using: &generator) {
    case 0...2:
      let window = window(
        [1, 2, 3, 5], [1, 2, 3, 4, 5], stride: ([1, 1, 2, 3], [1, 1, 2]), dilations: [1, 1, 2, 3])
      let channels = generator.pick(Self.channelCounts)
      addWeighted(
        .convolution(outputChannelCount: channels, window: window), using: &generator)
    case 3...4:
      let window = window(
        [1, 3, 4, 9], [1, 2, 3, 5, 6], stride: ([1, 1, 2], [1, 1, 2, 3]), dilations: [1, 1, 2])
      addWeighted(.depthwise(window: window), using: &generator)
    case 5: add(.frequencyToChannels)
    case 6:
      // Of its input's shape, so that a residual fits.
      let kernel = Extent(time: generator.pick([2, 3, 5]), frequency: generator.pick([1, 2, 3]))
      addWeighted(.depthwise(window: Window(kernel: kernel)), using: &generator)
    case 7:
      let channels = generator.pick(Self.channelCounts)
      addWeighted(
        .convolution(outputChannelCount: channels, window: Self.pointwise), using: &generator)
    case 8: addSum(using: &generator)
    default: addBroadcastBlock(using: &generator)
    }
  }

  /// The average pool, perhaps layers after it, and the dense head.
  mutating func addHead(using generator: inout SeededGenerator) {
    if generator.chance(0.2) { add(.frequencyAverage) }
    add(.averagePool)
    if generator.chance(0.4) {
      let channels = generator.pick(Self.channelCounts)
      addWeighted(
        .convolution(outputChannelCount: channels, window: Self.pointwise), using: &generator)
    }
    if generator.chance(0.2) { addSum(using: &generator) }
    if generator.chance(0.3) {
      add(
        .dense(outputCount: generator.pick(Self.channelCounts)),
        activation: generator.pick(Self.activations))
    }
    add(
      .dense(outputCount: generator.pick([2, 3, 12, 17])),
      activation: generator.pick(Self.activations))
  }

  /// Adds a layer unless the architecture then made no sense.
  private mutating func add(
    _ operation: ModelFormat.Operation, input: String? = nil,
    normalization: Normalization = .none, residual: String? = nil, activation: Activation = .none
  ) {
    var candidate = architecture
    candidate.layers.append(
      Layer(
        name: "layer\(architecture.layers.count)", input: input, operation: operation,
        normalization: normalization, residual: residual, activation: activation))
    guard let geometry = Self.geometry(candidate) else { return }
    (architecture, self.geometry) = (candidate, geometry)
  }

  /// A layer with a random normalization, activation and perhaps residual; it may read an earlier
  /// layer than the last.
  private mutating func addWeighted(
    _ operation: ModelFormat.Operation, using generator: inout SeededGenerator
  ) {
    let input = geometry.isEmpty || generator.chance(0.85) ? nil : generator.pick(geometry)
    let activation = generator.pick(Self.activations)
    let before = geometry.count
    add(operation, input: input?.layer.name, activation: activation)
    guard geometry.count > before, let layer = geometry.last else { return }
    architecture.layers.removeLast()
    geometry.removeLast()
    let bands = (1...layer.output.frequencyCount).filter {
      layer.output.frequencyCount % $0 == 0
    }
    let normalization: Normalization =
      generator.chance(0.4) ? .subSpectral(bandCount: generator.pick(bands)) : .batch
    let residuals = geometry.filter {
      $0.output == layer.output && $0.timeStride == layer.timeStride
    }
    let residual = residuals.isEmpty || generator.chance(0.3) ? nil : generator.pick(residuals)
    add(
      operation, input: input?.layer.name, normalization: normalization,
      residual: residual?.layer.name, activation: activation)
  }

  /// The sum of the last layer and up to four earlier ones that fit.
  private mutating func addSum(using generator: inout SeededGenerator) {
    guard let last = geometry.last else { return }
    let fitting = geometry.filter {
      $0.output.channelCount == last.output.channelCount && $0.timeStride == last.timeStride
        && [1, last.output.frequencyCount].contains($0.output.frequencyCount)
    }
    let addends = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
      generator.pick(fitting).layer.name
    }
    add(.sum(with: addends), activation: generator.pick(Self.activations))
  }

  /// The average over frequencies of a layer, worked on along time, and added to all frequencies of
  /// that layer (arXiv 2106.04140).
  private mutating func addBroadcastBlock(using generator: inout SeededGenerator) {
    guard let source = geometry.last else { return }
    add(.frequencyAverage)
    let kernel = Extent(time: generator.pick([1, 3]), frequency: 1)
    addWeighted(
      .depthwise(window: Window(kernel: kernel, dilation: generator.pick([1, 2]))),
      using: &generator)
    if generator.chance(0.5) {
      addWeighted(
        .convolution(
          outputChannelCount: source.output.channelCount, window: Self.pointwise),
        using: &generator)
    }
    let addends =
      [geometry[geometry.count - 1].layer.name]
      + (generator.chance(0.5) ? [source.layer.name] : [])
    add(
      .sum(with: addends), input: source.layer.name, activation: generator.pick(Self.activations))
  }

  /// The geometry of layers that may still lack their head.
  private static func geometry(_ architecture: Architecture) -> [LayerGeometry]? {
    var whole = architecture
    whole.layers.append(Layer(name: "averageOfAll", operation: .frequencyAverage))
    whole.layers.append(Layer(name: "head", operation: .dense(outputCount: 2)))
    return (try? whole.geometry())?.dropLast(2)
  }
}
