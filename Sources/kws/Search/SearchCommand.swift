// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import ArgumentParser
import FoundationEssentials
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import Storage
import Training

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Searches for a network, and trains what it found.",
    discussion: """
      A supernet holds every candidate of every block. Its weights learn on paths drawn through it, and \
      the probabilities of the candidates on clips of other training speakers, against what they cost. \
      The network of the likeliest candidates is then trained from the supernet's weights and from \
      scratch; the better one is DIR/trained.safetensors.

      Everything stands in DIR, with a report (report.html) and a line per epoch (epochs.jsonl); the \
      trainings have reports of their own, DIR/inherited/report.html and DIR/scratch/report.html. A \
      search that was stopped, killed or cut off goes on with the same command and --resume, and ends \
      the same, bit for bit. The seed decides every draw.

      --sweep runs every combination of the values of options, each in a folder of its own, goes on \
      where it was stopped, and draws the Pareto front.

      Examples:
        kws search --data log-mel=DATA --target macs=3.1e6,bytes=18e3 --output tiny
        kws search --data log-mel=DATA --space paper --beta 4 --output paper-4
        kws search --data log-mel=DATA --space paper --sweep beta=1,4,16 \\
          --sweep coefficients=10,20 --output paper
      """)

  @OptionGroup var data: DataOptions

  @OptionGroup var search: SearchOptions

  @Option(help: "Who must be named for the data; stored in the models.")
  var attribution = "Speech Commands, P. Warden, Google, CC BY 4.0"

  @Option(help: ArgumentHelp("The folder to write.", valueName: "dir"))
  var output: String

  @Option(help: "A name for the network; the space's if left out.")
  var name: String?

  @OptionGroup var training: SearchedTrainingOptions

  @Option(
    help: ArgumentHelp(
      "Run the search for each of several values of an option; repeat it for combinations.",
      valueName: "option=value,..."))
  var sweep: [String] = []

  @Option(help: "Threads; all processors if left out. The result does not depend on it.")
  var threads: Int?

  @Flag(help: "Go on with what stands in --output.")
  var resume = false

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output: expected the name of a folder") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
    _ = try SearchSweep(parsing: sweep)
  }

  func run() throws {
    guard !sweep.isEmpty else {
      try runOne(command: CommandLineText.current)
      return
    }
    try SearchSweepRun(
      sweep: SearchSweep(parsing: sweep), arguments: Array(CommandLine.arguments.dropFirst(2)),
      folder: output
    ).run()
  }

  /// One search with its training and report.
  func runOne(command: String) throws {
    try prepareFolder()
    let latencies = try search.profile.map { try loadLatencies($0) } ?? LatencyTable()
    let configuration = try search.configuration()
    var space = try search.searchSpace(
      labelCount: data.keywordList.count + 2, latencies: latencies)
    if let name { space.name = name }
    if let path = search.profile { try latencies.check(space, path: path) }
    if search.strategy == .random {
      return try runRandom(space, configuration, latencies, command: command)
    }
    let run = SearchRun(
      folder: output,
      searcher: try Searcher(
        space: space, data: try trainingData(space.features, search.augmentation),
        configuration: configuration, latencies: latencies,
        threadCount: threads ?? Network.processorCount),
      attribution: attribution, command: command)
    let derived = try run.search()
    try describe(run.searcher.derivation, space, run.searcher.tables)
    guard training.trainEpochs > 0 else { return try run.writeReport() }
    let results = try train(training.starts, derived)
    try run.writeReport(results)
    try StandardOutput.write(
      line: "wrote \(output)/trained.safetensors, \(output)/report.html")
  }

  /// A network drawn at random, trained from scratch.
  private func runRandom(
    _ space: SearchSpace, _ configuration: SearchConfiguration, _ latencies: LatencyTable,
    command: String
  ) throws {
    let tables = try Searcher.tables(space, configuration.objective, latencies)
    guard
      let derivation = Derivation.random(
        candidateCounts: space.blocks.map(\.candidates.count),
        limits: configuration.objective.limits, tables: tables, seed: search.seed)
    else {
      throw CommandError(
        "--target: no network of this space keeps all limits. Lower --width.", .usage)
    }
    try describe(derivation, space, tables)
    guard training.trainEpochs > 0 else { return }
    let data = try trainingData(space.features, training.trainAugmentation)
    let architecture = space.architecture(derivation.choices)
    let start = Checkpoint(
      architecture: architecture, features: data.features, normalization: data.normalization,
      labels: data.labels, tensors: [:], state: [:],
      provenance: Provenance(
        license: "CC-BY-4.0", attribution: attribution, datasetDigest: data.digest,
        commands: [command], seed: search.seed, accuracy: []))
    guard let result = try train([.scratch], start).first else { return }
    try SearchResult(
      command: command,
      point: SweepPage.Point(name: space.name, result, framesPerSecond: space.framesPerSecond)
    ).write(to: output)
  }

  private func train(
    _ starts: [TrainingStart], _ derived: Checkpoint
  ) throws -> [SearchedTraining.Result] {
    let results = try SearchedTraining(
      folder: output, data: try trainingData(derived.features, training.trainAugmentation),
      configuration: training.configuration(search), attribution: attribution,
      threadCount: threads
    ).run(starts, derived: derived)
    for result in results {
      try StandardOutput.write(
        line: "\(result.start.rawValue): validation from reset "
          + AccuracyText.line(
            correct: result.validation.correctFromReset, total: result.validation.clipCount)
          + ", in-stream \(percent(result.validation.accuracyInStream))")
    }
    return results
  }

  /// Makes the folder; one with a search or its trainings in it needs --resume.
  private func prepareFolder() throws {
    let states = ["search"] + TrainingStart.allCases.map(\.rawValue)
    guard resume || !states.contains(where: { File.isRegular("\(output)/\($0).safetensors") })
    else {
      throw CommandError(
        "\(output): holds a search already. Go on with it by --resume, or name another folder.",
        .usage)
    }
    try File.createDirectory(output)
  }

  private func trainingData(
    _ features: FeatureConfiguration, _ augmentation: AugmentationStrength
  ) throws -> TrainingData {
    try TrainingData(
      sources: data.parsedSources(), keywords: data.keywordList, features: features,
      batchSize: search.batch, seed: search.seed,
      augmentation: AugmentationConfiguration(augmentation))
  }

  /// What was found, and whether it keeps the limits.
  private func describe(
    _ derivation: Derivation, _ space: SearchSpace, _ tables: [CostTable]
  ) throws {
    for (block, candidate) in space.describe(derivation.choices) {
      try StandardOutput.write(line: "\(block)  \(candidate)")
    }
    for table in tables {
      try StandardOutput.write(
        line: "\(table.metric.rawValue)  \(table.metric.text(table.cost(derivation.choices)))")
    }
    if search.target != nil && !derivation.isBinding {
      try StandardOutput.write(
        line: derivation.keepsLimits
          ? "No network of this space uses a limit to \(Int(100 * Derivation.leastUtilization)) %: "
            + "this one, the nearest found, uses \(percent(derivation.utilization)). A larger "
            + "--width has costlier ones."
          : "No network of this space keeps all limits: this is the cheapest. Lower --width.")
    }
    try JSONFile.write(
      space.architecture(derivation.choices), to: "\(output)/architecture.json")
    try StandardOutput.write(line: "wrote \(output)/architecture.json")
  }
}
