// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat
import Testing

/// Every variant of a kernel that this processor can run against the scalar form, which is the
/// last of the table. Sums of n products may differ by their order and by fused multiply-add: the
/// bound is n + 4 rounding steps of the sum of magnitudes.
struct KernelTests {
  private static let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 31, 33, 40, 47, 63, 65]

  private var variants: [kws_float_kernels] {
    unsafe (0..<3).compactMap { unsafe kws_float_kernels_at(Int32($0))?.pointee }
  }

  private func random(_ count: Int, _ stream: Int) -> SharedBuffer<Float> {
    var generator = CounterBasedGenerator(seed: 3, stream: UInt32(stream))
    return SharedBuffer((0..<count).map { _ in 2 * generator.nextUniform() - 1 })
  }

  /// Runs `body` on a fresh copy of `output` per variant, and compares with the last, the scalar
  /// one. With values in [-1, 1], n terms have a magnitude of at most n.
  private func compare(
    _ output: SharedBuffer<Float>, terms: Int, scale: Float = 1,
    _ comment: @autoclosure () -> String,
    _ body: (kws_float_kernels, UnsafeMutablePointer<Float>) -> Void
  ) {
    let tables = unsafe variants
    let results = unsafe tables.map { table in
      let copy = SharedBuffer(values(output))
      unsafe body(table, copy.unsafeBase)
      return values(copy)
    }
    let bound = Float(terms + 4) * Float(terms + 1) * 0x1p-24 * scale
    for (index, found) in results.enumerated().dropLast() {
      let worst = zip(found, results[results.count - 1]).map { abs($0 - $1) }.max() ?? 0
      // Also false for NaN.
      #expect(worst <= bound, "variant \(index): \(worst) > \(bound), \(comment())")
    }
  }

  @Test func `the scalar form is always there, and is the last`() {
    let names = unsafe variants.map { unsafe String(cString: $0.name) }
    #expect(names.last == "scalar")
    #expect(Set(names).count == names.count)
  }

  @Test func `the peak counts the multiply-adds that it made`() {
    unsafe variants.forEach { table in
      var total: Float = 0
      let sumCount = unsafe table.peak(1, 1, 0, &total)
      let first = total
      // r steps of s -> 2 s - 1 take s to 2^r s - (2^r - 1).
      for rounds in [1, 2, 5] {
        let count = unsafe table.peak(rounds, 2, -1, &total)
        #expect(count == rounds * sumCount)
        let power = Float(1 << rounds)
        #expect(total == power * first - (power - 1) * Float(sumCount))
      }
    }
  }

  @Test func `strided products equal the scalar form`() {
    for rows in [1, 2, 3, 5, 6, 7, 8, 13, 17] {
      for columns in Self.sizes {
        for (depth, blocks, transposed, accumulate) in [
          (1, 1, false, false), (7, 3, false, true), (9, 2, true, true), (16, 1, true, false),
        ] {
          let extent = rows + 3
          let a = random((rows + depth) * 40 * blocks, 1)
          let b = random(depth * (columns + 2) * blocks, 2)
          let c = random(rows * (columns + 1), 3)
          unsafe compare(
            c, terms: depth * blocks, "\(rows) x \(columns) x \(depth) x \(blocks)"
          ) { table, target in
            // Rows of a overlap in the plain form, as those of a convolution do.
            var product = unsafe kws_product(
              rows: rows, columns: columns, depth: depth, blocks: blocks, a: a.unsafeBase,
              a_row: transposed ? 1 : 3, a_depth: transposed ? extent : 1, a_block: 37,
              b: b.unsafeBase, b_depth: columns + 2, b_block: depth * (columns + 2), c: target,
              c_row: columns + 1, accumulate: accumulate)
            unsafe table.product(&product)
          }
        }
      }
    }
  }

  @Test func `depthwise windows and their gradients equal the scalar form`() {
    for channels in Self.sizes {
      for (rows, taps, inner, accumulate) in [
        (1, 1, 1, false), (8, 3, 1, true), (19, 9, 1, false), (11, 17, 2, false),
        (7, 2, 3, true),
      ] {
        let x = random((2 * rows + 3 * taps + inner + 1) * channels * 2, 4)
        let w = random(taps * inner * channels, 5)
        let z = random(rows * (channels + 1), 6)
        unsafe compare(z, terms: taps * inner, "\(channels) channels, \(rows) rows") {
          table, target in
          var window = unsafe kws_depthwise(
            rows: rows, channels: channels, taps: taps, inner_taps: inner, x: x.unsafeBase,
            x_row: 2 * channels, x_tap: 3 * channels, x_inner: channels, w: w.unsafeBase,
            w_tap: inner * channels, w_inner: channels, z: target, z_row: channels + 1,
            accumulate: accumulate)
          unsafe table.depthwise(&window)
        }
        let d = random(rows * channels * 2, 7)
        let g = random(taps * channels, 8)
        unsafe compare(g, terms: 2 * rows, "\(channels) channels, \(taps) taps") {
          table, target in
          var window = unsafe kws_depthwise_gradient(
            rows: rows, channels: channels, taps: taps, blocks: 2, x: x.unsafeBase,
            x_row: 2 * channels, x_tap: channels, x_block: 5, d: d.unsafeBase, d_row: channels,
            d_block: rows * channels, g: target, g_tap: channels, accumulate: accumulate)
          unsafe table.depthwise_gradient(&window)
        }
      }
    }
  }

  @Test func `windows that slide by one tap per row equal the scalar form`() {
    for channels in Self.sizes {
      for taps in [3, 5, 7] {
        for (rows, inner, accumulate) in [
          (1, 1, false), (3, 2, true), (4, 1, true), (8, 3, false), (23, 2, false),
        ] {
          // Rows of two bins each, of which one is looked at, forward and backward in time.
          let row = 2 * channels
          let x = random((rows + taps + inner) * row * 2, 17)
          let w = random(taps * inner * channels, 18)
          let z = random(rows * channels, 19)
          let size = "\(channels) channels, \(taps) taps, \(rows) rows"
          for backward in [false, true] {
            unsafe compare(z, terms: taps * inner, size) { table, target in
              let tap = inner * channels
              var window = unsafe kws_depthwise(
                rows: rows, channels: channels, taps: taps, inner_taps: inner, x: x.unsafeBase,
                x_row: row, x_tap: row, x_inner: channels,
                w: w.unsafeBase + (backward ? (taps - 1) * tap : 0), w_tap: backward ? -tap : tap,
                w_inner: channels, z: target, z_row: channels, accumulate: accumulate)
              unsafe table.depthwise(&window)
            }
          }
          let d = random(rows * channels * 2, 20)
          let g = random(taps * channels, 21)
          unsafe compare(g, terms: 2 * rows, size) { table, target in
            var window = unsafe kws_depthwise_gradient(
              rows: rows, channels: channels, taps: taps, blocks: 2, x: x.unsafeBase, x_row: row,
              x_tap: row, x_block: rows * row, d: d.unsafeBase, d_row: channels,
              d_block: rows * channels, g: target, g_tap: channels, accumulate: accumulate)
            unsafe table.depthwise_gradient(&window)
          }
        }
      }
    }
  }

  @Test func `channel kernels equal the scalar form`() {
    for channels in Self.sizes {
      for rows in [1, 3, 4, 9] {
        let x = random(rows * channels, 9)
        let y = random(rows * channels, 10)
        let first = random(channels, 11)
        let sums = random(2 * channels, 14)
        let size = "\(rows) x \(channels)"
        // Differences of two such values are at most 2, their squares 4.
        unsafe compare(sums, terms: rows, scale: 4, size) { table, target in
          unsafe table.moments(
            rows, channels, x.unsafeBase, first.unsafeBase, target, target + channels)
        }
        unsafe compare(sums, terms: rows, size) { table, target in
          unsafe table.row_sums(rows, channels, x.unsafeBase, target)
        }
        for accumulate in [false, true] {
          unsafe compare(y, terms: 1, size) { table, target in
            unsafe table.broadcast(
              1, rows, channels, first.unsafeBase, accumulate ? -.infinity : -0.5,
              accumulate ? .infinity : 0.75, target)
          }
          unsafe compare(y, terms: 1, size) { table, target in
            unsafe table.spread_row(rows, channels, first.unsafeBase, target, accumulate)
          }
        }
        unsafe compare(y, terms: 1, size) { table, target in
          unsafe table.add(rows * channels, x.unsafeBase, target)
        }
      }
    }
  }

  @Test func `normalization and activations equal the scalar form, forward and backward`() {
    for channels in Self.sizes {
      for rows in [1, 3, 4, 9] {
        let x = random(rows * channels, 9)
        let y = random(rows * channels, 10)
        let residual = random(rows * channels, 22)
        let scale = SharedBuffer(values(random(channels, 11)).map { 8 * $0 })
        let shift = random(channels, 12)
        let slope = random(channels, 13)
        let sums = random(2 * channels, 14)
        for activation in unsafe [KWS_IDENTITY, KWS_CLAMP, KWS_HARD_SWISH] {
          let size = unsafe "\(rows) x \(channels), activation \(activation.rawValue)"
          var map = unsafe kws_affine(
            scale: scale.unsafeBase, shift: shift.unsafeBase, activation: activation, low: -0.25,
            high: 1.5, step: 0, inverse_step: 0, lowest: 0, highest: 0)
          // Where a fused multiply-add decides on which side of a bound a value lies, a whole
          // gradient is at stake; the seeds keep clear of that.
          unsafe compare(sums, terms: rows, scale: 32, size) { table, target in
            unsafe table.gradient_moments(
              rows, channels, y.unsafeBase, x.unsafeBase, &map, slope.unsafeBase, target,
              target + channels)
          }
          for added in [nil, residual] {
            let added = unsafe added.map { unsafe UnsafePointer($0.unsafeBase) }
            unsafe compare(y, terms: 3, scale: 100, size) { table, target in
              unsafe table.affine(rows, channels, x.unsafeBase, &map, added, target)
            }
            let extremes = SharedBuffer<Float>(zeroed: 2)
            unsafe compare(extremes, terms: 3, scale: 100, size) { table, target in
              unsafe table.extremes(rows, channels, x.unsafeBase, &map, added, target)
            }
            unsafe compare(y, terms: 3, scale: 10, size) { table, target in
              unsafe table.activation_gradient(
                rows, channels, target, x.unsafeBase, &map, added, target)
            }
          }
          unsafe compare(y, terms: 3, scale: 32, size) { table, target in
            unsafe table.normalization_gradient(
              rows, channels, y.unsafeBase, x.unsafeBase, &map, slope.unsafeBase,
              shift.unsafeBase, target)
          }
        }
      }
    }
  }

  @Test func `values come onto the grid of an integer tensor, the same in every form`() {
    for channels in Self.sizes {
      let rows = 5
      // Multiples of a quarter, and a step of a half: sums are exact, and every second value is a
      // tie, which goes to the even step.
      let x = SharedBuffer(values(random(rows * channels, 23)).map { ($0 * 40).rounded() / 4 })
      let ones = SharedBuffer([Float](repeating: 1, count: channels))
      let zeros = SharedBuffer<Float>(zeroed: channels)
      var map = unsafe kws_affine(
        scale: ones.unsafeBase, shift: zeros.unsafeBase, activation: KWS_IDENTITY, low: 0, high: 0,
        step: 0.5, inverse_step: 2, lowest: -6, highest: 9)
      let expected = values(x).map {
        min(max(($0 * 2).rounded(.toNearestOrEven), -6), 9) / 2
      }
      let tables = unsafe variants
      for index in unsafe tables.indices {
        let table = unsafe tables[index]
        let y = SharedBuffer<Float>(zeroed: rows * channels)
        unsafe table.affine(rows, channels, x.unsafeBase, &map, nil, y.unsafeBase)
        #expect(values(y) == expected, "\(channels) channels")
      }
    }
  }

  @Test func `weights come onto the levels of their bits, the same in every form`() {
    for bitCount in WeightLevels.bitCounts {
      let levels = WeightLevels(bitCount: bitCount)
      for channels in Self.sizes {
        let rows = 9
        let w = random(rows * channels, 24)
        let steps = SharedBuffer(
          (0..<channels).map { 0.9 / Float(levels.limit) + 0.01 * Float($0) })
        let (weights, sizes) = (values(w), values(steps))
        let expected = weights.indices.map { index in
          let step = sizes[index % channels]
          return Float(levels.nearest(weights[index] / step)) * step
        }
        let tables = unsafe variants
        for index in unsafe tables.indices {
          let table = unsafe tables[index]
          let y = SharedBuffer<Float>(zeroed: rows * channels)
          unsafe table.round_weights(
            rows, channels, w.unsafeBase, steps.unsafeBase, Float(levels.limit),
            Float(levels.spacing), y.unsafeBase)
          #expect(values(y) == expected, "\(bitCount) bits, \(channels) channels")
        }
      }
    }
  }

  @Test func `the gradient of a step is that of its definition, in every form`() {
    for bitCount in WeightLevels.bitCounts {
      let levels = WeightLevels(bitCount: bitCount)
      for channels in Self.sizes {
        let rows = 9
        let (w, g) = (random(rows * channels, 25), random(rows * channels, 26))
        let step = 0.7 / Float(levels.limit)
        let steps = SharedBuffer([Float](repeating: step, count: channels))
        let (weights, gradients) = (values(w), values(g))
        var sums = [Float](repeating: 0, count: channels)
        var through = gradients
        for index in weights.indices {
          let v = weights[index] / step
          let level = Float(levels.nearest(v))
          let edge = Float(levels.hasZero ? levels.limit : levels.limit + 1)
          let isInside = abs(v) <= edge
          if bitCount == 1 {
            sums[index % channels] += gradients[index] * level
          } else {
            sums[index % channels] += gradients[index] * (isInside ? level - v : level)
            if !isInside { through[index] = 0 }
          }
        }
        let tables = unsafe variants
        for index in unsafe tables.indices {
          let table = unsafe tables[index]
          let target = SharedBuffer(gradients)
          let found = SharedBuffer<Float>(zeroed: channels)
          unsafe table.step_gradient(
            rows, channels, w.unsafeBase, steps.unsafeBase, Float(levels.limit),
            Float(levels.spacing), target.unsafeBase, found.unsafeBase)
          #expect(values(target) == through, "\(bitCount) bits, \(channels) channels")
          for (a, b) in zip(values(found), sums) {
            #expect(abs(a - b) <= 1e-5 * Float(rows * levels.limit), "\(bitCount) bits")
          }
        }
      }
    }
  }

  @Test func `optimizer steps equal the scalar form`() {
    for count in Self.sizes {
      // Value, then the optimizer's state, in one buffer so that all of it is compared.
      let state = SharedBuffer(values(random(3 * count, 15)).map { abs($0) })
      let gradient = random(count, 16)
      unsafe compare(state, terms: 4, "\(count)") { table, target in
        unsafe table.descend(
          count, target, gradient.unsafeBase, target + count, 0.1, 0.9, 0.01)
      }
      unsafe compare(state, terms: 8, "\(count)") { table, target in
        var options = kws_adam(
          rate: 0.01, first_decay: 0.9, second_decay: 0.999, epsilon: 1e-8, weight_decay: 0.1,
          first_correction: 0.19, second_correction_root: 0.0447)
        unsafe table.adam(
          count, target, gradient.unsafeBase, target + count, target + 2 * count, &options)
      }
    }
  }
}
