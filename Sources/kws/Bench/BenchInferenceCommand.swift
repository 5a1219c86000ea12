// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import Inference
import ModelFormat
import SpeechDatasets

struct BenchInferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inference",
    abstract: "Microseconds of integer networks on one thread, and other engines' beside it.",
    discussion: """
      A window is a second of features computed at once, from reset. A hop is a new frame of a \
      stream, on average over a window's; window/hop is what it would be times as much to compute \
      the window anew at every hop, in multiply-accumulates and in time.

      With --peers PYTHON the same networks, with the same weights, are run by LiteRT with XNNPACK, \
      ONNX Runtime and oneDNN in turn with kws, whichever that Python has, by \
      Tests/Benchmarks/inference_peer.py; run it from the checkout:
        python3 -m venv peers
        peers/bin/pip install ai-edge-litert onnxruntime onnx onednn-devel-cpu-gomp
        kws bench inference --peers peers/bin/python

      kws/engine is time per time, the median over rounds: below 1 where kws is faster. 'call' is \
      what an engine takes for a network of one small operation, Python included, which is in its \
      times. 'same' are clips with the same best label, 'differ' is by how many steps of 8-bit \
      logits: in the clip in the middle, and at most. Forms that pad by themselves see zeros after \
      the window too; their agreement is that of the form with our zeros.
      """)

  @Option(help: "A model file to run; other networks only if named too.")
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A network to run with random weights, by name or JSON file; may be repeated. The built-in "
        + "model, \(InferenceWorkload.standard.joined(separator: ", ")) if no network is named.",
      valueName: "name|file"))
  var architecture: [String] = []

  @Option(help: "The keywords of networks with random weights, separated by commas.")
  var keywords = DataOptions.standardKeywords

  @Option(
    help: ArgumentHelp("A Python with other engines to measure beside kws.", valueName: "python"))
  var peers: String?

  @Flag(
    help: """
      Instead, every layer of the first network by itself, with its part of what \
      multiply-accumulates can reach.
      """)
  var layers = false

  @Option(help: "Turns of everything that is compared.")
  var rounds = 30

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...1000).contains(rounds) else {
      throw ValidationError("--rounds \(rounds): expected 1 to 1000")
    }
  }

  func run() throws {
    let benchmark = InferenceBenchmark(roundCount: rounds)
    let workloads = try workloads()
    if layers { return try benchmark.layerRows(workloads[0]).print(json: json) }
    var report = InferenceSpeedReport(
      kernels: InferencePlan.availableInstructionSets[0], roundCount: rounds,
      instructionSetNetwork: workloads[0].name)
    let engines = try startPeers(&report)
    for workload in workloads {
      if isatty(STDERR_FILENO) == 1 { printError("measuring \(workload.name)") }
      report.speeds.append(try benchmark.run(workload, peers: engines))
    }
    report.instructionSets = try benchmark.runInstructionSets(workloads[0])
    if json { return try StandardOutput.write(line: report.json) }
    for line in report.lines { try StandardOutput.write(line: line) }
  }

  private func workloads() throws -> [InferenceWorkload] {
    let isStandard = model == nil && architecture.isEmpty
    let labels = try KeywordTask(
      keywords: keywords.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    ).labels
    return try (model != nil || isStandard ? [InferenceWorkload(path: model)] : [])
      + (isStandard ? InferenceWorkload.standard : architecture).map {
        try InferenceWorkload(architecture: $0, labels: labels)
      }
  }

  /// The peers that the Python has; those that it has not are noted in the report.
  private func startPeers(_ report: inout InferenceSpeedReport) throws -> [InferencePeer] {
    guard let python = peers else { return [] }
    var started: [InferencePeer] = []
    var last: CommandError?
    for name in InferencePeer.names {
      do throws(CommandError) {
        started.append(try InferencePeer(python: python, name: name))
      } catch {
        guard error.explanation.exitCode == .missingInput else { throw error }
        report.missingPeers.append((name, error.explanation.text))
        last = error
      }
    }
    if started.isEmpty, let last {
      let texts = report.missingPeers.map(\.reason)
      // What all of them say, such as that there is no such Python, is said once.
      throw Set(texts).count == 1
        ? last : CommandError(texts.joined(separator: "\nkws: "), .missingInput)
    }
    return started
  }
}
