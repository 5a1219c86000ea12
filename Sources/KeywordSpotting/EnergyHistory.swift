// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// The signal's energy in cells of one hop, and from it an estimate of where a word lies.
///
/// The estimate is the last run of cells above a level that can be a word, in the window before the
/// decision: the word that led to it. The level is 6 dB over the noise floor, which is the quietest
/// fifth of the window, but within 30 dB to 6 dB below the loudest cell. Gaps of up to
/// `longestGapCount` cells belong to the word: the closure of a plosive is as long. A run can be a
/// word if it lasts `shortestWordCount` cells and holds a tenth of the energy of the strongest run
/// that lasts as long; where none does, the strongest of all is taken.
///
/// Error: for a burst with sharp edges, 20 dB over a steady noise, each end lies within one cell
/// of the truth. Of two such bursts in one window the later is given, with the same error, also
/// where the earlier is 6 dB louder. Soft ends, such as the `f` of `off`, are lost where they stay
/// below the level; neighbours closer than the longest gap are taken in. A noise as long and as
/// strong as a word, between the word and its decision, is taken for the word.
package struct EnergyHistory: ~Copyable {
  /// Samples per cell.
  let cellLength: Int

  /// Cells that an estimate reaches back.
  let windowCellCount: Int

  /// Cells that a word may be silent for: 100 ms.
  let longestGapCount: Int

  /// Cells that a word lasts at least: 60 ms.
  let shortestWordCount: Int

  /// Sums of squares of the last cells, a ring by absolute cell index.
  private var energies: AlignedBuffer<Float>

  /// Samples of the cell that is not yet full.
  private var partial: AlignedBuffer<Float>
  private var partialCount = 0
  private var cellCount = 0

  /// - Parameter lookAheadLength: Most samples that are pushed beyond the end of an estimate.
  package init(sampleRate: Int, cellLength: Int, windowLength: Int, lookAheadLength: Int) {
    self.cellLength = cellLength
    windowCellCount = (windowLength + cellLength - 1) / cellLength
    longestGapCount = max(1, sampleRate / 10 / cellLength)
    shortestWordCount = max(1, sampleRate * 6 / 100 / cellLength)
    energies = AlignedBuffer(zeroed: windowCellCount + lookAheadLength / cellLength + 2)
    partial = AlignedBuffer(zeroed: cellLength)
  }

  package var stateByteCount: Int { 4 * (energies.count + partial.count) }

  /// Exactly the state after `init`, as far as estimates can tell.
  package mutating func reset() {
    partialCount = 0
    cellCount = 0
  }

  /// Starts as if `cellCount` cells had been taken, of which nothing is known.
  mutating func start(atCell cellCount: Int) {
    partialCount = 0
    self.cellCount = cellCount
  }

  /// Takes the next samples; how they are cut into calls makes no difference.
  package mutating func push(_ samples: Span<Float>) {
    var done = 0
    while done < samples.count {
      let left = samples.count - done
      if partialCount == 0, left >= cellLength {
        add(Self.energy(samples.extracting(done..<done + cellLength)))
        done += cellLength
        continue
      }
      let count = min(left, cellLength - partialCount)
      Self.copy(samples.extracting(done..<done + count), &partial, partialCount)
      partialCount += count
      done += count
      if partialCount == cellLength {
        partialCount = 0
        add(Self.energy(partial.span))
      }
    }
  }

  /// The samples that the word seems to cover, given that it ended by `end` (exclusive).
  ///
  /// The whole window if there is no energy in it.
  package func extent(before end: Int) -> Range<Int> {
    let last = min(end / cellLength, cellCount)
    let first = max(0, last - windowCellCount)
    var peak: Float = 0
    for cell in first..<last { peak = max(peak, energy(cell)) }
    guard peak > 0 else { return first * cellLength..<max(first * cellLength, end) }
    let level = min(max(4 * noiseFloor(first..<last), peak / 1000), peak / 4)
    let strongest = strongestRun(first..<last, level: level)
    var word = strongest
    var next = first
    while let run = nextRun(next..<last, level: level) {
      next = run.next
      let canBeWord = run.cells.count >= shortestWordCount && run.energy >= strongest.energy / 10
      if canBeWord { word = run }
    }
    return word.cells.lowerBound * cellLength..<min(word.cells.upperBound * cellLength, end)
  }

  /// Cells above a level with the gaps between them.
  private struct Run {
    var cells: Range<Int>
    var energy: Float

    /// The cell at which the search for the next run goes on.
    var next: Int
  }

  /// The first run in `cells`.
  private func nextRun(_ cells: Range<Int>, level: Float) -> Run? {
    guard let start = cells.first(where: { energy($0) >= level }) else { return nil }
    var run = Run(cells: start..<start + 1, energy: 0, next: start)
    while run.next < cells.upperBound, run.next - run.cells.upperBound <= longestGapCount {
      if energy(run.next) >= level { run.cells = start..<run.next + 1 }
      run.energy += energy(run.next)
      run.next += 1
    }
    return run
  }

  /// The run of the most energy of those that are long enough for a word, or of all if none is.
  private func strongestRun(_ cells: Range<Int>, level: Float) -> Run {
    var best = Run(cells: cells.lowerBound..<cells.lowerBound, energy: -1, next: cells.lowerBound)
    var next = cells.lowerBound
    while let run = nextRun(next..<cells.upperBound, level: level) {
      next = run.next
      let (isLong, bestIsLong) =
        (run.cells.count >= shortestWordCount, best.cells.count >= shortestWordCount)
      if isLong == bestIsLong ? run.energy > best.energy : isLong { best = run }
    }
    return best
  }

  /// The energy that a fifth of the cells do not exceed.
  ///
  /// Bisection over the bits of the value, whose order is that of the numbers: no scratch memory.
  private func noiseFloor(_ cells: Range<Int>) -> Float {
    let wanted = max(1, cells.count / 5)
    var low: UInt32 = 0
    var high = Float.infinity.bitPattern
    while low < high {
      let middle = low + (high - low) / 2
      let limit = Float(bitPattern: middle)
      var count = 0
      for cell in cells where energy(cell) <= limit { count += 1 }
      if count >= wanted { high = middle } else { low = middle + 1 }
    }
    return Float(bitPattern: low)
  }

  private func energy(_ cell: Int) -> Float { energies.span[cell % energies.count] }

  private mutating func add(_ energy: Float) {
    let index = cellCount % energies.count
    var span = energies.mutableSpan
    span[index] = energy
    cellCount += 1
  }

  /// The sum of squares, in eight partial sums so that it can be vectorized in a fixed order.
  private static func energy(_ cell: Span<Float>) -> Float {
    var sums = SIMD8<Float>.zero
    var index = 0
    while index + 8 <= cell.count {
      let values = SIMD8<Float>(
        cell[index], cell[index + 1], cell[index + 2], cell[index + 3], cell[index + 4],
        cell[index + 5], cell[index + 6], cell[index + 7])
      sums += values * values
      index += 8
    }
    var sum = sums.sum()
    while index < cell.count {
      sum += cell[index] * cell[index]
      index += 1
    }
    return sum
  }

  private static func copy(
    _ source: Span<Float>, _ target: inout AlignedBuffer<Float>, _ offset: Int
  ) {
    var span = target.mutableSpan
    for index in source.indices { span[offset + index] = source[index] }
  }
}
