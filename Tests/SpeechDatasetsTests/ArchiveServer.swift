// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc

/// A local HTTP server in a child process, ended with the value; see `ArchiveServer.py`.
final class ArchiveServer {
  enum Mode: String { case range, whole, cutting, dead }

  let folder: String
  let baseURL: String
  private let processID: pid_t

  /// Starts the server on files in `folder`; nil where there is no `python3`.
  init?(folder: String, mode: Mode) {
    self.folder = folder
    let script = String(#filePath.dropLast("swift".count)) + "py"
    let portPath = folder + "/port"
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, portPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [
      strdup("python3"), strdup(script), strdup(folder), strdup(mode.rawValue), nil,
    ]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var processID: pid_t = 0
    guard unsafe posix_spawnp(&processID, "python3", &actions, nil, &arguments, environ) == 0 else {
      return nil
    }
    self.processID = processID
    var port = ""
    for _ in 0..<500 where !port.hasSuffix("\n") {
      usleep(20_000)
      port = (try? String(contentsOfFile: portPath, encoding: .utf8)) ?? ""
    }
    baseURL = "http://127.0.0.1:\(port.dropLast())"
    guard port.hasSuffix("\n") else { return nil }
  }

  /// The Range headers of the requests so far, `None` where there was none.
  var requestedRanges: [String] {
    let text = (try? String(contentsOfFile: folder + "/requests.log", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  deinit {
    // SIGTERM may be blocked by a mask inherited from a thread of the test's pool.
    kill(processID, SIGKILL)
    waitpid(processID, nil, 0)
  }
}
