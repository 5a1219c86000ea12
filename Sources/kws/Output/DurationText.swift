// SPDX-License-Identifier: GPL-3.0-or-later

/// Such as `48 s`, `12 min` or `1 h 20 min`.
func durationText(seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0 else { return "?" }
  let whole = Int(seconds.rounded())
  switch whole {
  case ..<100: return "\(whole) s"
  case ..<6000: return "\((whole + 30) / 60) min"
  default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
