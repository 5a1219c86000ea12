// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Threads

/// A running child of `--exec`, the leader of a process group of its own.
struct ExecChild {
  /// Seconds between being asked to end and being made to.
  private static let graceSeconds = 2.0

  private let processID: pid_t

  /// The writing end of its standard input, -1 once everything is written.
  private(set) var input: Int32

  private var unwritten: [UInt8]

  /// When it has run too long, and what is done then; nil where nothing is left to do.
  private(set) var deadline: Double?

  private(set) var isTimedOut = false
  private let timeoutSeconds: Double

  /// Starts `command` for `event`.
  ///
  /// Its standard input is the event as a JSON line; its standard output goes to our standard
  /// error, since our standard output is data. No other descriptor reaches it, and no signal is
  /// blocked or ignored in it.
  /// - Throws: the `errno` of what failed.
  init(
    _ command: [String], event: ListenerEvent, environment: [String], timeoutSeconds: Double
  ) throws(ChildStartError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw ChildStartError(code: errno) }
    defer { close(ends[0]) }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    makePrivate(ends[1])
    do throws(ChildStartError) {
      processID = try Self.spawn(command, input: ends[0], environment)
    } catch {
      close(ends[1])
      throw error
    }
    input = ends[1]
    unwritten = Array(event.json.utf8) + [UInt8(ascii: "\n")]
    self.timeoutSeconds = timeoutSeconds
    deadline = monotonicSeconds() + timeoutSeconds
    feed()
  }

  /// Writes to its standard input what there is room for, and closes it after the last byte.
  mutating func feed() {
    while input >= 0 {
      let count = unsafe write(input, unwritten, unwritten.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      // Who does not read its input is free to do so.
      if count > 0 { unwritten.removeFirst(count) }
      if count <= 0 || unwritten.isEmpty { closeInput() }
    }
  }

  mutating func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Does what is due when it has run too long.
  mutating func enforceDeadline() {
    guard let deadline, monotonicSeconds() >= deadline else { return }
    if isTimedOut {
      Glibc.kill(-processID, SIGKILL)
      self.deadline = nil
    } else {
      isTimedOut = true
      Glibc.kill(-processID, SIGTERM)
      self.deadline = monotonicSeconds() + Self.graceSeconds
    }
  }

  /// Makes it end by `time` at the latest, sooner than it may otherwise.
  mutating func end(by time: Double) {
    guard let deadline, deadline > time else { return }
    self.deadline = time
  }

  /// Ends the whole group now.
  func kill() { Glibc.kill(-processID, SIGKILL) }

  /// Takes its end; nil where it still runs.
  mutating func reap() -> ExecEnding? {
    var information = unsafe siginfo_t()
    let result = unsafe waitid(
      P_PID, id_t(processID), &information, Int32(WEXITED | WNOHANG | WNOWAIT))
    guard result == 0 else {
      guard errno != EINTR else { return nil }
      closeInput()
      return .done
    }
    // Zero where it still runs.
    guard unsafe information.si_signo != 0 else { return nil }
    // Still a zombie, so the group's number cannot be another's yet: what it left running ends too.
    if isTimedOut { kill() }
    var status: Int32 = 0
    while unsafe waitpid(processID, &status, 0) < 0 && errno == EINTR {}
    closeInput()
    if isTimedOut { return .failed(.timedOut(seconds: timeoutSeconds)) }
    let signal = status & 0x7f
    if signal != 0 { return .failed(.signal(signal)) }
    let code = status >> 8 & 0xff
    return code == 0 ? .done : .failed(.status(code))
  }

  private static func spawn(
    _ command: [String], input: Int32, _ environment: [String]
  ) throws(ChildStartError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    // Whatever a library opened without a thought of children.
    for descriptor in inheritableDescriptors() {
      unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var processID: pid_t = 0
    let code = unsafe withCStrings(command) { arguments in
      unsafe withCStrings(environment) { environment in
        unsafe posix_spawnp(
          &processID, command[0], &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw ChildStartError(code: code) }
    return processID
  }

  /// Descriptors past the standard ones that a child would get.
  private static func inheritableDescriptors() -> [Int32] {
    guard let folder = unsafe opendir("/proc/self/fd") else { return [] }
    defer { unsafe closedir(folder) }
    var found: [Int32] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name.0) {
        unsafe String(cString: $0)
      }
      guard let descriptor = Int32(name), descriptor > STDERR_FILENO else { continue }
      let flags = fcntl(descriptor, F_GETFD)
      if flags >= 0 && flags & FD_CLOEXEC == 0 { found.append(descriptor) }
    }
    return found
  }

  private static func withCStrings(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32
  ) -> Int32 {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe body(copies + [nil])
  }
}

/// Why a child could not be started; `code` is an `errno`.
struct ChildStartError: Error {
  var code: Int32
}

/// How a child ended.
enum ExecEnding: Equatable {
  case done
  case failed(ChildEnding)
}
