// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import KeywordSpotting

/// What a child of `--exec` finds in its environment.
///
/// The listener's own, without its settings (a child that runs kws must not listen by accident with
/// them) and without what belongs to the listener alone in its dealings with the service manager;
/// and the event, part by part and as a whole.
struct ChildEnvironment {
  private let inherited: [String]

  private static let withheld: Set = [
    "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS",
    "LISTEN_FDNAMES", "FDSTORE",
  ]

  /// - Parameters:
  ///   - environment: what would be inherited, as `NAME=value`.
  init(inheriting environment: [String]) {
    inherited = environment.filter { entry in
      let name = String(entry.prefix { $0 != "=" })
      return !name.hasPrefix(Setting.environmentPrefix) && !Self.withheld.contains(name)
    }
  }

  /// The environment for `event`, as `NAME=value`.
  func entries(for event: ListenerEvent) -> [String] {
    let detection = event.detection
    return inherited + [
      "KWS_KEYWORD=\(detection.label)",
      "KWS_SCORE=\(decimalText(detection.score, decimals: 4))",
      "KWS_THRESHOLD=\(decimalText(detection.threshold, decimals: 4))",
      "KWS_AT=\(detection.at)",
      "KWS_START=\(detection.start)",
      "KWS_END=\(detection.end)",
      "KWS_RATE=\(event.sampleRate)",
      "KWS_SOURCE=\(event.source)",
      "KWS_EVENT=\(event.json)",
    ]
  }

  /// The environment of this process, as `NAME=value`.
  static func own() -> [String] {
    var entries: [String] = []
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      unsafe entries.append(String(cString: entry))
      unsafe next += 1
    }
    return entries
  }
}
