// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Storage

/// A program that runs beside this one, found on PATH, its standard output and error kept in memory.
///
/// Plain `posix_spawn`: the process class of Foundation would bring all of Foundation with it.
struct ChildProcess {
  /// How a program ended.
  enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  /// How much of what a program says is kept, in bytes.
  private static let outputLimit = 1 << 16

  private let processID: pid_t

  /// The reading end of a pipe: what a program says about a full disk must not need that disk.
  private let outputDescriptor: Int32

  /// Starts `arguments[0]` with the rest as its arguments and an empty standard input.
  ///
  /// Descriptors that are not marked close-on-exec are inherited.
  /// - Throws: `DatasetError.toolMissing` where there is no such program, `.storage` where it cannot
  ///   be started.
  init(_ arguments: [String]) throws(DatasetError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw .storage(.system(path: arguments[0], operation: "open a pipe to", code: errno))
    }
    outputDescriptor = ends[0]
    defer { close(ends[1]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(outputDescriptor, F_SETFL, O_NONBLOCK)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    // A thread of a pool blocks signals, and a program would inherit that and ignore its end.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    defer { unsafe pointers.forEach { unsafe free($0) } }
    unsafe pointers.append(nil)
    var processID: pid_t = 0
    let code = unsafe posix_spawnp(
      &processID, arguments[0], &actions, &attributes, pointers, environ)
    guard code == 0 else {
      close(outputDescriptor)
      throw code == ENOENT
        ? .toolMissing(name: arguments[0])
        : .storage(.system(path: arguments[0], operation: "start", code: code))
    }
    self.processID = processID
  }

  /// Waits until the program ends and calls `poll` every 20 milliseconds meanwhile.
  ///
  /// To be called once.
  func wait(_ poll: () -> Void) -> (ending: Ending, output: String) {
    var status: Int32 = 0
    var ending = Ending.exit(-1)
    var output: [UInt8] = []
    while true {
      let result = unsafe waitpid(processID, &status, WNOHANG)
      if result == processID {
        let signal = status & 0x7f
        ending = signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
        break
      }
      if result < 0 && errno != EINTR { break }
      drain(into: &output)
      poll()
      usleep(20_000)
    }
    drain(into: &output)
    close(outputDescriptor)
    return (ending, String(decoding: output.prefix(Self.outputLimit), as: UTF8.self))
  }

  /// Takes what is in the pipe, so that the program never waits for a reader.
  private func drain(into output: inout [UInt8]) {
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe read(outputDescriptor, &piece, piece.count)
      guard count > 0 else { return }
      if output.count < Self.outputLimit { output += piece.prefix(count) }
    }
  }
}
