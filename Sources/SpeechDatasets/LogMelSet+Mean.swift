// SPDX-License-Identifier: GPL-3.0-or-later

extension LogMelSet {
  /// Mean ln(power + floor) per mel bin over every eighth training clip of a word.
  func meanLogMel() -> [Float] {
    var sums = [Double](repeating: 0, count: Self.melBinCount)
    var frameCount = 0
    let logPower = powerOfByte.map { fastLogarithm($0 + Self.powerFloor) }
    let bytes = storage.span
    for index in stride(from: 0, to: clips.count, by: 8) where clips[index].split == .training {
      let start = spectrum(row: clips[index].row).lowerBound
      for frame in soundFrames(row: clips[index].row) {
        for bin in 0..<Self.melBinCount {
          sums[bin] += Double(logPower[Int(bytes[start + frame * Self.melBinCount + bin])])
        }
        frameCount += 1
      }
    }
    return sums.map { Float($0 / Double(max(frameCount, 1))) }
  }
}
