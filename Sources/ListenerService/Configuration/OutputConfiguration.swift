// SPDX-License-Identifier: GPL-3.0-or-later

/// Where detections go: every output that is set, all at once.
package struct OutputConfiguration: Sendable, Equatable {
  /// Format of the lines on standard output; nil writes none.
  package var standardOutput: EventFormat? = .text

  package var logFile: LogFileConfiguration?
  package var exec: ExecConfiguration?

  /// Path of a Unix socket whose readers get JSON lines.
  package var socketPath: String?

  package var clips: ClipConfiguration?
  package var metrics = MetricsConfiguration()

  package init() {}
}

/// A file to which one line per detection is appended.
package struct LogFileConfiguration: Sendable, Equatable {
  package var path: String
  package var format: EventFormat

  package init(path: String, format: EventFormat = .jsonl) {
    self.path = path
    self.format = format
  }
}

/// A program that is run for every detection, never through a shell.
package struct ExecConfiguration: Sendable, Equatable {
  /// The program and its arguments; at least one element. A program without a slash is looked for
  /// in PATH.
  package var command: [String]

  /// Seconds after which a child is ended.
  package var timeoutSeconds: Double

  /// Children that may run at once; a detection beyond is dropped for this output and counted.
  package var childLimit: Int

  package init(command: [String], timeoutSeconds: Double = 10, childLimit: Int = 4) {
    self.command = command
    self.timeoutSeconds = timeoutSeconds
    self.childLimit = childLimit
  }
}

/// A folder that gets a recording of every detection.
package struct ClipConfiguration: Sendable, Equatable {
  package var directory: String

  /// Seconds kept before the word's estimated start and after its estimated end.
  package var preRollSeconds: Double
  package var postRollSeconds: Double

  /// Bytes that the clips may take; the oldest go first.
  package var quotaByteCount: Int

  package init(
    directory: String, preRollSeconds: Double = 1, postRollSeconds: Double = 0.5,
    quotaByteCount: Int = 100_000_000
  ) {
    self.directory = directory
    self.preRollSeconds = preRollSeconds
    self.postRollSeconds = postRollSeconds
    self.quotaByteCount = quotaByteCount
  }
}

/// Where metrics can be read in Prometheus text; nothing by default.
package struct MetricsConfiguration: Sendable, Equatable {
  /// Path of a Unix socket that answers HTTP.
  package var socketPath: String?

  /// TCP port of the loopback interface that answers HTTP.
  package var port: Int?

  /// Path of a file that is replaced as a whole, for a collector of text files.
  package var textfilePath: String?

  package init() {}
}
