// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A child process of a test, without a word on the terminal; ended at the latest with its owner.
public final class ChildProgram {
  /// The child's process number.
  public let processIdentifier: Int32
  private var isReaped = false

  /// The child could not be started; `code` is an `errno`.
  public enum Failure: Error { case spawn(program: String, code: Int32) }

  /// Runs `program`, looked up in PATH.
  ///
  /// - Parameters:
  ///   - environment: what is set beside this process's own environment.
  ///   - input: descriptor of the child's standard input.
  ///   - output: descriptor of its standard output; standard error goes to /dev/null.
  public init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    input: Int32? = nil, output: Int32? = nil
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, source) in [(Int32(0), input), (1, output), (2, nil)] {
      if let source {
        unsafe posix_spawn_file_actions_adddup2(&actions, source, descriptor)
      } else {
        unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
      }
    }
    // A stop signal for a terminal's group must not reach it, nor one for it the tests.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let names = environment.map { "\($0.key)=\($0.value)" }
    // env merges, so that this process's environment is read by nobody while tests run beside.
    let words = ["env"] + names + [program] + arguments
    var list = unsafe words.map { word in unsafe strdup(word) } + [nil]
    defer { unsafe list.forEach { text in unsafe free(text) } }
    var child = pid_t()
    let code = unsafe posix_spawnp(&child, "env", &actions, &attributes, &list, environ)
    guard code == 0 else { throw Failure.spawn(program: program, code: code) }
    processIdentifier = child
  }

  deinit { end() }

  /// Sends `signal`, unless the process has ended.
  public func send(_ signal: Int32) {
    guard !isReaped else { return }
    kill(processIdentifier, signal)
  }

  /// Kills it, wherever it is, and waits for its end.
  public func end() {
    guard !isReaped else { return }
    kill(processIdentifier, SIGKILL)
    _ = wait()
  }

  /// Waits for its end: the exit code, or the negative number of the signal that ended it.
  @discardableResult public func wait() -> Int32 {
    guard !isReaped else { return 0 }
    var status: Int32 = 0
    while unsafe waitpid(processIdentifier, &status, 0) < 0 && errno == EINTR {}
    isReaped = true
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : -signal
  }
}
