// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// The command line: parses, hands over to one subcommand, and turns every error into a text and
/// an exit code.
@main
struct Kws: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kws",
    abstract: "Spots keywords in audio, and makes the models that do it.",
    discussion: """
      Try it on recordings of a speaker naming loudspeakers (Debian package alsa-utils):
        kws replay /usr/share/sounds/alsa/Front_Left.wav /usr/share/sounds/alsa/Rear_Right.wav

      From a data set to a model:
        kws train --data log-mel=DIR --output checkpoint.safetensors
        kws quantize checkpoint.safetensors --data log-mel=DIR --output model.safetensors
        kws evaluate --model model.safetensors --clips DIR

      Exit codes: 0 success, 64 usage, 65 bad data or model, 66 missing input, 70 internal error,
      74 input or output failed.
      """,
    version: "0.1.0",
    subcommands: [
      ReplayCommand.self, EvaluateCommand.self, DatasetCommand.self, TrainCommand.self,
      QuantizeCommand.self, InspectCommand.self, BenchCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as any ExplainedError {
      fail(error.explanation)
    } catch {
      exit(withError: error)
    }
  }
}
