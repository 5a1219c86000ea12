// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import FoundationEssentials
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
