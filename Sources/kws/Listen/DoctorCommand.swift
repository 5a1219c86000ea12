// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import ArgumentParser
import Audio

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Listens to a microphone for some seconds and says what is wrong, and what to do.",
    discussion: """
      Speak while it listens: then it can tell how far the voice stands above the noise. Nothing \
      is kept. Exit code 0 where the device can be captured from, 69 where it cannot.
      """)

  @Option(help: ArgumentHelp("ALSA's name of the device, see kws devices.", valueName: "name"))
  var device = "default"

  @Option(help: ArgumentHelp("How long to listen.", valueName: "seconds"))
  var seconds = 5.0

  @Option(help: "A model file; the built-in model if left out.")
  var model: String?

  @Option(help: "Lines for a person, or one JSON object per finding.")
  var format = ReportFormat.text

  func validate() throws {
    guard (1...600).contains(seconds) else {
      throw ValidationError("--seconds \(seconds): expected 1 to 600")
    }
  }

  func run() throws {
    let plan = try spottingPlan(try modelOrDefault(model), from: model)
    var microphone: Microphone
    do throws(CaptureError) {
      microphone = try Microphone(configuration: MicrophoneConfiguration(device: device))
    } catch {
      try write(SoundSystem.current.findings(isCapturing: false))
      try write([Finding("device", .problem, error.explanation.text, next: Self.alternatives())])
      throw ExitCode(ExitStatus.unavailable.rawValue)
    }
    try write(SoundSystem.current.findings(isCapturing: true))
    if format == .text {
      printError("kws: listening to \(device) for \(fixed(seconds, decimals: 0)) s; speak now.")
    }
    let examination = try Examination(&microphone, seconds: seconds)
    try write(examination.findings(device: device))
    guard !examination.samples.isEmpty else { throw ExitCode(ExitStatus.unavailable.rawValue) }
    try write([examination.speedFinding(plan: plan)])
  }

  private func write(_ findings: [Finding]) throws {
    for finding in findings {
      switch format {
      case .jsonl: try StandardOutput.write(line: finding.json)
      case .text: for line in finding.lines { try StandardOutput.write(line: line) }
      }
    }
  }

  /// What could be opened instead.
  private static func alternatives() -> String {
    let usable = CaptureDeviceList().entries.compactMap { entry in
      (try? entry.offer.get()).map { _ in entry.name }
    }
    return usable.isEmpty
      ? "No other device can be opened either. Plug in a microphone, or start the sound server."
      : "These can be opened: \(usable.joined(separator: ", ")). Try kws doctor --device "
        + "\(usable[0])."
  }
}
