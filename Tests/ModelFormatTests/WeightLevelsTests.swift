// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Testing

@Suite struct WeightLevelsTests {
  @Test func `levels are symmetric, without zero below four bits`() {
    func levels(_ bitCount: Int) -> [Int] {
      (-130...130).filter { WeightLevels(bitCount: bitCount).contains($0) }
    }
    #expect(levels(1) == [-1, 1])
    #expect(levels(2) == [-3, -1, 1, 3])
    #expect(levels(3) == [-7, -5, -3, -1, 1, 3, 5, 7])
    #expect(levels(4) == Array(-7...7))
    #expect(levels(8) == Array(-127...127))
    for bitCount in WeightLevels.bitCounts {
      #expect(levels(bitCount).count == WeightLevels(bitCount: bitCount).count)
      #expect(levels(bitCount).count <= 1 << bitCount)
    }
  }

  @Test func `the nearest level is the nearest of all`() {
    for bitCount in WeightLevels.bitCounts {
      let levels = WeightLevels(bitCount: bitCount)
      let all = (-levels.limit...levels.limit).filter { levels.contains($0) }
      for steps in stride(from: Float(-140), through: 140, by: 0.37) {
        let nearest = levels.nearest(steps)
        #expect(levels.contains(nearest))
        let distance = all.map { abs(Float($0) - steps) }.min()!
        #expect(abs(abs(Float(nearest) - steps) - distance) < 1e-4, "\(bitCount): \(steps)")
      }
    }
  }

  @Test func `no candidate step has less error than the best by much`() {
    // Sums of twelve uniform numbers are all but normal.
    var state: UInt32 = 1
    let weights: [Float] = (0..<400).map { _ in
      (0..<12).reduce(Float(-6)) { sum, _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return sum + Float(state >> 8) * 0x1p-24
      }
    }
    // Least squared error of uniform levels for a normal distribution.
    let expected: [Int: Float] = [1: 0.363, 2: 0.119, 3: 0.0374, 4: 0.0129]
    for (bitCount, part) in expected {
      let levels = WeightLevels(bitCount: bitCount)
      let step = levels.bestStep(weights)
      let error = weights.reduce(Float(0)) {
        let difference = $1 - Float(levels.nearest($1 / step)) * step
        return $0 + difference * difference
      }
      let variance = weights.reduce(Float(0)) { $0 + $1 * $1 }
      #expect(error / variance < 1.25 * part, "\(bitCount) bits")
    }
  }

  @Test func `weights that are all zero, or one, still have a step`() {
    for bitCount in WeightLevels.bitCounts {
      let levels = WeightLevels(bitCount: bitCount)
      #expect(levels.bestStep([0, 0]) > 0)
      #expect(levels.bestStep([-0.25]) > 0)
      #expect(levels.bestStep([]) > 0)
    }
  }

  @Test func `bits are given to layers with weights, one for all or one each`() throws {
    let architecture = Architecture(
      name: "small", coefficientCount: 4, windowFrameCount: 4,
      layers: [
        Layer(name: "flat", operation: .frequencyToChannels),
        Layer(
          name: "mix",
          operation: .convolution(
            outputChannelCount: 3, window: Window(kernel: Extent(time: 1, frequency: 1)))),
        Layer(name: "pool", operation: .averagePool),
        Layer(name: "head", operation: .dense(outputCount: 2)),
      ])
    let geometry = try architecture.geometry()
    let uniform = try BitWidths(geometry, weights: [2], activations: [4])
    #expect(uniform.weights == [0, 2, 0, 2])
    // What only changes the view of the features has their 8 bits.
    #expect(uniform.activations == [8, 4, 4, 4])
    #expect(try BitWidths(geometry, weights: [3, 8]).weights == [0, 3, 0, 8])
    #expect(throws: BitWidthError.weightBits(found: 7)) {
      try BitWidths(geometry, weights: [7])
    }
    #expect(throws: BitWidthError.activationBits(found: 2)) {
      try BitWidths(geometry, weights: [8], activations: [2])
    }
    #expect(throws: BitWidthError.weightCount(expected: ["mix", "head"], found: 3)) {
      try BitWidths(geometry, weights: [8, 8, 8])
    }
    #expect(
      throws: BitWidthError.activationCount(expected: ["flat", "mix", "pool", "head"], found: 2)
    ) { try BitWidths(geometry, weights: [8], activations: [8, 8]) }
  }
}
