// SPDX-License-Identifier: GPL-3.0-or-later

import SpeechDatasets
import Testing

@Suite struct SplitTests {
  /// Values from the data set's own Python function.
  @Test(arguments: [
    ("460209ac_nohash_3", Split.training), ("0f7dc557_nohash_1", .training),
    ("1acc97de_nohash_2", .testing), ("recording 7", .training),
    ("099d52ad_nohash_0", .validation), ("c4e1f6e0_nohash_0", .validation),
    ("856eb138_nohash_1", .validation),
  ])
  func `names of Speech Commands fall where its own rule puts them`(name: String, split: Split) {
    #expect(Split(clipName: name) == split)
  }

  @Test func `all clips of a speaker are in one split`() {
    for speaker in 0..<200 {
      let splits = Set((0..<5).map { Split(clipName: "speaker\(speaker)_nohash_\($0)") })
      #expect(splits.count == 1)
    }
  }

  @Test func `about a tenth of the names is validation and a tenth testing`() {
    var counts: [Split: Int] = [:]
    for name in 0..<10_000 { counts[Split(clipName: "clip \(name)"), default: 0] += 1 }
    // Four standard deviations of a binomial count.
    #expect(abs(counts[.validation]! - 1_000) < 120)
    #expect(abs(counts[.testing]! - 1_000) < 120)
  }

  @Test func `a name without a speaker is its own speaker`() {
    #expect(Split.speaker(ofClip: "hello") == "hello")
    #expect(Split.speaker(ofClip: "ann_nohash_12") == "ann")
  }
}
