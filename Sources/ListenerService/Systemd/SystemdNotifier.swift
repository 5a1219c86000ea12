// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Tells the service manager how the service is, by the protocol of sd_notify(3).
///
/// One datagram per message to the socket that NOTIFY_SOCKET names. libsystemd is not linked: the
/// protocol is stable and these few lines are all of it, where the library would bring its own
/// dependencies (lzma, zstd, lz4, gcrypt, cap) into the process. Where there is no service manager
/// every message is left out.
package struct SystemdNotifier: Sendable {
  /// Where the messages go; nil where nobody listens.
  private let socket: NotifySocket?

  /// Seconds within which the manager wants to hear `watchdog()`; nil where it does not.
  package let watchdogSeconds: Double?

  /// A notifier that nobody listens to.
  package init() {
    socket = nil
    watchdogSeconds = nil
  }

  /// A notifier for what the variables say.
  ///
  /// - Parameters:
  ///   - address: NOTIFY_SOCKET: an absolute path, or `@` and a name for an abstract socket.
  ///   - watchdogMicroseconds: WATCHDOG_USEC.
  ///   - watchdogProcess: WATCHDOG_PID: the process that is watched; every one if left out.
  package init(
    address: String?, watchdogMicroseconds: String? = nil, watchdogProcess: String? = nil
  ) {
    socket = address.flatMap(NotifySocket.init)
    let isMeant = watchdogProcess.map { Int32($0) == getpid() } ?? true
    let microseconds = watchdogMicroseconds.flatMap(UInt64.init) ?? 0
    let isWatched = socket != nil && isMeant && microseconds > 0
    watchdogSeconds = isWatched ? Double(microseconds) / 1e6 : nil
  }

  /// The notifier for this process; takes its variables out of the environment, so that no child
  /// speaks for the service.
  ///
  /// - Precondition: no other thread runs yet: the environment is changed.
  package static func takeFromEnvironment() -> SystemdNotifier {
    func take(_ name: String) -> String? {
      guard let value = unsafe getenv(name) else { return nil }
      let text = unsafe String(cString: value)
      unsafe unsetenv(name)
      return text
    }
    return SystemdNotifier(
      address: take("NOTIFY_SOCKET"), watchdogMicroseconds: take("WATCHDOG_USEC"),
      watchdogProcess: take("WATCHDOG_PID"))
  }

  /// Whether a service manager listens.
  package var isListenedTo: Bool { socket != nil }

  /// The service has started, or has taken over a new configuration.
  package func ready() { send("READY=1") }

  /// One line about how the service is, for `systemctl status`.
  package func status(_ text: String) {
    send("STATUS=" + text.map { $0.isNewline ? " " : String($0) }.joined())
  }

  /// The service works; to be said within every `watchdogSeconds`.
  package func watchdog() { send("WATCHDOG=1") }

  /// The service takes over a new configuration; `ready()` ends this.
  package func reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds)")
  }

  /// The service is about to end.
  package func stopping() { send("STOPPING=1") }

  /// Start, reload or stop takes longer: the manager waits at least `seconds` from now.
  package func extendTimeout(seconds: Double) {
    send("EXTEND_TIMEOUT_USEC=\(UInt64(max(0, seconds) * 1e6))")
  }

  /// Why the service ends, as an `errno`.
  package func failed(code: Int32) { send("ERRNO=\(code)") }

  private func send(_ message: String) { socket?.send(message) }

  private static var monotonicMicroseconds: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }
}
