// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Testing

@Suite struct WholeClipTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a cut file tells how many frames it lacks`() throws {
    let bytes = WaveBytes.integers(Array(1...20), channelCount: 2)
    let clip = try WholeClip(path: folder.write("cut.wav", Array(bytes[..<(44 + 4 * 7)])))
    #expect(clip.samples.count == 7 && clip.readFrameCount == 7 && clip.missingFrameCount == 3)
    let whole = try WholeClip(path: folder.write("whole.wav", bytes))
    #expect(whole.readFrameCount == 10 && whole.missingFrameCount == 0)
  }

  @Test(arguments: [8_000, 16_000, 48_000])
  func `reading stops at the limit, and what lies behind is not looked at`(rate: Int) throws {
    var values = (0..<4 * rate).map { Float($0 % 200) / 400 }
    let path = try folder.write("long.wav", WaveBytes.floats(values, rate: rate))
    let whole = try WholeClip(path: path)
    #expect(whole.samples.count == 64_000)
    for limit in [0, 1, 8_192, 16_000, 64_000, 100_000] {
      let clip = try WholeClip(path: path, limit: limit)
      #expect(clip.samples[...] == whole.samples.prefix(limit))
    }
    values[3 * rate] = .nan
    let bad = try folder.write("bad.wav", WaveBytes.floats(values, rate: rate))
    #expect(try WholeClip(path: bad, limit: 16_000).samples[...] == whole.samples.prefix(16_000))
    #expect(throws: AudioError.notFinite(path: bad, frame: 3 * rate, channel: 0)) {
      try WholeClip(path: bad)
    }
  }
}
