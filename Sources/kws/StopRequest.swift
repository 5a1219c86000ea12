// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization

/// Whether SIGINT or SIGTERM asked a long command to stop at the next safe place.
enum StopRequest {
  private static let flag = Atomic<Bool>(false)

  /// From now on the two signals set the flag instead of ending the process.
  static func listen() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in StopRequest.flag.store(true, ordering: .relaxed) }
      unsafe sigaddset(&set, number)
    }
    // A parent that blocks signals in its threads hands that on, and could then only kill.
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// Whether one of them came.
  static var isSet: Bool { flag.load(ordering: .relaxed) }
}
