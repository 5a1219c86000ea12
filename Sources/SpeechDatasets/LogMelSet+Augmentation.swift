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

  /// The place of a row that is drawn as one word.
  func part(row: Int, draw: AugmentationDraw) -> ClipPart {
    var shift = Int((draw.shiftSeconds * Self.framesPerSecond).rounded())
    if draw.movesToStart { shift -= soundFrames(row: row).lowerBound }
    return ClipPart(clip: row, frames: 0..<Self.frameCount, start: shift, gain: draw.gain)
  }

  /// Where in a row speech is.
  func speechExtent(row: Int) -> SpeechExtent {
    let bytes = storage.span.extracting(spectrum(row: row))
    return SpeechExtent(
      powers: (0..<Self.frameCount).map { frame in
        var power: Float = 0
        for index in frame * Self.melBinCount..<(frame + 1) * Self.melBinCount {
          power += powerOfByte[Int(bytes[index])]
        }
        return power
      })
  }

  private static let framesPerSecond: Float = 100

  /// Writes ln(power + floor), `[frame, 40]`, of rows as they are drawn: every `frameStep`-th of 97
  /// frames.
  ///
  /// Power adds: of a clip X with amplitude factor g and noise N with factor h it is
  /// g^2 |X|^2 + h^2 |N|^2 (in expectation over phase).
  /// - Parameters:
  ///   - parts: what is heard, by rows; none for digital zero.
  ///   - noiseRow: what is mixed in with `draw.noiseGain`.
  ///   - mix: noise of another source, at a ratio to the clip.
  ///   - fill: value of masked places per mel bin.
  func writeLogMel(
    _ parts: [ClipPart], noiseRow: Int?, draw: AugmentationDraw, mix: NoiseMix? = nil,
    frameStep: Int, configuration: AugmentationConfiguration, fill: [Float],
    into target: inout MutableSpan<Float>
  ) {
    for index in target.indices { target[index] = Self.powerFloor }
    for part in parts { addPower(part, frameStep: frameStep, to: &target) }
    if let noiseRow, draw.noiseGain != 0 {
      addPower(
        ClipPart(clip: noiseRow, frames: 0..<Self.frameCount, start: 0, gain: draw.noiseGain),
        frameStep: frameStep, to: &target)
    }
    if let mix {
      mix.recording.mix(
        place: mix.place, decibels: mix.decibels, floor: Self.powerFloor, into: &target)
    }
    for index in target.indices { target[index] = fastLogarithm(target[index]) }
    SpectrumMasks(
      frameCount: Self.frameCount, binCount: Self.melBinCount,
      framesPerSecond: Self.framesPerSecond, frameStep: frameStep
    ).apply(draw, configuration: configuration, fill: fill, to: &target)
  }

  /// Adds the power of a part of a row.
  private func addPower(
    _ part: ClipPart, frameStep: Int, to target: inout MutableSpan<Float>
  ) {
    let table = powerOfByte.map { $0 * part.gain * part.gain }
    let powers = table.span
    let binCount = Self.melBinCount
    let bytes = storage.span.extracting(spectrum(row: part.clip))
    let shift = part.start - part.frames.lowerBound
    for (index, frame) in stride(from: 0, to: Self.frameCount, by: frameStep).enumerated()
    where part.frames.contains(frame - shift) {
      let source = bytes.extracting((frame - shift) * binCount..<(frame - shift + 1) * binCount)
      let first = index * binCount
      for bin in source.indices { target[first + bin] += powers[Int(source[bin])] }
    }
  }
}
