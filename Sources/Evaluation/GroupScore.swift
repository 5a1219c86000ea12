// SPDX-License-Identifier: GPL-3.0-or-later

/// How many of a group's clips or words came out right.
package struct GroupScore<Key: Hashable & Sendable>: Sendable {
  package var key: Key
  package var correctCount = 0
  package var totalCount = 0

  package var rate: Double { Double(correctCount) / Double(totalCount) }

  /// Scores by group in no order; results without a group are left out.
  package static func groups(_ results: [(key: Key?, isCorrect: Bool)]) -> [GroupScore] {
    var groups: [Key: GroupScore] = [:]
    for case (let key?, let isCorrect) in results {
      groups[key, default: GroupScore(key: key)].totalCount += 1
      if isCorrect { groups[key, default: GroupScore(key: key)].correctCount += 1 }
    }
    return Array(groups.values)
  }
}

extension GroupScore where Key: Comparable {
  /// The groups of at least `minimumCount`, the worst first; of equals the larger, then by key.
  package static func worst(_ groups: [GroupScore], minimumCount: Int) -> [GroupScore] {
    groups.filter { $0.totalCount >= minimumCount }.sorted {
      ($0.rate, -$0.totalCount, $0.key) < ($1.rate, -$1.totalCount, $1.key)
    }
  }
}

/// Who speaks in a recording of Speech Commands.
package enum Speaker {
  /// The speaker's hash in a name such as `0a7c2a8d_nohash_0.wav`; nil for other names.
  package static func of(path: String) -> String? {
    let name = path.split(separator: "/").last ?? ""
    guard let mark = name.firstRange(of: "_nohash_"), mark.lowerBound > name.startIndex else {
      return nil
    }
    return String(name[..<mark.lowerBound])
  }
}
