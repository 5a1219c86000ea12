// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct BenchInferenceTests {
  private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  private let fixture = try! TrainingFixture()

  /// Runs the benchmark in the checkout.
  private func bench(_ more: [String]) throws -> Command {
    try Command(
      ["bench", "inference", "--rounds", "2"] + more, workingDirectory: Self.checkout)
  }

  /// The small network of the fixture.
  private var tiny: [String] {
    ["--architecture", fixture.architecture, "--keywords", "yes,no"]
  }

  private func isOrdered(_ value: Any?) throws -> Bool {
    let times = try #require(value as? [String: Double])
    return try 0 < #require(times["median"]) && #require(times["median"]) <= #require(times["p99"])
  }

  @Test func `windows and hops are timed on the standard networks without a peer`() throws {
    let run = try bench(["--json"])
    try #require(run.status == 0, "\(run.error)")
    #expect(run.error == "")
    let report = try #require(run.objects().first)
    let networks = try #require(report["networks"] as? [String: [String: Any]])
    #expect(
      Set(networks.keys) == ["built-in", "ds-cnn-s", "ds-cnn-l", "derived", "bc-resnet-1"])
    for (name, network) in networks {
      #expect(try isOrdered(network["window"]), "\(name)")
      #expect(try isOrdered(network["hop"]), "\(name)")
      // The window at every hop is most of a window's hops too much.
      let ratio = try #require(network["macPerWindowPerHop"] as? Double)
      let frames = try #require(network["framesPerWindow"] as? Double)
      #expect(ratio > 0.9 * frames && ratio <= frames, "\(name)")
      #expect(try #require(network["windowPerHop"] as? Double) > 1, "\(name)")
      #expect(network["peers"] == nil)
    }
    let sets = try #require(report["instructionSets"] as? [String: [String: Any]])
    #expect(try isOrdered(sets["scalar"]?["window"]) && isOrdered(sets["scalar"]?["hop"]))
    #expect(report["missingPeers"] == nil)
  }

  @Test func `a network of one's own is the only one, and has its row`() throws {
    let run = try bench(tiny)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.lines.filter { $0.hasPrefix("tiny  ") }.count == 1)
    #expect(run.lines.contains("instruction sets, on tiny"))
    #expect(run.lines.contains { $0.hasPrefix("scalar  ") })
    #expect(!run.output.contains("built-in"))
  }

  /// A peer that needs no engine: it answers as the script does. `$2` is the engine.
  private func peer(_ answers: String) throws -> String {
    let path = try fixture.folder.write("peer", Array("#!/bin/bash\n\(answers)\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test func `a peer is told the network and takes its turns beside one that is missing`() throws {
    let path = try peer(
      """
      case $2 in
      litert) echo '{"error": "no engine"}'; exit ;;
      onednn) echo '{"library": "two", "version": "2.0", "overhead": null}' ;;
      *) echo '{"library": "one", "version": "1.0", "overhead": 1e-6}' ;;
      esac
      read -r request
      [[ $request == *'"shapes":[[97,1,40],[24,1,8],[1,1,8],[1,1,4]]'* ]] || exit 8
      [[ $request == *'"posteriors":[['* && $request == *'"weightScales":['* ]] || exit 7
      [ "$2" = onednn ] && { echo '{"refusal": "not this one"}'; read -r; exit; }
      echo -n '{"form": "plain",'
      echo '"agreement": {"clips": 8, "sameBest": 8, "steps": 0.5, "largestSteps": 1}}'
      while read -r word count; do
        seconds=0.5
        for ((i = 1; i < count; i++)); do seconds+=,0.5; done
        echo "{\\"seconds\\": [$seconds]}"
      done
      """)
    let options = tiny + ["--peers", path]
    let run = try bench(options + ["--json"])
    try #require(run.status == 0, "\(run.error)")
    let report = try #require(run.objects().first)
    let tiny = try #require((report["networks"] as? [String: [String: Any]])?["tiny"])
    let peers = try #require(tiny["peers"] as? [String: [String: Any]])
    #expect(peers["one"]?["version"] as? String == "1.0")
    #expect((peers["one"]?["window"] as? [String: Double])?["median"] == 500_000)
    #expect(try #require(peers["one"]?["ratio"] as? Double) < 0.1)
    #expect(peers["two"]?["refusal"] as? String == "not this one")
    let missing = try #require(report["missingPeers"] as? [String: String])
    #expect(Set(missing.keys) == ["litert"])

    let text = try bench(options)
    #expect(text.lines.contains { $0.hasPrefix("tiny     one 1.0  plain") }, "\(text.output)")
    #expect(text.lines.contains("tiny not in two 2.0: not this one"))
    #expect(text.lines.contains { $0.hasPrefix("litert left out: \(path): no engine. Install") })
  }

  @Test func `a Python without any engine is told with what to install`() throws {
    // Without its site's packages, the Python has none.
    let path = try peer("exec python3 -E -s -S \"$@\"")
    let run = try bench(tiny + ["--peers", path])
    #expect(run.status == 66)
    #expect(run.error.contains("No module named 'numpy'"), "\(run.error)")
    for packages in [
      "ai-edge-litert numpy", "onnxruntime onnx numpy", "onednn-devel-cpu-gomp numpy",
    ] {
      #expect(run.error.contains("the packages are \(packages). Install it there"), "\(run.error)")
    }
  }

  @Test func `a peer that fails is told with what to do next`() throws {
    let missing = try bench(["--peers", "/no/python"])
    #expect(missing.status == 66)
    #expect(missing.error == "kws: /no/python: cannot be started: No such file or directory.\n")
    let broken = try bench(["--peers", peer("exit 3")])
    #expect(broken.status == 70)
    #expect(broken.error.contains("ended with status 3"))
    let rounds = try Command(["bench", "inference", "--rounds", "0"])
    #expect(rounds.status == 64)
    #expect(rounds.error.contains("--rounds 0: expected 1 to 1000"))
  }
}
