// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import SpeechFeatures
import Testing

/// The front end that was fitted to the log-mel set, written down once more in double precision
/// without any shortcut: a discrete Fourier transform by its definition, dense filters.
private struct FittedFrontEnd {
  private let windowLength = 512
  private let hopLength = 160
  /// The highest bin below 4000 Hz.
  private let lastBin = 127
  private var cosines: [Double] = []
  private var sines: [Double] = []
  private var filters: [[Double]] = []

  init() {
    for phase in 0..<windowLength {
      cosines.append(cos(2 * Double.pi * Double(phase) / Double(windowLength)))
      sines.append(sin(2 * Double.pi * Double(phase) / Double(windowLength)))
    }
    let top = 1127 * log(1 + 4000.0 / 700)
    let edges = (0...41).map { 700 * (exp(top * Double($0) / 41 / 1127) - 1) }
    for band in 0..<40 {
      filters.append(
        (0...lastBin).map { bin in
          let frequency = Double(bin) * 16_000 / Double(windowLength)
          guard bin > 0 else { return 0 }
          let rising = (frequency - edges[band]) / (edges[band + 1] - edges[band])
          let falling = (edges[band + 2] - frequency) / (edges[band + 2] - edges[band + 1])
          return max(0, min(rising, falling))
        })
    }
  }

  /// ln(P + 5e-7) of the frame that starts at `start`.
  func logMel(_ samples: [Float], start: Int) -> [Double] {
    let windowed = (0..<windowLength).map { index in
      Double(samples[start + index]) * (0.5 - 0.5 * cosines[index])
    }
    let power = (0...lastBin).map { bin in
      var real = 0.0
      var imaginary = 0.0
      for index in 0..<windowLength {
        let phase = (bin * index) % windowLength
        real += windowed[index] * cosines[phase]
        imaginary -= windowed[index] * sines[phase]
      }
      return real * real + imaginary * imaginary
    }
    return filters.map { filter in
      var sum = 5e-7
      for bin in 0...lastBin { sum += filter[bin] * power[bin] }
      return log(sum)
    }
  }
}

private let testFolder = ProcessInfo.processInfo.environment["KWS_SPEECH_DATA"].map {
  $0 + "/dev-test"
}

struct FittedFrontEndTests {
  /// Test clips have no rows in the log-mel set, so the figure is the distance to the front end
  /// that was fitted to it, and to the bytes that it would have stored before JPEG.
  @Test(.enabled(if: testFolder != nil))
  func `features of test recordings lie within 1e-3 of the fitted front end`() throws {
    let folder = try #require(testFolder)
    let plan = try FeaturePlan(FeatureConfiguration())
    let reference = FittedFrontEnd()
    var largest = 0.0
    var clipCount = 0
    var valueCount = 0
    var otherByteCount = 0
    for word in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      guard word != ".complete" else { continue }
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(word)").sorted()
      for name in names.prefix(4) {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(word)/\(name)")))
        try #require(bytes.count > 44 && [UInt8](bytes[36..<40]) == [UInt8]("data".utf8))
        var samples = stride(from: 44, to: bytes.count - 1, by: 2).map {
          Float(Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)) / 32_768
        }
        samples += repeatElement(0, count: max(0, 16_000 - samples.count))
        let found = features(plan, samples)
        for frame in 0..<97 {
          for (band, expected) in reference.logMel(samples, start: frame * 160).enumerated() {
            let value = Double(found[frame * 40 + band])
            largest = max(largest, abs(value - expected))
            valueCount += 1
            if byte(value) != byte(expected) { otherByteCount += 1 }
          }
        }
        clipCount += 1
      }
    }
    try #require(clipCount >= 40)
    print(
      "\(clipCount) dev-test clips: largest distance \(largest) neper, \(otherByteCount) of "
        + "\(valueCount) bytes differ")
    #expect(largest < 1e-3)
    #expect(otherByteCount * 1000 < valueCount)
  }

  private func byte(_ value: Double) -> Int {
    Int(min(max((9.997 * value + 145.7).rounded(), 0), 255))
  }
}
