// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Which file systems this process may mount: root outside of a container may, usually.
enum Mounting {
  static let mayMountMemory: Bool = {
    guard let folder = try? OutputFolder() else { return false }
    // It is removed at its end, which must not come before that of the mount.
    defer { withExtendedLifetime(folder) {} }
    guard unsafe mount("tmpfs", folder.root, "tmpfs", 0, "size=8k") == 0 else { return false }
    return unsafe umount2(folder.root, Int32(MNT_DETACH)) == 0
  }()

  static let mayMountHanging: Bool = {
    guard let folder = try? OutputFolder() else { return false }
    defer { withExtendedLifetime(folder) {} }
    guard let disk = HangingDisk(at: folder.path("disk")) else { return false }
    disk.unmount()
    return true
  }()
}

/// A mounted file system that never answers, as one over a network whose server is gone.
struct HangingDisk {
  let path: String

  /// The kernel's requests come here and are not read.
  private let descriptor: Int32

  /// Nil where it cannot be mounted.
  init?(at path: String) {
    let descriptor = unsafe open("/dev/fuse", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0, unsafe mkdir(path, 0o755) == 0,
      unsafe mount(
        "kws-test", path, "fuse", 0,
        "fd=\(descriptor),rootmode=40000,user_id=\(getuid()),group_id=\(getgid())") == 0
    else {
      if descriptor >= 0 { close(descriptor) }
      return nil
    }
    self.path = path
    self.descriptor = descriptor
  }

  /// To be called before anybody looks into the folder around it.
  func unmount() {
    _ = unsafe umount2(path, Int32(MNT_DETACH))
    // Whoever waits for an answer gets an error now.
    close(descriptor)
  }
}
