// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ModelFormat
import SpeechFeatures

/// What `Golden/make_features.py` recorded.
struct Golden {
  private let container: Safetensors

  /// One second of a speech-like signal, 16 kHz.
  let samples: [Float]

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "Golden/features.safetensors")
    container = try Safetensors([UInt8](Data(contentsOf: file)))
    samples = try container.floats("samples", shape: [16_000])
  }

  func frames(_ name: String, count: Int) throws -> [Float] {
    try container.floats(name, shape: [count, 40])
  }
}

extension FeatureConfiguration {
  /// 40 ms every 20 ms.
  static func mfcc(_ count: Int) -> FeatureConfiguration {
    FeatureConfiguration(
      windowLength: 640, hopLength: 320, fftLength: 640, cepstralCoefficientCount: count)
  }
}

/// All frames of a clip, pushed at once.
func features(_ plan: FeaturePlan, _ samples: [Float]) -> [Float] {
  var extractor = FeatureExtractor(plan: plan)
  return features(&extractor, samples, chunk: { samples.count })
}

/// All frames of a clip, pushed in chunks and taken in small outputs.
func features(
  _ extractor: inout FeatureExtractor, _ samples: [Float], roomForFrames: Int? = nil,
  chunk: () -> Int
) -> [Float] {
  let width = extractor.plan.configuration.coefficientCount
  let total = extractor.plan.configuration.frameCount(sampleCount: samples.count)
  var result: [Float] = []
  var rows = [Float](repeating: .nan, count: width * (roomForFrames ?? (total + 1)))
  var position = 0
  while position < samples.count {
    let end = min(position + chunk(), samples.count)
    while position < end {
      var span = rows.mutableSpan
      let progress = extractor.push(samples.span.extracting(position..<end), into: &span)
      position += progress.consumedSampleCount
      result += rows[..<(progress.frameCount * width)]
    }
  }
  return result
}

/// The largest difference of two equally long lists.
func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).reduce(0) { worst, pair in
    let difference = abs(pair.0 - pair.1)
    return difference <= worst ? worst : difference
  }
}

extension [Float] {
  /// The bits of every value.
  var bits: [UInt32] { map(\.bitPattern) }
}
