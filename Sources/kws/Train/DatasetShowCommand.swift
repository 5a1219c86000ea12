// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import SpeechDatasets

struct DatasetShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows words, clips, speakers, lengths, split and broken files of a data set.",
    discussion: """
      DIR holds one folder of recordings per word (and noise in _background_noise_), or \
      log-mel.safetensors and clips.tsv. Every recording is read to its end. The exit code is 65 \
      where a file is broken.
      """)

  @Argument(help: "The folder of the data set.")
  var directory: String

  func run() throws {
    let isTerminal = isatty(STDERR_FILENO) == 1
    let summary = try DatasetSummary(path: directory) { done, total in
      guard isTerminal, done % 500 == 0 || done == total else { return }
      let line = "\r\u{1B}[K" + (done < total ? "reading \(done) of \(total)" : "")
      let bytes = Array(line.utf8)
      _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }
    for line in lines(of: summary) { try StandardOutput.write(line: line) }
    guard summary.brokenFiles.isEmpty else {
      throw CommandError(
        "\(directory): \(summary.brokenFiles.count) broken "
          + (summary.brokenFiles.count == 1 ? "file. " : "files. ")
          + "Repair or remove them; training "
          + "stops at a file that cannot be read.", .badData)
    }
  }

  private func lines(of summary: DatasetSummary) -> [String] {
    var table = Table(
      header: [
        "word", "clips", "training", "validation", "testing", "speakers",
        "seconds (least, mean, most)",
      ])
    var all: [Split: Int] = [:]
    for word in summary.words {
      all.merge(word.clipCounts, uniquingKeysWith: +)
      table.add(
        [word.name, "\(word.clipCount)"] + Split.allCases.map { "\(word.clipCounts[$0] ?? 0)" }
          + ["\(word.speakerCount)", lengths(word)])
    }
    table.add(
      ["\(summary.words.count) words", "\(all.values.reduce(0, +))"]
        + Split.allCases.map { "\(all[$0] ?? 0)" } + ["\(summary.speakerCount)"])
    let kind =
      switch summary.kind {
      case .recordings: "recordings"
      case .logMel: "log-mel spectra"
      }
    let noise = summary.kind == .recordings ? "recordings" : "windows"
    var lines = ["\(directory): \(kind), SHA-256 of the index \(summary.digest)"]
    lines += table.lines
    lines.append(
      "noise: \(summary.noiseCount) \(noise), \(fixed(summary.noiseSeconds, decimals: 0)) s")
    for file in summary.brokenFiles {
      switch file.reason {
      case .unreadable(let error): lines.append("broken: " + error.explanation.text)
      case .truncated(let missing, let total):
        lines.append("broken: \(file.path): ends \(missing) of \(total) frames too soon.")
      }
    }
    return lines
  }

  private func lengths(_ word: DatasetSummary.Word) -> String {
    guard word.totalSeconds > 0 else { return "-" }
    let mean = word.totalSeconds / Double(word.clipCount)
    return [word.shortestSeconds, mean, word.longestSeconds].map { fixed($0, decimals: 2) }
      .joined(separator: " / ")
  }
}
