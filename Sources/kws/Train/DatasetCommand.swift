// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SpeechDatasets

struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Downloads data sets, and shows what is in them.",
    subcommands: [DatasetGetCommand.self, DatasetShowCommand.self])
}

struct DatasetGetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Downloads a data set, checks it and unpacks it into a new folder.",
    discussion: """
      Data sets:
        speech-commands-v0.01       65,000 clips of 30 words (1.5 GB)
        speech-commands-v0.02       105,000 clips of 35 words (2.4 GB)
        speech-commands-test-v0.01  the canonical 12-class test set of each
        speech-commands-test-v0.02

      The folder appears only when all of it is there. A download that broke off is gone on with by \
      the same command; until then its bytes are kept in DIR.tar.gz.partial. Needs curl and tar.

      Example:
        kws dataset get speech-commands-v0.02 speech-commands
      """)

  @Argument(help: "The name of the data set.")
  var name: String

  @Argument(help: "The folder to make.")
  var directory: String

  @Option(help: ArgumentHelp("The folder on a server that holds the archives.", valueName: "url"))
  var baseUrl = DatasetArchive.serverURL

  func run() throws {
    let archive = try DatasetArchive.named(name)
    var progress = DownloadProgress()
    defer { progress.finish() }
    let result = try ArchiveDownload(archive, into: directory, baseURL: baseUrl)
      .run { progress.show($0) }
    progress.finish()
    try StandardOutput.write(
      line: "\(directory): \(archive.name), archive of \(result.byteCount) bytes, SHA-256 "
        + result.sha256
        + (result.isVerified ? " as published" : " (no published sum to check it against)"))
  }
}
