// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import NeuralNetwork
import Testing

struct StreamTests {
  private let coefficientCount = 11

  /// A network whose statistics are not those of a fresh one.
  private func trainedNetwork() throws -> Network {
    let network = try Network(architecture: everyKindArchitecture(), seed: 2)
    network.forward(
      randomFeatures(8 * 12 * coefficientCount, seed: 3), clipCount: 8, frameCount: 12,
      continues: [Bool](repeating: false, count: 8), history: nil, mode: .training)
    return network
  }

  /// The frames of a range, of every clip.
  private func cut(
    _ features: SharedBuffer<Float>, clipCount: Int, frameCount: Int, _ frames: Range<Int>
  ) -> SharedBuffer<Float> {
    let all = values(features)
    return SharedBuffer(
      (0..<clipCount).flatMap { clip in
        all[
          (clip * frameCount + frames.lowerBound)
            * coefficientCount..<(clip * frameCount + frames.upperBound) * coefficientCount]
      })
  }

  /// Pieces of 2 and 4 frames are shorter than most histories.
  @Test(arguments: [[10, 10], [2, 4, 14], [2, 2, 2, 2, 2, 2, 2, 2, 2, 2], [16, 4]])
  func `continuing clips give the last logits of the whole`(pieces: [Int]) throws {
    let network = try trainedNetwork()
    let clipCount = 3
    let features = randomFeatures(clipCount * 20 * coefficientCount, seed: 4)
    let whole = values(
      network.forward(
        features, clipCount: clipCount, frameCount: 20, continues: [false, false, false],
        history: nil, mode: .inference), clipCount * network.labelCount)
    let history = StreamHistory(network: network, clipCount: clipCount)
    var start = 0
    var found: [Float] = []
    for length in pieces {
      let part = cut(
        features, clipCount: clipCount, frameCount: 20, start..<start + length)
      let logits = network.forward(
        part, clipCount: clipCount, frameCount: length,
        continues: [Bool](repeating: start > 0, count: clipCount), history: history,
        mode: .inference)
      found = values(logits, clipCount * network.labelCount)
      start += length
    }
    for (one, other) in zip(found, whole) {
      #expect(abs(one - other) <= 1e-5 * max(abs(other), 1))
    }
    // The comparison means something: from reset the last piece says something else.
    let last = cut(
      features, clipCount: clipCount, frameCount: 20, 20 - (pieces.last ?? 0)..<20)
    let fromReset = values(
      network.forward(
        last, clipCount: clipCount, frameCount: pieces.last ?? 0,
        continues: [false, false, false], history: nil, mode: .inference),
      clipCount * network.labelCount)
    #expect(zip(fromReset, whole).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `a clip from reset does not hear the past of its slot`() throws {
    let network = try trainedNetwork()
    let features = randomFeatures(2 * 12 * coefficientCount, seed: 5)
    let history = StreamHistory(network: network, clipCount: 2)
    func logits(_ continues: [Bool], _ history: StreamHistory?) -> [Float] {
      values(
        network.forward(
          features, clipCount: 2, frameCount: 12, continues: continues, history: history,
          mode: .inference), 2 * network.labelCount)
    }
    let fresh = logits([false, false], nil)
    #expect(logits([false, false], history) == fresh)
    let second = logits([false, true], history)
    #expect(second.prefix(network.labelCount) == fresh.prefix(network.labelCount))
    #expect(second.suffix(network.labelCount) != fresh.suffix(network.labelCount))
  }
}
