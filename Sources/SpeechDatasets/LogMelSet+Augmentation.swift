// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

extension LogMelSet {
  /// The floor of the front end: what digital zero has as power.
  static let powerFloor: Float = 5e-7

  /// Frames of digital zero before the first and after the last frame that holds sound.
  ///
  /// Clips shorter than a second were framed bare and set in the middle, between whole frames of
  /// the floor.
  func soundFrames(row: Int) -> Range<Int> {
    let spectrum = spectrum(row: row)
    let bytes = storage.span
    func isFloor(_ frame: Int) -> Bool {
      let start = spectrum.lowerBound + frame * Self.melBinCount
      for index in start..<start + Self.melBinCount where bytes[index] > Self.floorByte {
        return false
      }
      return true
    }
    var first = 0
    var last = Self.frameCount
    while first < Self.frameCount && isFloor(first) { first += 1 }
    while last > first && isFloor(last - 1) { last -= 1 }
    return first..<last
  }

  /// Largest byte that still is the floor; JPEG leaves a few grey levels around it.
  private static let floorByte: UInt8 = 6

  /// Writes ln(power + floor), `[97, 40]`, of a row as it is drawn.
  ///
  /// Power adds: of a clip X with amplitude factor g and noise N with factor h it is
  /// g^2 |X|^2 + h^2 |N|^2 (in expectation over phase).
  /// - Parameters:
  ///   - row: the clip, or nil for digital zero.
  ///   - noiseRow: what is mixed in with `draw.noiseGain`.
  ///   - fill: value of masked places per mel bin.
  func writeLogMel(
    row: Int?, noiseRow: Int?, draw: AugmentationDraw,
    configuration: AugmentationConfiguration, fill: [Float],
    into target: inout MutableSpan<Float>
  ) {
    writeMixture(row: row, noiseRow: noiseRow, draw: draw, into: &target)
    SpectrumMasks(
      frameCount: Self.frameCount, binCount: Self.melBinCount, framesPerSecond: 100
    ).apply(draw, configuration: configuration, fill: fill, to: &target)
  }

  private func writeMixture(
    row: Int?, noiseRow: Int?, draw: AugmentationDraw, into target: inout MutableSpan<Float>
  ) {
    let framesPerSecond: Float = 100
    var shift = Int((draw.shiftSeconds * framesPerSecond).rounded())
    if let row, draw.movesToStart { shift -= soundFrames(row: row).lowerBound }
    let signal = powers(gain: draw.gain)
    let noise = powers(gain: noiseRow == nil ? 0 : draw.noiseGain)
    let bytes = storage.span
    let signalPower = signal.span
    let noisePower = noise.span
    let binCount = Self.melBinCount
    let floor = Self.powerFloor
    // A row that is not there reads the other's bytes with powers of zero.
    let signalStart = row.map { spectrum(row: $0).lowerBound }
    let noiseStart = noiseRow.map { spectrum(row: $0).lowerBound }
    for frame in 0..<Self.frameCount {
      let source = frame - shift
      let start = signalStart.flatMap {
        (0..<Self.frameCount).contains(source) ? $0 + source * binCount : nil
      }
      for bin in 0..<binCount {
        var power = floor
        if let start { power += signalPower[Int(bytes[start + bin])] }
        if let noiseStart { power += noisePower[Int(bytes[noiseStart + frame * binCount + bin])] }
        target[frame * binCount + bin] = fastLogarithm(power)
      }
    }
  }

  /// Power above the floor of every byte value, times `gain` squared.
  private func powers(gain: Float) -> [Float] {
    powerOfByte.map { $0 * gain * gain }
  }
}
