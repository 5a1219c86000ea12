// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc

/// The command line: parses, hands over to one subcommand, and turns every error into a text and
/// an exit code.
@main
struct Kws: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kws",
    abstract: "Spots keywords in audio, and makes the models that do it.",
    discussion: """
      Try it on a speaker naming loudspeakers (Debian package alsa-utils):
        kws replay /usr/share/sounds/alsa/*.wav

      From a data set to a model:
        kws train --data log-mel=DIR --output trained.safetensors
        kws quantize trained.safetensors --data log-mel=DIR --output m.safetensors
        kws evaluate --model m.safetensors --clips DIR

      Exit codes:
        0 success, 64 usage, 65 bad data or model, 66 missing input,
        69 no sound device, 70 internal error, 74 input or output failed,
        78 wrong configuration, 130 stopped by a signal.
      """,
    version: "0.1.0",
    subcommands: [
      ListenCommand.self, ReplayCommand.self, EvaluateCommand.self, CalibrateCommand.self,
      MakeStreamCommand.self,
      DatasetCommand.self,
      SearchCommand.self, ProfileCommand.self, TrainCommand.self,
      QuantizeCommand.self, InspectCommand.self, BenchCommand.self, DevicesCommand.self,
      DoctorCommand.self,
    ])

  static func main() {
    // A limit on file sizes then shows as a failed write, which leaves the old file and has a text.
    signal(SIGXFSZ, SIG_IGN)
    var command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      exit(withError: error)
    }
    do {
      try command.run()
    } catch let error as any ExplainedError {
      fail(error.explanation)
    } catch let error as ValidationError {
      fail(Explanation(text: error.message + ".", exitCode: .usage))
    } catch {
      guard exitCode(for: error) == .failure else { exit(withError: error) }
      fail(Explanation(text: "internal error: \(error)", exitCode: .internalError))
    }
  }
}
