// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Every test compares with one run that nothing interrupted; one after the other, so that epochs
/// take long enough to be hit.
@Suite(.serialized) struct InterruptedTrainingTests {
  private static let epochs = 8
  private let fixture: TrainingFixture

  /// An epoch of about a tenth of a second.
  init() throws { fixture = try TrainingFixture(clipCount: 400, channelCount: 1024) }

  private func uninterrupted() throws -> Data {
    let folder = try fixture.workingFolder("whole")
    let run = try Command(fixture.training(epochs: Self.epochs), workingDirectory: folder)
    try #require(run.status == 0, "\(run.error)")
    return try fixture.checkpoint(folder)
  }

  /// Runs the training in `folder` and sends `signal` in the middle of its third epoch.
  private func interrupt(_ folder: String, signal: String, _ more: [String] = []) throws -> Command
  {
    try Command(
      script: """
        signal=$1; shift
        "$KWS" "$@" 2> ../error &
        for i in {1..3000}; do
          grep -q '^epoch 2/' ../error && break
          sleep 0.01
        done
        sleep 0.05
        kill -s "$signal" $!
        wait $!
        status=$?
        cat ../error >&2
        exit $status
        """, [signal] + fixture.training(epochs: Self.epochs, more), workingDirectory: folder)
  }

  /// Goes on in `folder` and returns how many epochs were done before.
  private func resume(_ folder: String) throws -> Int {
    let run = try Command(
      fixture.training(epochs: Self.epochs, ["--resume"]), workingDirectory: folder)
    try #require(run.status == 0, "\(run.error)")
    let match = try #require(
      run.error.firstMatch(
        of: Regex(#"epoch (\d+) of 8 done"#, as: (Substring, Substring).self)))
    return try #require(Int(match.output.1))
  }

  @Test func `a run that was killed and resumed equals one that was not, byte for byte`() throws {
    let folder = try fixture.workingFolder("killed")
    let killed = try interrupt(folder, signal: "KILL")
    #expect(killed.status == 128 + 9)
    #expect((2..<Self.epochs).contains(try resume(folder)))
    #expect(try fixture.checkpoint(folder) == uninterrupted())
    #expect(try fixture.names(folder) == ["run.safetensors"])
  }

  @Test(arguments: ["INT", "TERM"])
  func `a run that is asked to stop says how to go on, and goes on`(signal: String) throws {
    let folder = try fixture.workingFolder("stopped")
    let stopped = try interrupt(folder, signal: signal)
    #expect(stopped.status == 130)
    let last = try #require(stopped.error.split(separator: "\n").last)
    #expect(
      try last.wholeMatch(
        of: Regex(
          #"kws: stopped in epoch \d; run.safetensors holds epoch \d: go on with the same "#
            + "command and --resume.")) != nil, "\(last)")
    #expect(try fixture.names(folder) == ["run.safetensors"])
    #expect((2..<Self.epochs).contains(try resume(folder)))
    #expect(try fixture.checkpoint(folder) == uninterrupted())
  }

  @Test func `an output that cannot grow leaves the checkpoint of the epoch before`() throws {
    let folder = try fixture.workingFolder("full")
    #expect(try interrupt(folder, signal: "INT").status == 130)
    let before = try fixture.checkpoint(folder)
    // No file may pass 8 KiB: as a full disk, but without a file system of its own.
    let full = try Command(
      script: #"ulimit -f 8; exec "$KWS" "$@""#,
      fixture.training(epochs: Self.epochs, ["--resume"]), workingDirectory: folder)
    #expect(full.status == 74)
    #expect(full.error.hasSuffix("kws: run.safetensors: write failed: File too large.\n"))
    #expect(try fixture.names(folder) == ["run.safetensors"])
    #expect(try fixture.checkpoint(folder) == before)
    _ = try resume(folder)
    #expect(try fixture.checkpoint(folder) == uninterrupted())
  }

  @Test func `a full device is told`() throws {
    let folder = try fixture.workingFolder("device")
    var arguments = fixture.training(epochs: 1)
    arguments[arguments.firstIndex(of: "run.safetensors")!] = "/dev/full"
    let run = try Command(arguments, workingDirectory: folder)
    #expect(run.status == 74)
    #expect(run.error.hasSuffix("kws: /dev/full: write failed: No space left on device.\n"))
    #expect(try Command(script: "test -c /dev/full").status == 0)
  }

  @Test func `resuming with other options is refused with what differs`() throws {
    let folder = try fixture.workingFolder("other")
    #expect(try interrupt(folder, signal: "INT").status == 130)
    let before = try fixture.checkpoint(folder)
    for (options, text) in [
      (["--learning-rate", "0.01"], "training options differ: learningRate 0.1 in the checkpoint"),
      (["--seed", "2"], "training options differ: seed 1 in the checkpoint, now seed 2"),
      (["--architecture", "temporal-48"], "architectures differ: tiny in the checkpoint"),
      (["--hop", "320", "--architecture", "temporal-48"], "differ"),
    ] {
      let run = try Command(
        fixture.training(epochs: Self.epochs, ["--resume"] + options), workingDirectory: folder)
      #expect(run.status == 65)
      #expect(run.error.hasPrefix("kws: run.safetensors: cannot resume: "), "\(run.error)")
      #expect(run.error.contains(text), "\(run.error)")
      #expect(run.error.contains("remove the file to start anew"))
      #expect(try fixture.checkpoint(folder) == before)
    }
    let none = try fixture.workingFolder("none")
    let run = try Command(
      fixture.training(epochs: Self.epochs, ["--resume"]), workingDirectory: none)
    #expect(run.status == 66)
    #expect(try fixture.names(none).isEmpty)
  }
}
