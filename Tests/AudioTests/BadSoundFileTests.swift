// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Foundation
import Testing

@Suite struct BadSoundFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `what is no sound file is told apart`() throws {
    let absent = folder.path("absent.wav")
    #expect(throws: AudioError.notFound(path: absent)) { try readWholeClip(absent) }
    #expect(throws: AudioError.isDirectory(path: folder.root)) { try readWholeClip(folder.root) }
    let empty = try folder.write("empty.wav", [])
    #expect(throws: AudioError.empty(path: empty)) { try readWholeClip(empty) }
    let below = empty + "/clip.wav"
    #expect(throws: AudioError.system(path: below, operation: "open", code: ENOTDIR)) {
      try readWholeClip(below)
    }
  }

  @Test(arguments: ["text.wav", "text.txt", "text.raw", "text.vox", "text.gsm", "text.mp3", "text"])
  func `text is not audio, whatever its name`(name: String) throws {
    let path = try folder.write(name, Array("yes no up down left right on off\n".utf8))
    #expect(throws: AudioError.notAudio(path: path)) { try readWholeClip(path) }
  }

  @Test func `a clip of no samples is no error`() throws {
    #expect(try readWholeClip(try folder.write("none.wav", WaveBytes.integers([]))) == [])
    let other = WaveBytes.integers([], rate: 44_100, channelCount: 2)
    #expect(try readWholeClip(try folder.write("none-44.wav", other)) == [])
  }

  @Test func `a truncated WAV is read to where it ends and tells what is missing`() throws {
    let whole = WaveBytes.integers(Array(0..<1000))
    let path = try folder.write("cut.wav", Array(whole[..<(44 + 2 * 300 + 1)]))
    var source = try SoundFileSource(path: path)
    #expect(source.declaredFrameCount == 1000)
    #expect(source.missingFrameCount == 0, "not known before the end")
    #expect(try readAll(&source) == (0..<300).map { Float($0) / 32_768 })
    #expect(source.readFrameCount == 300 && source.missingFrameCount == 700)
  }

  @Test func `a WAV whose writer did not know its length misses nothing`() throws {
    for declared in [0x7FFF_F000, 0xFFFF_FFFF] {
      let data = (1...100).flatMap { WaveBytes.word($0, 2) }
      let path = try folder.write(
        "piped.wav", WaveBytes.file(data: data, bitCount: 16, declared: declared))
      var source = try SoundFileSource(path: path)
      #expect(try readAll(&source).count == 100, "\(declared)")
      #expect(source.missingFrameCount == 0, "\(declared)")
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a sample that is not finite is an error with its place`(value: Float) throws {
    var samples = [Float](repeating: 0.25, count: 2 * 10_000)
    samples[2 * 7001 + 1] = value
    let path = try folder.write("bad.wav", WaveBytes.floats(samples, rate: 44_100, channelCount: 2))
    #expect(throws: AudioError.notFinite(path: path, frame: 7001, channel: 1)) {
      try readWholeClip(path)
    }
  }

  @Test(arguments: [1, 3999, 384_001, 2_000_000])
  func `a rate out of range is an error with the range`(rate: Int) throws {
    let path = try folder.write("rate.wav", WaveBytes.integers([1, 2, 3], rate: rate))
    let expected = AudioError.unsupportedRate(path: path, found: rate, supported: 4000...384_000)
    #expect(throws: expected) { try readWholeClip(path) }
  }

  @Test func `every truncation of a WAV gives samples or a typed error`() throws {
    let whole = WaveBytes.integers(Array(1...20))
    for length in 1..<whole.count {
      let path = try folder.write("cut.wav", Array(whole[..<length]))
      do throws(AudioError) {
        let samples = try readWholeClip(path)
        #expect(samples == (0..<max(length - 44, 0) / 2).map { Float($0 + 1) / 32_768 })
      } catch {
        #expect(length < 44, "\(length): \(error)")
      }
    }
  }

  @Test(arguments: [EncodedFormat.flac, .vorbis, .opus, .mp3])
  func `cut and overwritten compressed files give finite samples or a typed error`(
    format: EncodedFormat
  ) throws {
    let path = folder.path("whole")
    let encoded = format.write(noise(count: 16_000), rate: 16_000, channelCount: 1, to: path)
    try #require(encoded)
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    for step in 1..<60 {
      let cut = Array(whole[..<(whole.count * step / 60)])
      var overwritten = whole
      for offset in 0..<8 { overwritten[(whole.count - 8) * step / 60 + offset] ^= 0xA5 }
      for bytes in [cut, overwritten] {
        do throws(AudioError) {
          let samples = try readWholeClip(try! folder.write("bad", bytes))
          #expect(samples.allSatisfy { (-1..<1).contains($0) })
        } catch {
          // Any typed error will do; that none of this ends the process is the claim.
        }
      }
    }
  }

  @Test func `a FLAC that is cut gives what is there, then the frame where it broke`() throws {
    let path = folder.path("whole.flac")
    try #require(
      EncodedFormat.flac.write(noise(count: 40_000), rate: 16_000, channelCount: 1, to: path))
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let cut = try folder.write("cut.flac", Array(whole[..<(whole.count / 2)]))
    var source = try SoundFileSource(path: cut)
    var chunk = [Float](repeating: 0, count: 5000)
    var samples: [Float] = []
    let error = #expect(throws: AudioError.self) {
      while true {
        var room = chunk.mutableSpan
        guard case .samples(let count) = try source.read(into: &room) else { return }
        samples += chunk[..<count]
      }
    }
    guard case .damaged(cut, let frame, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(frame == samples.count && frame > 10_000 && frame < 21_000, "\(frame)")
    #expect(try samples[...] == readWholeClip(path)[..<frame])
  }

  @Test func `errors of files opened at the same time stay apart`() async throws {
    let text = try folder.write("text.wav", Array("nothing to hear".utf8))
    let good = try folder.write("good.wav", WaveBytes.integers([1, 2, 3]))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<200 {
            #expect(throws: AudioError.notAudio(path: text)) { try readWholeClip(text) }
            #expect(throws: Never.self) { try readWholeClip(good) }
          }
        }
      }
    }
  }
}
