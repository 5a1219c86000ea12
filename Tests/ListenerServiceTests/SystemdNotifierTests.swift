// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import ListenerService
import ServiceManager
import Testing

@Suite(.serialized) struct SystemdNotifierTests {
  @Test(arguments: [false, true])
  func `every message arrives as one datagram`(isAbstract: Bool) throws {
    let receiver = try DatagramReceiver(isAbstract: isAbstract)
    let notifier = SystemdNotifier(address: receiver.address)
    #expect(notifier.isListenedTo)
    notifier.extendTimeout(seconds: 2.5)
    notifier.ready()
    notifier.status("listens: hw:1\nand é")
    notifier.watchdog()
    notifier.stopping()
    notifier.failed(code: 19)
    for message in [
      "EXTEND_TIMEOUT_USEC=2500000", "READY=1", "STATUS=listens: hw:1 and é", "WATCHDOG=1",
      "STOPPING=1", "ERRNO=19",
    ] {
      #expect(receiver.next() == message)
    }
  }

  @Test func `a reload carries the monotonic time`() throws {
    let receiver = try DatagramReceiver(isAbstract: true)
    func now() -> UInt64 {
      var time = timespec()
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
      return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }
    let before = now()
    SystemdNotifier(address: receiver.address).reloading()
    let lines = try #require(receiver.next()).split(separator: "\n")
    #expect(lines.first == "RELOADING=1" && lines.count == 2)
    let time = try #require(lines[1].split(separator: "=").last.flatMap { UInt64($0) })
    #expect(lines[1].hasPrefix("MONOTONIC_USEC=") && (before...now()).contains(time))
  }

  @Test func `the watchdog is that of this process alone`() {
    let own = "\(getpid())"
    func seconds(_ time: String?, _ process: String?) -> Double? {
      SystemdNotifier(
        address: "/run/x", watchdogMicroseconds: time, watchdogProcess: process
      ).watchdogSeconds
    }
    #expect(seconds("30000000", own) == 30)
    #expect(seconds("500000", nil) == 0.5)
    #expect(seconds("30000000", "1") == nil)
    #expect(seconds("30000000", "x") == nil)
    for time in [nil, "", "0", "-1", "x", "99999999999999999999999"] {
      #expect(seconds(time, own) == nil)
    }
    #expect(
      SystemdNotifier(address: nil, watchdogMicroseconds: "1000000").watchdogSeconds == nil)
  }

  @Test func `an address that is none, or that nobody reads, is harmless`() {
    for address in [
      nil, "", "@", "relative/path", "vsock:2:1234", "/" + String(repeating: "x", count: 108),
    ] {
      let notifier = SystemdNotifier(address: address)
      #expect(!notifier.isListenedTo)
      notifier.ready()
    }
    let notifier = SystemdNotifier(address: "/nonexistent/notify")
    #expect(notifier.isListenedTo)
    notifier.ready()
  }

  @Test func `the variables are taken, so that no child speaks for the service`() throws {
    let receiver = try DatagramReceiver(isAbstract: true)
    unsafe setenv("NOTIFY_SOCKET", receiver.address, 1)
    unsafe setenv("WATCHDOG_USEC", "2000000", 1)
    unsafe setenv("WATCHDOG_PID", "\(getpid())", 1)
    let notifier = SystemdNotifier.takeFromEnvironment()
    for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] {
      #expect(unsafe getenv(name) == nil)
    }
    #expect(notifier.watchdogSeconds == 2)
    notifier.ready()
    #expect(receiver.next() == "READY=1")
    #expect(!SystemdNotifier.takeFromEnvironment().isListenedTo)
  }
}
