// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The system's own words for an `errno`, such as `No space left on device`.
func systemErrorText(_ code: Int32) -> String {
  unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}
