// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import ArgumentParser
import Audio

struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "Lists the microphones that ALSA knows, and what each really offers.",
    discussion: """
      Every device is opened for a moment, without recording. Rates, channels and encodings are \
      those of the device itself, with ALSA's own resampling off; 'kws listen' captures at 16000 \
      Hz where the device has it, else at the lowest rate above. A device that cannot be opened \
      says why; a name that is not in the list can be tried with --device.
      """)

  @Option(help: ArgumentHelp("Ask this device alone.", valueName: "name"))
  var device: String?

  @Option(help: "A table for a person, or one JSON object per line.")
  var format = ReportFormat.text

  func run() throws {
    let entries: [CaptureDeviceList.Entry]
    if let device {
      entries = [CaptureDeviceList.Entry(name: device)]
    } else {
      entries = CaptureDeviceList().entries
    }
    switch format {
    case .jsonl:
      for entry in entries { try StandardOutput.write(line: entry.json) }
    case .text: for line in Self.lines(entries) { try StandardOutput.write(line: line) }
    }
    if !entries.contains(where: { (try? $0.offer.get()) != nil }) {
      throw CommandError(
        "no device can be captured from. kws doctor says what is missing.", .unavailable)
    }
  }
}

extension DevicesCommand {
  /// A table of what can be captured from, and one of what cannot.
  private static func lines(_ entries: [CaptureDeviceList.Entry]) -> [String] {
    var usable = Table(
      header: ["device", "rates in Hz", "channels", "encodings"], textColumnCount: 4)
    var others = Table(header: ["cannot be opened", "why"], textColumnCount: 2)
    var (usableCount, otherCount) = (0, 0)
    for entry in entries {
      switch entry.offer {
      case .success(let offer):
        usableCount += 1
        usable.add([entry.name, offer.ratesText, offer.channelsText, offer.encodingsText])
      case .failure(let error):
        otherCount += 1
        others.add([entry.name, error.reason])
      }
    }
    return (usableCount > 0 ? usable.lines : []) + (usableCount * otherCount > 0 ? [""] : [])
      + (otherCount > 0 ? others.lines : [])
  }
}

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case jsonl
}

extension CaptureDeviceList.Entry {
  /// One JSON object.
  fileprivate var json: String {
    var object = JSONLine()
    object.add("device", name)
    object.add("description", description)
    switch offer {
    case .success(let offer):
      object.add("usable", json: "true")
      object.add("lowestRate", offer.rates.lowerBound)
      object.add("highestRate", offer.rates.upperBound)
      object.add("rates", json: JSONLine.array(offer.standardRates.map { "\($0)" }))
      object.add("fewestChannels", offer.channelCounts.lowerBound)
      object.add("mostChannels", offer.channelCounts.upperBound)
      object.add(
        "encodings", json: JSONLine.array(offer.encodings.map { JSONLine.quoted($0.rawValue) }))
    case .failure(let error):
      object.add("usable", json: "false")
      object.add("error", error.reason)
      object.add("errno", Int(error.code))
    }
    return object.text
  }
}
