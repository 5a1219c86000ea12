// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import FoundationEssentials
import ModelFormat
import Storage

/// The table of times in a file that `kws profile` wrote.
func loadLatencies(_ path: String) throws -> LatencyTable {
  let bytes = try File.read(path, limit: architectureFileLimit)
  do {
    let table = try JSONDecoder().decode(LatencyTable.self, from: Data(bytes))
    guard table.microseconds.values.allSatisfy({ $0.isFinite && $0 >= 0 }), table.overhead.isFinite
    else { throw CommandError("\(path): a time is no number from 0 on.", .badData) }
    return table
  } catch is DecodingError {
    throw CommandError(
      "\(path): no table of times. 'kws profile --output \(path)' writes one.", .badData)
  }
}

extension LatencyTable {
  /// Checks that every layer of a space was measured: one that was not would count as nothing.
  func check(_ space: SearchSpace, path: String) throws {
    let most = space.blocks.map(\.candidates.count).max() ?? 1
    for turn in 0..<most {
      let choices = space.blocks.map { turn % $0.candidates.count }
      guard let layer = try missing(space.architecture(choices)).first else { continue }
      throw CommandError(
        "\(path): has no time for a layer '\(layer)' of this space. Measure it by 'kws profile' with "
          + "the same --space, --width, --coefficients and number of labels.", .badData)
    }
  }
}
