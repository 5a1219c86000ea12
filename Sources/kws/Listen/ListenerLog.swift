// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Glibc
import ListenerService
import Synchronization

/// The log of a listener: one line per report on standard error.
///
/// Where that is the journal, each line starts with its priority, sd-daemon(3).
enum ListenerLog {
  private enum Priority: Int {
    case warning = 4
    case notice = 5
    case information = 6
  }

  /// Whether a service manager reads the lines.
  private static let isJournal = unsafe getenv("JOURNAL_STREAM") != nil

  /// Lines that found no room, and that no line has told of.
  private static let droppedCount = Atomic<Int>(0)

  /// Writes the line of `report`, or drops it where nobody reads: a log that is stuck must not stop
  /// what it tells of.
  @Sendable static func write(_ report: ListenerReport) {
    let (priority, text) = line(report)
    write(priority, text)
  }

  /// Writes a line about what was asked for.
  static func write(note: String) { write(.notice, note) }

  private static func write(_ priority: Priority, _ text: String) {
    guard hasRoom else {
      droppedCount.wrappingAdd(1, ordering: .relaxed)
      return
    }
    let lost = droppedCount.exchange(0, ordering: .relaxed)
    let note = lost > 0 ? " (\(lost) lines before this one found no reader.)" : ""
    printError((isJournal ? "<\(priority.rawValue)>" : "kws: ") + text + note)
  }

  /// Whether standard error takes a line without waiting: a pipe that says so has room for 4096
  /// bytes, more than any line.
  private static var hasRoom: Bool {
    var request = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&request, 1, 0) == 1
  }

  private static func line(_ report: ListenerReport) -> (Priority, String) {
    switch report {
    case .listening(let device, let format, let instructionSet, let seconds):
      return (
        .notice,
        "\(device): listening: \(format.text); the first audio went through the network "
          + "(\(instructionSet)) \(fixed(seconds * 1000, decimals: 0)) ms after the start."
      )
    case .recording(let path): return (.information, "recording to \(path).")
    case .recordingCut(let path, let frameCount):
      return (
        .warning,
        "\(path): the last \(frameCount) frames are missing: the disk was too slow, or failed."
      )
    case .incident(let incident, let device, let heldBackCount):
      let more = heldBackCount > 0 ? " (\(heldBackCount) more like this were not logged.)" : ""
      let isGood = incident.phase != .began
      return (isGood ? .notice : .warning, "\(device): \(incident.text)\(more)")
    case .output(let report):
      return (.warning, report.text)
    case .reloaded(let needRestart):
      let names = needRestart.map(\.key).joined(separator: ", ")
      return names.isEmpty
        ? (.notice, "the new configuration holds.")
        : (
          .warning,
          "the new configuration holds, but for \(names): restart the listener to change that."
        )
    case .reloadRefused(let error):
      return (.warning, "the new configuration is refused, the old one holds: \(text(error))")
    case .eventsLost(let count):
      return (
        .warning,
        "\(count) detections or incidents were lost on their way to the outputs: the process was kept "
          + "from running for too long."
      )
    case .stopping(let signal):
      return (.information, "stopping on signal \(signal).")
    case .captureStuck(let seconds):
      return (
        .warning,
        "the capture did not end within \(fixed(seconds, decimals: 0)) s, perhaps in a call to a "
          + "sound server that does not answer; ending without it."
      )
    }
  }

  private static func text(_ error: any Error) -> String {
    (error as? any ExplainedError)?.explanation.text ?? "\(error)"
  }
}
