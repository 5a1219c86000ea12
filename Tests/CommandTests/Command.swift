// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Runs the built `kws` as a person would and keeps what it printed.
struct Command {
  /// The exit code, or the negative number of the signal that ended it.
  var status: Int32
  var output: String
  var error: String

  /// The lines of standard output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The lines of standard output as JSON objects.
  func objects() throws -> [[String: Any]] {
    try lines.map { line in
      guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      else { throw CocoaError(.coderReadCorrupt) }
      return object
    }
  }

  /// The executable beside the tests' own.
  static let executable: String = {
    let own = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("kws").path
  }()

  /// This process's own environment without settings of a listener, such as those that name recordings
  /// for the tests would be taken for.
  static let environment = ProcessInfo.processInfo.environment.filter {
    !$0.key.hasPrefix("KWS_") && $0.key != "NOTIFY_SOCKET"
  }

  /// Runs `kws` with `arguments`; `input` goes to standard input.
  init(_ arguments: [String], input: Data = Data(), workingDirectory: String? = nil) throws {
    try self.init(
      program: Self.executable, arguments, input: input, workingDirectory: workingDirectory)
  }

  /// Runs `script` in bash, where `$KWS` is the built executable and `$1`, `$2` are `arguments`.
  init(
    script: String, _ arguments: [String] = [], workingDirectory: String? = nil
  ) throws {
    try self.init(
      program: "/bin/bash",
      ["-c", "KWS=$0; \(script)", Self.executable] + arguments,
      workingDirectory: workingDirectory)
  }

  /// Runs `program` and waits for its end.
  init(
    program: String, _ arguments: [String], input: Data = Data(), workingDirectory: String? = nil
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = Self.environment
    if let workingDirectory {
      process.currentDirectoryURL = URL(fileURLWithPath: workingDirectory)
    }
    // Files instead of pipes: nothing to drain while the process runs, nothing to block on.
    let folder = try TemporaryFolder()
    let (standardInput, standardOutput, standardError) = (
      folder.path("input"), folder.path("output"), folder.path("error")
    )
    try input.write(to: URL(fileURLWithPath: standardInput))
    for path in [standardOutput, standardError] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.standardInput = FileHandle(forReadingAtPath: standardInput)!
    process.standardOutput = FileHandle(forWritingAtPath: standardOutput)!
    process.standardError = FileHandle(forWritingAtPath: standardError)!
    try process.run()
    process.waitUntilExit()
    status =
      process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    output = try String(contentsOfFile: standardOutput, encoding: .utf8)
    error = try String(contentsOfFile: standardError, encoding: .utf8)
  }
}

/// A folder that is gone when its owner is.
final class TemporaryFolder {
  let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/kws-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// The path of `name` inside.
  func path(_ name: String) -> String { root + "/" + name }

  /// Writes `bytes` as file `name`, folders included, and returns its path.
  @discardableResult func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }
}
