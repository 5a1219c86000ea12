// SPDX-License-Identifier: GPL-3.0-or-later

import Audio

/// A recording held in memory: 16 kHz mono, 16 bits.
struct Recording: Sendable {
  let samples: [Int16]

  /// Reads the file at `path`; 16-bit files at 16 kHz come through exactly.
  ///
  /// - Throws: `DatasetError.audio` for a file that cannot be read, `.empty` for one without samples.
  init(path: String) throws(DatasetError) {
    let floats: [Float]
    do throws(AudioError) {
      floats = try readWholeClip(path)
    } catch { throw .audio(error) }
    guard !floats.isEmpty else { throw .empty(path: path, expected: "samples") }
    samples = floats.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))) }
  }

  init(samples: [Int16]) { self.samples = samples }

  /// The `length` samples with the most energy, found in steps of 10 ms; the whole recording where it
  /// is shorter.
  ///
  /// A clip of a word that is longer than the window holds the word anywhere; its loudest part is
  /// the better guess than its beginning.
  func loudest(length: Int) -> Recording {
    guard samples.count > length else { return self }
    let step = 160
    // Energies of whole steps, then a sliding sum over them.
    let energies = stride(from: 0, through: samples.count - step, by: step).map { start in
      samples[start..<start + step].reduce(into: 0) { $0 += Int($1) * Int($1) }
    }
    let stepCount = max(length / step, 1)
    var sum = energies.prefix(stepCount).reduce(0, +)
    var best = (sum: sum, start: 0)
    for first in 1..<max(energies.count - stepCount + 1, 1) {
      sum += energies[first + stepCount - 1] - energies[first - 1]
      if sum > best.sum { best = (sum, first) }
    }
    let start = min(best.start * step, samples.count - length)
    return Recording(samples: Array(samples[start..<start + length]))
  }
}
