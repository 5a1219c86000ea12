// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Testing
import Threads

@Suite struct WakeDescriptorTests {
  @Test func `a wait ends with a signal from any time before it, or with its deadline`() throws {
    let wake = try WakeDescriptor()
    #expect(!wake.wait(until: monotonicSeconds() + 0.01))
    // More than one read takes, and more than a pipe holds.
    for _ in 0..<100_000 { wake.signal() }
    #expect(wake.wait(until: 0))
    wake.clear()
    #expect(!wake.wait(until: 0))
    let thread = try WorkerThread(name: "kws-test") { wake.signal() }
    #expect(wake.wait(until: monotonicSeconds() + 20))
    thread.join()
  }

  @Test func `a process without descriptors gets an error`() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 256, rlim_max: 256)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      while dup(0) >= 0 {}
      do {
        _ = try WakeDescriptor()
        exit(1)
      } catch {
        exit(error as? ThreadError == .noPipe(code: EMFILE) ? 0 : 2)
      }
    }
  }

  @Test func `a time-out of poll is never shorter than what is left, and never negative`() {
    #expect(pollMilliseconds(until: nil) == -1)
    #expect(pollMilliseconds(until: 0) == 0)
    #expect(pollMilliseconds(until: .infinity) == 3_600_000)
    #expect((900...1001).contains(pollMilliseconds(until: monotonicSeconds() + 1)))
  }
}
