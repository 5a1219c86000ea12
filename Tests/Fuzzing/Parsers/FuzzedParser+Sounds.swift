// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Glibc

extension FuzzedParser {
  /// Samples after which a sound that goes on is left: few bytes of a sidecar or of a compressed
  /// file can mean hours.
  private static let sampleLimit = 1 << 20

  static func readSound(_ bytes: [UInt8], _ folder: FuzzedFolder) throws(AudioError) {
    let path = folder.write("sound", bytes)
    var source = try SoundFileSource(path: path)
    try hear(&source)
  }

  static func readRawSamples(_ bytes: [UInt8], _ folder: FuzzedFolder) throws(AudioError) {
    let path = folder.write("raw", bytes)
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    precondition(descriptor >= 0, "the file was just written")
    defer { close(descriptor) }
    var source = RawPCMSource(descriptor: descriptor)
    let count = try hear(&source)
    precondition(
      count == bytes.count / 2 && source.hasOddTrailingByte == (bytes.count % 2 == 1),
      "samples were lost")
  }

  static func readSidecar(_ bytes: [UInt8], _ folder: FuzzedFolder) throws(AudioError) {
    folder.write("recording.jsonl", bytes)
    let path = folder.write("recording", usualRecording)
    guard RecordedSource.hasSidecar(path: path) else { return }
    var source = try RecordedSource(path: path)
    try hear(&source)
  }

  /// Reads `source` to its end or to the limit, in pieces of changing size; the samples that came.
  @discardableResult private static func hear(
    _ source: inout some AudioSource & ~Copyable
  ) throws(AudioError) -> Int {
    var chunks = [4096, 37].map { [Float](repeating: 0, count: $0) }
    var count = 0
    var turn = 0
    while count < sampleLimit {
      turn += 1
      let size = chunks[turn % 2].count
      var room = chunks[turn % 2].mutableSpan
      switch try source.read(into: &room) {
      case .samples(let added):
        precondition(1...size ~= added, "more samples than room")
        count += added
        for index in 0..<added {
          precondition(room[index] >= -1 && room[index] < 1, "a sample beyond full scale")
        }
      case .restart, .idle: continue
      case .end: return count
      }
    }
    return count
  }
}
