// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import FoundationEssentials
import ModelFormat
import SpeechDatasets
import SpeechFeatures
import SyntheticSpeech
import Testing
import Training

@Suite struct BatchSequenceTests {
  private let data: TrainingData

  init() throws {
    let set = try SyntheticLogMelSet(in: FileManager.default.temporaryDirectory.path)
    defer { try? FileManager.default.removeItem(atPath: set.path) }
    data = try TrainingData(
      sources: [.logMel(path: set.path)], keywords: ["yes", "no"],
      features: FeatureConfiguration(), batchSize: 10, seed: 3)
  }

  /// An epoch's batches, the one of `broken` being an error.
  private func sequence(makesAhead: Bool, broken: Int? = nil) -> BatchSequence {
    BatchSequence(
      count: data.batchCount, makesAhead: makesAhead,
      normalizer: FeatureNormalizer(data.normalization)
    ) { [data] (index) throws(DatasetError) in
      if index == broken { throw .unreadable(path: "\(index)") }
      return try data.batch(epoch: 2, index: index)
    }
  }

  private func bits(_ batch: Batch) -> [UInt32] {
    let features = batch.features.span
    return features.indices.map { features[$0].bitPattern }
  }

  @Test func `batches that are made ahead are the same bits in the same order`() throws {
    let (ahead, inTurn) = (sequence(makesAhead: true), sequence(makesAhead: false))
    let normalizer = FeatureNormalizer(data.normalization)
    for index in 0..<data.batchCount {
      let expected = try data.batch(epoch: 2, index: index)
      normalizer.normalize(expected)
      for batch in [try #require(try ahead.next()), try #require(try inTurn.next())] {
        #expect(bits(batch) == bits(expected))
        #expect(batch.labels == expected.labels)
        #expect(batch.continues == expected.continues)
      }
    }
    #expect(try ahead.next() == nil)
    #expect(try inTurn.next() == nil)
  }

  @Test(arguments: [false, true])
  func `an error comes in the place of its batch`(makesAhead: Bool) throws {
    for broken in [0, 1, data.batchCount - 1] {
      let batches = sequence(makesAhead: makesAhead, broken: broken)
      for _ in 0..<broken { #expect(try batches.next() != nil) }
      let error = #expect(throws: TrainingError.self) { try batches.next() }
      guard case .data(.unreadable(let path))? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(path == "\(broken)")
    }
  }

  @Test func `a sequence may be left at any batch`() throws {
    for count in 0...data.batchCount {
      let batches = sequence(makesAhead: true)
      for _ in 0..<count { _ = try batches.next() }
    }
  }
}
