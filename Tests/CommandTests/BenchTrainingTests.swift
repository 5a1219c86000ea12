// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct BenchTrainingTests {
  private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  private let fixture = try! TrainingFixture()

  /// Runs the benchmark on the small network of the fixture, in the checkout.
  private func bench(_ more: [String]) throws -> Command {
    try Command(
      [
        "bench", "training", "--architecture", fixture.architecture, "--keywords", "yes,no",
        "--rounds", "2", "--steps", "2",
      ] + more, workingDirectory: Self.checkout)
  }

  private func network(_ run: Command) throws -> [String: Any] {
    try #require(run.status == 0, "\(run.error)")
    let networks = try #require(run.objects().first?["networks"] as? [String: Any])
    #expect(networks.count == 1)
    return try #require(networks["tiny"] as? [String: Any])
  }

  private func isOrdered(_ value: Any?) throws -> Bool {
    let spread = try #require(value as? [String: Double])
    let (least, median, most) = try (
      #require(spread["least"]), #require(spread["median"]), #require(spread["most"])
    )
    return 0 < least && least <= median && median <= most
  }

  @Test func `a network is timed on made-up clips with all threads and with one`() throws {
    let run = try bench(["--threads", "2", "--json"])
    #expect(run.error == "")
    let network = try network(run)
    #expect(try isOrdered(network["clipsPerSecond"]))
    #expect(try isOrdered(network["clipsPerSecondOfOneThread"]))
    for member in [
      "macPerClip", "scaling", "gigaflopsPerSecond", "peakGigaflopsPerSecond",
      "peakGigaflopsPerSecondOfOneThread", "partOfPeak", "loadingPart", "peakMemoryBytes",
    ] {
      #expect(try #require(network[member] as? Double) > 0, "\(member)")
    }
    // 24 columns of 8 outputs from 3 x 40 inputs, and the head once.
    #expect(network["macPerClip"] as? Int == 24 * 8 * 3 * 40 + 8 * 4)
    #expect(network["peer"] == nil)
  }

  @Test func `a user's data is read, and one thread is not compared with itself`() throws {
    let run = try bench(["--threads", "1", "--data", "log-mel=\(fixture.data)", "--json"])
    let network = try network(run)
    #expect(try isOrdered(network["clipsPerSecond"]))
    #expect(network["scaling"] == nil)
    #expect(try run.objects().first?["data"] as? String == "log-mel=\(fixture.data)")
  }

  @Test func `the table has a row per network`() throws {
    let run = try bench(["--architecture", fixture.architecture])
    #expect(run.status == 0)
    #expect(run.lines.filter { $0.hasPrefix("tiny  ") }.count == 2)
  }

  /// A peer that needs no PyTorch: it answers as the script does.
  private func peer(_ answers: String) throws -> String {
    let path = try fixture.folder.write(
      "peer", Array("#!/bin/bash\n[ -z \"$LD_PRELOAD\" ] || exit 9\n\(answers)\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test func `a peer is told the network and takes its turns`() throws {
    let path = try peer(
      """
      read -r request
      [[ $request == *'"shapes":[[97,1,40],[24,1,8],[1,1,8],[1,1,4]]'* ]] || exit 8
      [[ $request == *'"threads":2'* && $request == *'"batch":100'* ]] || exit 7
      echo '{"torch": "1.0", "format": "channels_last", "threads": 2}'
      while read -r word count; do
        case $word in
        step) [ "$count" = 2 ] && echo '{"seconds": [0.5, 0.25]}' || echo '{"seconds": [9]}' ;;
        memory) echo '{"bytes": 1000000}' ;;
        esac
      done
      """)
    let run = try bench(["--threads", "2", "--json", "--peer", path, "--preload", "none"])
    let peer = try #require(try network(run)["peer"] as? [String: Any])
    let rates = try #require(peer["clipsPerSecond"] as? [String: Double])
    #expect(rates["least"] == 200 && rates["most"] == 400)
    #expect(peer["peakMemoryBytes"] as? Int == 1_000_000)
    #expect(try #require(peer["ratio"] as? Double) > 0)
    #expect(try run.objects().first?["torch"] as? String == "1.0")
  }

  @Test func `a peer that fails is told with what to do next`() throws {
    let missing = try bench(["--peer", "/no/python"])
    #expect(missing.status == 66)
    #expect(missing.error == "kws: /no/python: cannot be started: No such file or directory.\n")
    let without = try bench(["--preload", "none", "--peer", peer(#"echo '{"error": "no torch"}'"#)])
    #expect(without.status == 66)
    #expect(
      without.error.hasSuffix("no torch. Install it there, or name another Python by --peer.\n"))
    let broken = try bench(["--preload", "none", "--peer", peer("exit 3")])
    #expect(broken.status == 70)
    #expect(broken.error.contains("ended with status 3"))
    let library = try bench(["--peer", "python3", "--preload", "/no/library"])
    #expect(library.status == 66)
    #expect(library.error == "kws: /no/library: no such file. Check --preload.\n")
  }

  @Test func `a network whose features cannot be had is refused`() throws {
    let text = TrainingFixture.architecture(channelCount: 8).replacing("97", with: "96")
    let path = try fixture.folder.write("other.json", Array(text.utf8))
    let run = try Command(["bench", "training", "--architecture", path])
    #expect(run.status == 65)
    #expect(run.error.hasPrefix("kws: \(path): windowFrameCount is 96, expected 97 or 49"))
  }
}
