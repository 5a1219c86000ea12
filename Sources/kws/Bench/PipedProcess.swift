// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A program that is spoken to line by line through its standard input and output; its standard
/// error is this process's.
///
/// Plain `posix_spawn`: the process class of Foundation would bring all of Foundation into every
/// listener's memory.
struct PipedProcess {
  private let processID: pid_t
  private let input: Int32
  private let output: Int32
  private var pending: [UInt8] = []
  private var status: Int32?

  /// Starts `arguments[0]`, found on PATH, with the rest as its arguments.
  ///
  /// - Parameter preload: what the variable LD_PRELOAD names; nil leaves it out.
  init(_ arguments: [String], preload: String?) throws(CommandError) {
    // Else a program that is gone would end this one at the next line.
    signal(SIGPIPE, SIG_IGN)
    var (toProgram, fromProgram): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard unsafe pipe(&toProgram) == 0, unsafe pipe(&fromProgram) == 0 else {
      throw CommandError(
        "\(arguments[0]): no pipe to it: \(systemErrorText(errno)).", .inputOutput)
    }
    for end in toProgram + fromProgram { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, toProgram[0], STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, fromProgram[1], STDOUT_FILENO)
    var pointers = unsafe Self.strings(arguments)
    var environment = unsafe Self.strings(Self.environment(preload: preload))
    defer { unsafe (pointers + environment).forEach { unsafe free($0) } }
    var processID: pid_t = 0
    let code = unsafe posix_spawnp(
      &processID, arguments[0], &actions, nil, &pointers, &environment)
    close(toProgram[0])
    close(fromProgram[1])
    guard code == 0 else {
      close(toProgram[1])
      close(fromProgram[0])
      throw CommandError(
        "\(arguments[0]): cannot be started: \(systemErrorText(code)).",
        code == ENOENT ? .missingInput : .inputOutput)
    }
    self.processID = processID
    input = toProgram[1]
    output = fromProgram[0]
  }

  /// Writes `line` and a line feed; false where the program does not read any more.
  func write(_ line: String) -> Bool {
    let bytes = Array((line + "\n").utf8)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { raw in
        unsafe Glibc.write(input, raw.baseAddress! + written, raw.count - written)
      }
      if count < 0 && errno != EINTR { return false }
      written += max(count, 0)
    }
    return true
  }

  /// The next line, waited for; nil where the program has ended its output.
  mutating func readLine() -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending.removeFirst(end + 1) }
        return Array(pending[..<end])
      }
      let count = unsafe read(output, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      pending += piece.prefix(count)
    }
  }

  /// Ends the program's input, waits for its end, and returns its exit code, or the negative number
  /// of the signal that ended it.
  @discardableResult mutating func finish() -> Int32 {
    if let status { return status }
    close(input)
    close(output)
    var raw: Int32 = 0
    while unsafe waitpid(processID, &raw, 0) < 0, errno == EINTR {}
    let ending = raw & 0x7f == 0 ? raw >> 8 & 0xff : -(raw & 0x7f)
    status = ending
    return ending
  }

  /// This process's variables, with another LD_PRELOAD.
  private static func environment(preload: String?) -> [String] {
    var variables: [String] = []
    var next = unsafe environ
    while let variable = unsafe next.pointee {
      let text = unsafe String(cString: variable)
      if !text.hasPrefix("LD_PRELOAD=") { variables.append(text) }
      unsafe next += 1
    }
    return variables + (preload.map { ["LD_PRELOAD=\($0)"] } ?? [])
  }

  @unsafe private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    unsafe texts.map { unsafe strdup($0) } + [nil]
  }
}
