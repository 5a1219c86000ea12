// SPDX-License-Identifier: GPL-3.0-or-later

import CAllocationCounter
import SpeechFeatures
import Testing

struct ResourceTests {
  /// A stream with its input and output, so that only `push` runs between two readings.
  private final class Line {
    var extractor: FeatureExtractor
    let samples: [Float]
    var rows = [Float](repeating: 0, count: 97 * 40)

    init(_ configuration: FeatureConfiguration) throws {
      extractor = FeatureExtractor(plan: try FeaturePlan(configuration))
      samples = try Golden().samples
    }

    func run() {
      let samples = self.samples
      var span = rows.mutableSpan
      _ = extractor.push(samples.span, into: &span)
      extractor.reset()
      for start in stride(from: 0, to: 15_900, by: 100) {
        _ = extractor.push(samples.span.extracting(start..<start + 100), into: &span)
      }
      extractor.reset()
    }
  }

  @Test(arguments: [FeatureConfiguration(), .mfcc(10)])
  func `pushing allocates nothing`(configuration: FeatureConfiguration) throws {
    let line = try Line(configuration)
    line.run()
    let before = kws_allocation_count()
    line.run()
    #expect(kws_allocation_count() == before)
    let probe = [Float](repeating: 0, count: 1000 + line.samples.count)
    #expect(kws_allocation_count() > before && probe.count > 1000, "the counter does not count")
  }

  @Test(arguments: [FeatureConfiguration(), .mfcc(10)])
  func `pushing makes no system call`(configuration: FeatureConfiguration) throws {
    let line = try Line(configuration)
    line.run()
    let context = unsafe Unmanaged.passUnretained(line).toOpaque()
    let result = unsafe kws_run_without_system_calls(
      { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Line>.fromOpaque(context).takeUnretainedValue().run()
      }, context)
    #expect(result == 0)
  }

  @Test func `a stream needs about ten kilobytes`() throws {
    let extractor = FeatureExtractor(plan: try FeaturePlan(FeatureConfiguration()))
    // Two windows of history, one of input, its spectrum, 144 + 16 bins, 48 filters.
    let floats = 2 * 512 + 512 + 2 * 257 + 144 + 16 + 48
    #expect(extractor.stateByteCount >= 4 * floats)
    #expect(extractor.stateByteCount <= 4 * floats + 200)
  }
}
