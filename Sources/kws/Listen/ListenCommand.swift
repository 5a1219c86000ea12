// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import ArgumentParser
import Audio
import KeywordSpotting
import ListenerService

struct ListenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "listen",
    abstract: "Listens to a microphone and reports keywords.",
    discussion: """
      Goes on through everything that can happen to a microphone: it says what is wrong, waits and \
      resumes. Times count samples at 16 kHz from the first one that was captured; gaps count.

      Every setting may stand in a TOML file (--config), in an environment variable (--save-clips \
      is KWS_SAVE_CLIPS) or be a flag; later ones win. SIGHUP reads them anew without losing a \
      sample; SIGTERM and SIGINT end it with exit code 0.

      Examples:
        kws listen
        kws listen --device hw:1 --format name | while read word; do echo "heard $word"; done
        kws listen --record night.wav, and later: kws replay night.wav
      """)

  @OptionGroup var options: ListenOptions

  func run() throws {
    let notifier = SystemdNotifier.takeFromEnvironment()
    let isService = notifier.isListenedTo
    guard !options.checkConfig else { return try options.check(isService: isService) }
    let listener = try Listener(
      setup(isService: isService), wording: Self.wording, notifier: notifier,
      reload: { try setup(isService: isService) })
    try listener.run()
  }

  /// Reads the configuration and loads what it names.
  private func setup(isService: Bool) throws -> ListenerSetup {
    let resolved = try options.resolve(isService: isService)
    let model = try modelOrDefault(resolved.configuration.modelPath)
    let (plan, notes) = try listenerPlan(model, for: resolved)
    let setup = ListenerSetup(
      configuration: resolved.configuration, plan: plan,
      modelDigest: try modelDigest(resolved.configuration.modelPath),
      version: Kws.configuration.version)
    for note in notes { ListenerLog.write(note: note) }
    return setup
  }

  private static let wording = ListenerWording(
    lines: { detection, source, wallClock in
      func line(_ format: EventFormat) -> String {
        format.line(
          detection, rate: AudioFormat.sampleRate, source: source, wallClock: wallClock)
      }
      return (line(.text), line(.jsonl))
    },
    log: ListenerLog.write, status: { $0.text })
}
