// SPDX-License-Identifier: GPL-3.0-or-later

import SpeechDatasets

extension DatasetError {
  /// What went wrong with a download.
  var downloadExplanation: Explanation {
    switch self {
    case .unknownArchive(let found, let expected):
      Explanation(
        text:
          "'\(found)' is no data set to download; there are \(expected.joined(separator: ", ")).",
        exitCode: .usage)
    case .targetExists(let path):
      Explanation(
        text: "\(path): is there already. Name a folder that is not, or remove this one.",
        exitCode: .usage)
    case .targetBusy(let path):
      Explanation(
        text: "\(path): another download to this place is running. Wait for it, or end it.",
        exitCode: .inputOutput)
    case .toolMissing(let name):
      Explanation(
        text: "the program '\(name)' is missing. On Debian: apt-get install \(name).",
        exitCode: .missingInput)
    case .downloadFailed(let url, let detail, let partial):
      Explanation(
        text: "\(url): \(detail). "
          + (partial.map { "What has come is kept in \($0): the same command goes on there." }
            ?? "Check the address and the connection."),
        exitCode: .inputOutput)
    case .wrongSum(let url, let expected, let found):
      Explanation(
        text: "\(url): SHA-256 \(found), expected \(expected). The file was damaged on its way or "
          + "is another one; it was removed. Try again.", exitCode: .badData)
    case .extractionFailed(let archive, let detail):
      Explanation(
        text: "\(archive): \(detail). The archive is kept and unpacked by the same command once "
          + "there is room; remove it if it is broken.", exitCode: .inputOutput)
    default: explanation
    }
  }
}
