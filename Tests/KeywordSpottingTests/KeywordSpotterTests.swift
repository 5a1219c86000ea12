// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import KeywordSpotting
import ModelFormat
import SpeechFeatures
import Testing
import ToneModel

/// All detections of `samples`, pushed in pieces of the given sizes in turn.
func detections(
  _ spotter: inout KeywordSpotter, _ samples: [Float], pieces: [Int] = []
) -> [Detection] {
  var found: [Detection] = []
  var done = 0
  var turn = 0
  while done < samples.count {
    let size = pieces.isEmpty ? samples.count : pieces[turn % pieces.count]
    let end = min(done + size, samples.count)
    turn += 1
    var rest = samples.span.extracting(done..<end)
    while true {
      let progress = spotter.push(rest)
      rest = rest.extracting(droppingFirst: progress.consumedSampleCount)
      guard let detection = progress.detection else { break }
      found.append(detection)
    }
    done = end
  }
  return found
}

struct KeywordSpotterTests {
  private let low = 400.0
  private let high = 2400.0

  /// Four utterances of two words in eight seconds.
  private var stream: [Float] {
    signal(
      128_000,
      [
        (20_000..<27_000, low), (46_000..<53_000, high), (72_000..<79_000, high),
        (100_000..<107_000, low),
      ])
  }

  @Test func `every utterance fires once, within its word's window`() throws {
    var spotter = KeywordSpotter(plan: try SpottingPlan(model: toneModel()))
    let found = detections(&spotter, stream)
    #expect(found.map(\.label) == ["low", "high", "high", "low"])
    #expect(found.map(\.labelIndex) == [0, 1, 1, 0])
    for (detection, start) in zip(found, [20_000, 46_000, 72_000, 100_000]) {
      #expect(detection.score >= 0.6 && detection.score <= 1)
      #expect(detection.threshold == 0.6)
      #expect(detection.at > start && detection.at < start + 16_000)
      // One cell of 10 ms on either side; the word may not have ended yet.
      #expect(abs(detection.start - start) <= 160)
      #expect(abs(detection.end - min(start + 7_000, detection.at + 1)) <= 320)
      // The decision is the end of a frame that completes a column.
      #expect((detection.at + 1 - 512) % 320 == 160)
    }
  }

  @Test(arguments: InferencePlan.availableInstructionSets)
  func `how samples are cut makes no difference`(instructionSet: String) throws {
    let plan = try SpottingPlan(model: toneModel(), instructionSet: instructionSet)
    let samples = stream
    var whole = KeywordSpotter(plan: plan)
    let expected = detections(&whole, samples)
    #expect(expected.count == 4)
    for pieces in [[160], [1], [512], [7, 1_001, 320], [31_999], [16_000]] {
      var spotter = KeywordSpotter(plan: plan)
      #expect(detections(&spotter, samples, pieces: pieces) == expected, "\(pieces)")
      #expect(spotter.columnCount == whole.columnCount)
      for label in 0..<3 {
        #expect(spotter.newestPosteriors[label] == whole.newestPosteriors[label])
      }
    }
  }

  @Test func `a clip of one second can fire at its end`() throws {
    let plan = try SpottingPlan(model: toneModel())
    var spotter = KeywordSpotter(plan: plan)
    let found = detections(&spotter, signal(16_000, [(6_000..<13_000, low)]))
    #expect(spotter.columnCount == 48)
    #expect(found.map(\.label) == ["low"])
    #expect(found.map(\.at) == [plan.lastSample(ofColumn: 47)])
    #expect(plan.lastSample(ofColumn: 47) == 95 * 160 + 511)
    #expect(spotter.newestPosteriors[0] > 0.6)
  }

  @Test func `reset equals a fresh spotter`() throws {
    let plan = try SpottingPlan(model: toneModel())
    var spotter = KeywordSpotter(plan: plan)
    #expect(spotter.newestPosteriors[2] == 0)
    let expected = detections(&spotter, stream)
    _ = detections(&spotter, signal(9_999, [(0..<9_999, high)]))
    spotter.reset()
    #expect(spotter.columnCount == 0)
    #expect(spotter.newestPosteriors[2] == 0)
    #expect(detections(&spotter, stream, pieces: [777]) == expected)
  }

  @Test func `a restart is a cold start at another time`() throws {
    let plan = try SpottingPlan(model: toneModel())
    var spotter = KeywordSpotter(plan: plan)
    let expected = detections(&spotter, stream)
    #expect(expected.count == 4)
    for index in [1, 160_007, 1 << 40] {
      spotter.restart(at: index)
      let shifted = expected.map { detection in
        var shifted = detection
        shifted.at += index
        shifted.start += index
        shifted.end += index
        return shifted
      }
      #expect(detections(&spotter, stream, pieces: [480]) == shifted)
    }
  }

  @Test func `the posteriors are those of the features through the network`() throws {
    let plan = try SpottingPlan(model: toneModel())
    let samples = signal(32_000, [(9_000..<16_000, high)])
    var frames = [Float](repeating: 0, count: 197 * 8)
    var expected = [Float](repeating: 0, count: 98 * 3)
    var extractor = FeatureExtractor(plan: plan.features)
    var network = StreamingNetwork(plan: plan.inference)
    var frameSpan = frames.mutableSpan
    #expect(extractor.push(samples.span, into: &frameSpan).frameCount == 197)
    var expectedSpan = expected.mutableSpan
    #expect(network.process(frames.span, into: &expectedSpan) == 98)
    var stream = PosteriorStream(plan: plan)
    var found = [Float](repeating: 0, count: 120 * 3)
    var span = found.mutableSpan
    let progress = stream.push(samples.span, into: &span)
    #expect(progress.consumedSampleCount == 32_000)
    #expect(progress.columnCount == 98)
    #expect(Array(found[0..<98 * 3]) == expected)
    // With little room it stops early, and goes on where it stopped.
    stream.reset()
    var pieces: [Float] = []
    var done = 0
    while done < samples.count {
      var few = [Float](repeating: 0, count: plan.blockColumnCount * 3)
      var room = few.mutableSpan
      let part = stream.push(samples.span.extracting(droppingFirst: done), into: &room)
      #expect(part.columnCount <= plan.blockColumnCount)
      done += part.consumedSampleCount
      pieces += few[0..<part.columnCount * 3]
    }
    #expect(pieces == expected)
  }

  @Test func `a model whose parts do not fit is refused`() throws {
    var model = toneModel()
    model.features.melBinCount = 9
    #expect(throws: SpottingError.coefficientCount(expected: 8, found: 9)) {
      try SpottingPlan(model: model)
    }
    model = toneModel()
    model.features.sampleRate = 8_000
    #expect(throws: SpottingError.sampleRate(expected: 16_000, found: 8_000)) {
      try SpottingPlan(model: model)
    }
    for hop in [1, 15, 16_001] {
      model = toneModel()
      model.features.hopLength = hop
      #expect(throws: SpottingError.hopLength(expected: 16...16_000, found: hop)) {
        try SpottingPlan(model: model)
      }
    }
    model = toneModel()
    model.labels.removeLast()
    #expect(
      throws: SpottingError.inference(
        .count(layer: "head", field: "labels", expected: 3, found: 2))
    ) { try SpottingPlan(model: model) }
    model = toneModel()
    model.detection.rejectLabels = ["other"]
    #expect(throws: SpottingError.unknownLabel(field: "rejectLabels", label: "other")) {
      try SpottingPlan(model: model)
    }
  }
}
