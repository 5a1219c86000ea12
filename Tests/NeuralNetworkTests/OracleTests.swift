// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import FoundationEssentials
import ModelFormat
import NeuralNetwork
import Testing

/// What PyTorch computed for the every-kind network; `Golden/make_oracle.py` says how.
struct OracleTests {
  private let recorded: [String: FloatTensor]
  private let clipCount = 6
  private let frameCount = 13

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "Golden/oracle.safetensors")
    let container = try Safetensors([UInt8](Data(contentsOf: file)))
    var recorded: [String: FloatTensor] = [:]
    for (name, entry) in container.entries {
      recorded[name] = FloatTensor(
        shape: entry.shape, values: try container.floats(name, shape: entry.shape))
    }
    self.recorded = recorded
  }

  private func recorded(_ name: String) throws -> FloatTensor {
    try #require(recorded[name], "\(name)")
  }

  /// The recorded parameters, with statistics as they are before training.
  private func makeNetwork() throws -> Network {
    let fresh = try Network(architecture: everyKindArchitecture(), seed: 0)
    var tensors = fresh.statistics
    for parameter in fresh.parameters {
      tensors[parameter.name] = try recorded("parameter.\(parameter.name)")
    }
    return try Network(architecture: everyKindArchitecture(), tensors: tensors)
  }

  /// Differences relative to the tensor's largest value.
  private func expectClose(
    _ found: [Float], _ name: String, within tolerance: Float = 1e-4
  ) throws {
    let expected = try recorded(name).values
    #expect(found.count == expected.count, "\(name)")
    let largest = expected.map(abs).max() ?? 0
    let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(difference <= tolerance * largest + 1e-6, "\(name): \(difference) of \(largest)")
  }

  /// Both recorded passes; the gradients are then those of the second.
  private func runPasses(_ network: Network) throws {
    let history = StreamHistory(network: network, clipCount: clipCount)
    let labels = try recorded("labels").values.map { Int($0) }
    let gradient = SharedBuffer<Float>(zeroed: clipCount * network.labelCount)
    let flags = try recorded("continues").values.map { $0 != 0 }
    for (pass, continues) in [[Bool](repeating: false, count: clipCount), flags].enumerated() {
      let logits = network.forward(
        SharedBuffer(try recorded("features.\(pass)").values), clipCount: clipCount,
        frameCount: frameCount, continues: continues, history: history, mode: .training)
      let loss = CrossEntropy(labelSmoothing: 0.1).evaluate(
        logits: logits, labels: labels, labelCount: network.labelCount, gradient: gradient)
      try expectClose(values(logits), "logits.\(pass)")
      try expectClose([Float(loss.loss)], "loss.\(pass)")
      network.backward(logitsGradient: gradient, clipCount: clipCount)
    }
  }

  @Test func `logits, losses, gradients and statistics are those of PyTorch`() throws {
    let network = try makeNetwork()
    try runPasses(network)
    for parameter in network.parameters {
      try expectClose(values(parameter.gradient), "gradient.\(parameter.name)")
    }
    let statistics = network.statistics
    #expect(statistics.count == 16)
    for (name, tensor) in statistics { try expectClose(tensor.values, "statistic.\(name)") }
  }

  @Test func `steps of SGD and Adam are those of PyTorch`() throws {
    let descended = try makeNetwork()
    try runPasses(descended)
    let sgd = SGD(parameters: descended.parameters, momentum: 0.9, weightDecay: 0.05)
    for _ in 0..<2 { sgd.step(rate: 0.1) }
    for parameter in descended.parameters {
      try expectClose(values(parameter.value), "sgd.\(parameter.name)")
    }
    let adapted = try makeNetwork()
    try runPasses(adapted)
    let adam = Adam(parameters: adapted.parameters, weightDecay: 0.05)
    for _ in 0..<2 { adam.step(rate: 0.01) }
    for parameter in adapted.parameters {
      // Adam divides by the size of a gradient, and so enlarges the errors of small ones.
      try expectClose(values(parameter.value), "adam.\(parameter.name)", within: 1e-3)
    }
  }
}
