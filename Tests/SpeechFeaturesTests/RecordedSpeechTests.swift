// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import SpeechFeatures
import Testing

/// Where real recordings lie, if anywhere.
private let speechFolder = ProcessInfo.processInfo.environment["KWS_SPEECH_DATA"]

/// The fitted front end against the log-mel training set: same clips, once as WAV and once as rows.
///
/// The rows carry JPEG noise (about 0.4 neper per value), and the WAV files of the training part went
/// through Opus, which thins out what is quiet and high. A few clips differ by several neper, so the
/// figures are medians over clips. The bounds stand a little above what was first measured: they
/// guard against change.
struct RecordedSpeechTests {
  private let rowByteCount = 98 * 40

  /// The samples of a WAV file with one 16-bit channel and nothing but a 44-byte header.
  private func samples(_ path: String) throws -> [Float] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    try #require(bytes.count > 44 && [UInt8](bytes[36..<40]) == [UInt8]("data".utf8), "\(path)")
    return stride(from: 44, to: bytes.count - 1, by: 2).map {
      Float(Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)) / 32_768
    }
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  @Test(.enabled(if: speechFolder != nil))
  func `WAV features lie close to the log-mel rows of the same clips`() throws {
    let folder = try #require(speechFolder)
    let tensors = try Data(
      contentsOf: URL(filePath: folder + "/log-mel/log-mel.safetensors"), options: .mappedIfSafe)
    var start = 8
    for (index, byte) in tensors.prefix(8).enumerated() { start += Int(byte) << (8 * index) }
    let list = try String(contentsOfFile: folder + "/log-mel/clips.tsv", encoding: .utf8)
    let plan = try FeaturePlan(FeatureConfiguration())
    var clips: [(median: Double, bias: Double, deviation: Double)] = []
    for line in list.split(separator: "\n").dropFirst() where clips.count < 400 {
      let fields = line.split(separator: "\t")
      guard let row = Int(fields[0]), row % 37 == 0 else { continue }
      let path = "\(folder)/speech-commands/\(fields[1])/\(fields[2]).wav"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let clip = try samples(path)
      guard clip.count == 16_000 else { continue }
      let bytes = tensors.dropFirst(start + row * rowByteCount).prefix(97 * 40)
      // Bytes near the ends are cut off.
      let differences = zip(features(plan, clip), bytes).filter { 8 < $1 && $1 < 247 }.map {
        Double($0) - (Double($1) - 145.7) / 9.997
      }
      guard differences.count > 400 else { continue }
      let count = Double(differences.count)
      let bias = differences.reduce(0, +) / count
      let variance = differences.reduce(0) { $0 + ($1 - bias) * ($1 - bias) } / count
      clips.append((median(differences.map(abs)), bias, variance.squareRoot()))
    }
    try #require(clips.count >= 50)
    let typical = (
      median: median(clips.map(\.median)), bias: median(clips.map(\.bias)),
      deviation: median(clips.map(\.deviation))
    )
    let others = clips.count { $0.deviation > 1 }
    print("\(clips.count) clips, neper: \(typical), \(others) clips beyond 1 neper")
    #expect(typical.median < 0.45)
    #expect(abs(typical.bias) < 0.3)
    #expect(typical.deviation < 0.65)
    #expect(others * 10 < clips.count)
  }
}
