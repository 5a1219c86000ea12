// SPDX-License-Identifier: GPL-3.0-or-later

/// A value of 0...1 with exactly `decimals` decimals, rounded; free of locales.
func decimalText(_ value: Float, decimals: Int) -> String {
  var power = 1.0
  for _ in 0..<decimals { power *= 10 }
  let scaled = Int((Double(min(max(value, 0), 1)) * power).rounded())
  let fraction = String(scaled % Int(power))
  return "\(scaled / Int(power))."
    + String(repeating: "0", count: decimals - fraction.count) + fraction
}
