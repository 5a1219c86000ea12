// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

extension TestStream {
  /// The factor of amplitude that so many decibels of power are.
  static func amplitude(decibels: Double) -> Double { pow(10, decibels / 20) }
}
