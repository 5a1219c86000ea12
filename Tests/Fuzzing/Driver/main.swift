// SPDX-License-Identifier: GPL-3.0-or-later

// libFuzzer around one parser; built and run by .ci/fuzz alone.
//
//     fuzz PARSER [OPTION OF LIBFUZZER...] [FOLDER OF INPUTS...]
//     fuzz seeds FOLDER

import FuzzedParsers
import Glibc

@_extern(c, "LLVMFuzzerRunDriver")
func runFuzzer(
  _ argumentCount: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Writes where mutation begins, as files `PARSER/seed-N` in `folder`.
func writeSeeds(to folder: String) {
  for parser in FuzzedParser.allCases {
    _ = unsafe mkdir("\(folder)/\(parser.rawValue)", 0o777)
    for (index, seed) in parser.seeds.enumerated() {
      let path = "\(folder)/\(parser.rawValue)/seed-\(index)"
      guard let file = unsafe fopen(path, "w") else { exit(74) }
      guard unsafe fwrite(seed, 1, seed.count, file) == seed.count else { exit(74) }
      unsafe fclose(file)
    }
  }
}

let words = CommandLine.arguments
if words.count == 3 && words[1] == "seeds" {
  writeSeeds(to: words[2])
  exit(0)
}
guard Fuzzed.parser != nil else {
  let names = FuzzedParser.allCases.map(\.rawValue).joined(separator: "|")
  print("usage: fuzz \(names) [OPTION...] [FOLDER...], or fuzz seeds FOLDER")
  exit(64)
}
// libFuzzer takes every word that is no option for a file or folder: it does not see the parser's.
var argumentCount = CommandLine.argc - 1
var arguments = unsafe CommandLine.unsafeArgv + 1
unsafe arguments[0] = CommandLine.unsafeArgv[0]
let status = unsafe runFuzzer(&argumentCount, &arguments) { start, count in
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  _ = unsafe Fuzzed.parser?.read(bytes, in: Fuzzed.folder)
  return 0
}
exit(status)
