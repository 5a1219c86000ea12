// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Foundation
import FuzzedParsers
import Testing

/// What the fuzzer does, in small: no bytes end the process, and nothing but the parsers' own errors
/// comes of them.
@Suite struct CorpusTests {
  private static let corpus = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fuzzing/Corpus").path

  /// The files of the parser's folder in the corpus; none where there is no folder.
  private static func files(_ parser: FuzzedParser) throws -> [[UInt8]] {
    let folder = corpus + "/" + parser.rawValue
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
    }
  }

  @Test(arguments: FuzzedParser.allCases)
  func `what a seed says is accepted`(parser: FuzzedParser) {
    let folder = FuzzedFolder()
    #expect(!parser.seeds.isEmpty)
    for seed in parser.seeds {
      if case .refused(let error) = parser.read(seed, in: folder) { Issue.record(error) }
    }
  }

  @Test(arguments: FuzzedParser.allCases)
  func `what the fuzzer found is read to the end`(parser: FuzzedParser) throws {
    let folder = FuzzedFolder()
    for bytes in try Self.files(parser) { _ = parser.read(bytes, in: folder) }
  }

  @Test(arguments: FuzzedParser.allCases)
  func `seeds with random mistakes are read to the end, and most are refused`(
    parser: FuzzedParser
  ) throws {
    let folder = FuzzedFolder()
    let index = FuzzedParser.allCases.firstIndex(of: parser) ?? 0
    var generator = CounterBasedGenerator(seed: 1, stream: UInt32(index))
    let inputs = try parser.seeds + Self.files(parser)
    var refusedCount = 0
    for turn in 0..<400 {
      let bytes = Mutation.mutated(inputs[turn % inputs.count], &generator)
      if case .refused = parser.read(bytes, in: folder) { refusedCount += 1 }
    }
    // Headerless samples cannot be wrong.
    #expect(parser == .rawSamples ? refusedCount == 0 : refusedCount > 20)
  }
}
