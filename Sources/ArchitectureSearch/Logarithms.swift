// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

extension Double {
  /// Logarithm to base 10.
  var log10: Double { Glibc.log10(self) }
}
