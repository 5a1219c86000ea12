// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The variables of this process's environment that may be settings.
package enum ProcessEnvironment {
  /// Name and value of every variable whose name starts with `KWS_`.
  package static var settings: [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let parts = unsafe String(cString: entry).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 && parts[0].hasPrefix(Setting.environmentPrefix) {
        found.append((String(parts[0]), String(parts[1])))
      }
      unsafe next += 1
    }
    return found
  }
}
