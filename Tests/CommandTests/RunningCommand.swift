// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A `kws` that runs beside the test, such as a listener.
final class RunningCommand {
  private let process = Process()
  private let folder: TemporaryFolder
  private let outputPath: String
  private let errorPath: String

  /// Starts `kws` with `arguments`, and with `environment` added to that of every command.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    outputPath = folder.path("output")
    errorPath = folder.path("error")
    for path in [outputPath, errorPath] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.executableURL = URL(fileURLWithPath: Command.executable)
    process.arguments = arguments
    process.environment = Command.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)!
    process.standardError = FileHandle(forWritingAtPath: errorPath)!
    try process.run()
  }

  deinit {
    if process.isRunning {
      kill(process.processIdentifier, SIGCONT)
      kill(process.processIdentifier, SIGKILL)
    }
  }

  /// The process's number.
  var identifier: Int32 { process.processIdentifier }

  var isRunning: Bool { process.isRunning }

  /// What it has printed so far.
  var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
  var error: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  /// The lines of standard output so far.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until `condition` holds; false where it does not within `seconds` or the process ended.
  func wait(seconds: Double = 20, until condition: (RunningCommand) -> Bool) -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
      if condition(self) { return true }
      if !process.isRunning { return condition(self) }
      usleep(20_000)
    }
    return condition(self)
  }

  /// Waits for the end: the exit code, or the negative number of a signal; nil where it goes on for
  /// longer than `seconds`.
  func end(within seconds: Double = 10) -> Int32? {
    guard wait(seconds: seconds, until: { !$0.isRunning }) else { return nil }
    let status = process.terminationStatus
    return process.terminationReason == .exit ? status : -status
  }
}
