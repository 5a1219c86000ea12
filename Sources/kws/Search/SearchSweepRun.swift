// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FoundationEssentials
import Storage

/// Runs the searches of a sweep one after the other, those that are finished left out, and draws what
/// there is after each: `front.html` and `front.json`.
struct SearchSweepRun {
  let sweep: SearchSweep

  /// The arguments of the whole, without `kws search`.
  let arguments: [String]
  let folder: String

  func run() throws {
    let combinations = sweep.combinations
    // Every combination must at least parse before the first one takes hours.
    let commands = try combinations.map { combination in
      try SearchCommand.parse(runArguments(combination))
    }
    try File.createDirectory(folder)
    for (index, combination) in combinations.enumerated() {
      let name = SearchSweep.name(combination)
      let text = CommandLineText.of(["search"] + runArguments(combination))
      if try SearchResult.read("\(folder)/\(name)")?.command == text {
        printError("\(name): done (\(index + 1) of \(combinations.count))")
      } else {
        printError("\(name): search \(index + 1) of \(combinations.count)")
        try commands[index].runOne(command: text)
      }
      try report(combinations)
    }
    try StandardOutput.write(line: "wrote \(folder)/front.html")
  }

  private func runArguments(_ combination: [(option: String, value: String)]) -> [String] {
    SearchSweep.arguments(
      arguments + ["--resume"], combination, output: "\(folder)/\(SearchSweep.name(combination))")
  }

  private func report(_ combinations: [[(option: String, value: String)]]) throws {
    let points = try combinations.compactMap { combination -> SweepPage.Point? in
      let name = SearchSweep.name(combination)
      guard var point = try SearchResult.read("\(folder)/\(name)")?.point else { return nil }
      point.name = name
      return point
    }
    try SweepPage(points: points, command: CommandLineText.current).page()
      .write(to: folder, name: "front")
    try JSONFile.write(points, to: "\(folder)/front.json")
  }
}
