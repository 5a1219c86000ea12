// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import Foundation
import Testing
import ToneModel

@Suite final class ClipConditionTests {
  private let root =
    FileManager.default.temporaryDirectory.path + "/kws-condition-tests-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// Remembers what it hears, and decides nothing.
  private struct Listener: ClipDecider {
    final class Memory { var clips: [[Float]] = [] }

    let labels = ["one"]
    let memory = Memory()

    mutating func reset() {}

    mutating func posteriors(after samples: [Float]) -> [Float] {
      memory.clips.append(samples)
      return [1]
    }
  }

  /// What a decider hears of `clips` under `condition`.
  private func heard(
    _ clips: [[Float]], _ condition: ClipCondition, _ noise: NoiseRecordings?, seed: UInt64 = 1
  ) -> [[Float]] {
    let listener = Listener()
    var decider = ConditionedClipDecider(
      listener, condition: condition, noise: noise, seed: seed)
    for clip in clips { _ = decider.posteriors(after: clip) }
    return listener.memory.clips
  }

  private func write(_ name: String, _ samples: [Float]) throws -> String {
    try WaveClip.write(samples.map { Int16($0 * 32_767) }.span, to: "\(root)/\(name)")
    return "\(root)/\(name)"
  }

  private func power(_ samples: [Float]) -> Double {
    samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
  }

  private let clip = signal(16_000, [(4_000..<11_000, 400)])

  /// A pause of ten seconds, then ten seconds of a tone.
  private func noise() throws -> NoiseRecordings {
    try NoiseRecordings(paths: [
      write("pause.wav", Array(repeating: 0, count: 160_000)),
      write("tone.wav", signal(160_000, [(0..<160_000, 2_400)])),
    ])
  }

  @Test(arguments: [20.0, 5, 0, -6])
  func `the noise lies as far under the clip as it should`(decibels: Double) throws {
    let condition = ClipCondition(signalToNoiseDecibels: decibels)
    // Soft enough that nothing clips.
    let clip = clip.map { 0.1 * $0 }
    for mixture in heard(Array(repeating: clip, count: 20), condition, try noise()) {
      let added = zip(mixture, clip).map { $0 - $1 }
      let found = 10 * log10(power(clip) / power(added))
      #expect(abs(found - decibels) < 0.1, "\(found)")
    }
  }

  @Test func `clips hear different noise, models the same, and another seed another`() throws {
    let condition = ClipCondition(signalToNoiseDecibels: 0)
    let noise = try noise()
    let first = heard([clip, clip], condition, noise)
    #expect(first[0] != first[1])
    #expect(heard([clip, clip], condition, noise) == first)
    #expect(heard([clip, clip], condition, noise, seed: 2) != first)
  }

  @Test func `a gain changes the level, in 16 bits that clip at full scale`() {
    let loud = heard([clip], ClipCondition(gainDecibels: 40), nil)[0]
    #expect(loud.max() == 32_767 / 32_768 && loud.min() == -1)
    let soft = heard([clip], ClipCondition(gainDecibels: -20), nil)[0]
    #expect(soft.allSatisfy { ($0 * 32_768).rounded() == $0 * 32_768 })
    #expect(abs(10 * log10(power(clip) / power(soft)) - 20) < 0.1)
    #expect(heard([clip], ClipCondition(), nil) == [clip])
  }

  @Test func `digital zero gets no noise, and noise without a sound is refused`() throws {
    let condition = ClipCondition(signalToNoiseDecibels: 0)
    let zero = [Float](repeating: 0, count: 16_000)
    #expect(heard([zero], condition, try noise()) == [zero])
    let path = try write("zero.wav", zero)
    let error = #expect(throws: EvaluationError.self) { try NoiseRecordings(paths: [path]) }
    guard case .noSound(path)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
