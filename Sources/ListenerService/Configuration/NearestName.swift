// SPDX-License-Identifier: GPL-3.0-or-later

/// The one of `names` that `name` was most likely meant to be; nil where none is close.
///
/// Optimal string alignment distance (Damerau 1964 without repeated edits); close is a distance of
/// at most a third of the name's length. Hyphens, underscores and case are not told apart.
func nearestName(to name: String, among names: [String]) -> String? {
  let wanted = folded(name)
  // A name of hostile length is near to nothing, and the distance costs its square.
  guard wanted.count <= 64 else { return nil }
  let distances = names.sorted().map { ($0, distance(wanted, folded($0))) }
  guard let best = distances.min(by: { $0.1 < $1.1 }) else { return nil }
  return best.1 <= max(1, wanted.count / 3) ? best.0 : nil
}

private func folded(_ name: String) -> [Character] {
  name.lowercased().map { $0 == "_" ? "-" : $0 }
}

private func distance(_ a: [Character], _ b: [Character]) -> Int {
  var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in 0...a.count { rows[i][0] = i }
  for j in 0...b.count { rows[0][j] = j }
  for i in 1..<(a.count + 1) {
    for j in 1..<(b.count + 1) {
      let substitution = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, substitution)
      if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
        rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
      }
    }
  }
  return rows[a.count][b.count]
}
