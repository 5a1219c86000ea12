// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Tells when sound devices come or change, by inotify on `/dev/snd`, or on `/dev` while that folder
/// does not exist.
///
/// Where there is neither (a container, no inotify left) it says nothing: the back-off tries anyway.
struct DeviceWatch: ~Copyable {
  private let folder: String
  private let name: String
  private let descriptor: Int32
  private var watch: Int32 = -1
  private var isInside = false

  /// Watches the folder `name` in `folder`.
  init(folder: String = "/dev", name: String = "snd") {
    self.folder = folder
    self.name = name
    descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
    arm()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Waits until something changes, for at most `milliseconds`, and returns whether it did.
  mutating func wait(milliseconds: Int32) -> Bool {
    guard descriptor >= 0 else {
      usleep(UInt32(max(milliseconds, 0)) * 1000)
      return false
    }
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, milliseconds) > 0 else { return false }
    var hasChanged = false
    // Only that something came matters, so the events themselves need no decoding.
    var events = InlineArray<4096, UInt8>(repeating: 0)
    while true {
      var span = events.mutableSpan
      let count = unsafe span.withUnsafeMutableBytes { raw in
        unsafe read(descriptor, raw.baseAddress, raw.count)
      }
      guard count > 0 else { break }
      hasChanged = true
    }
    arm()
    return hasChanged
  }

  /// Watches the inner folder where it exists, else the outer one.
  private mutating func arm() {
    guard descriptor >= 0 else { return }
    let changes = UInt32(IN_CREATE | IN_ATTRIB | IN_MOVED_TO | IN_DELETE_SELF)
    let inner = unsafe inotify_add_watch(descriptor, "\(folder)/\(name)", changes)
    if inner >= 0 {
      if !isInside && watch >= 0 { inotify_rm_watch(descriptor, watch) }
      watch = inner
      isInside = true
    } else {
      watch = unsafe inotify_add_watch(descriptor, folder, UInt32(IN_CREATE | IN_MOVED_TO))
      isInside = false
    }
  }
}
