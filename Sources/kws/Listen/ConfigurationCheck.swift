// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import ListenerService

/// What `kws listen --check-config` prints and finds, all without opening a device or an output.
struct ConfigurationCheck {
  var resolved: ResolvedConfiguration

  /// The configuration as a TOML file that says where each of its values comes from.
  var lines: [String] {
    Setting.allCases.map { setting in
      guard let value = resolved.configuration.value(of: setting) else {
        guard let needs = setting.needs, resolved.configuration.value(of: needs) == nil else {
          return "# \(setting.key): not set"
        }
        let origin = resolved.entries[setting]?.origin
        return "# \(setting.key): no use without \(needs.key)"
          + (origin.map { " (\($0.text))" } ?? "")
      }
      return "\(setting.key) = \(value.toml)  # \(resolved.origin(of: setting).text)"
    }
  }

  /// What would keep the listener from starting, one sentence each.
  var problems: [String] {
    modelProblems
      + Setting.allCases.compactMap { setting in
        problem(setting).map { fact in
          let origin = resolved.origin(of: setting)
          let place =
            if case .file = origin { "\(origin.text): \(setting.key)" } else { origin.text }
          return "\(place): \(fact)."
        }
      }
  }

  private var modelProblems: [String] {
    do {
      let model = try modelOrDefault(resolved.configuration.modelPath)
      _ = try listenerPlan(model, for: resolved)
      return []
    } catch let error as any ExplainedError {
      return [error.explanation.text]
    } catch {
      return ["\(error)"]
    }
  }

  private func problem(_ setting: Setting) -> String? {
    switch (setting, resolved.configuration.value(of: setting)) {
    case (.exec, .command(let command)?): Self.executableProblem(command[0])
    case (.saveClips, .text(let path)?): Self.folderProblem(path, of: path)
    case (.record, .text(let path)?), (.logFile, .text(let path)?):
      Self.fileProblem(path, isReplaced: false)
    case (.metricsTextfile, .text(let path)?): Self.fileProblem(path, isReplaced: true)
    case (.socket, .text(let path)?), (.metricsSocket, .text(let path)?):
      Self.socketProblem(path)
    default: nil
    }
  }

  /// Why `program` cannot be run, looked for in PATH where it has no slash.
  private static func executableProblem(_ program: String) -> String? {
    func isExecutable(_ path: String) -> Bool {
      var status = stat()
      return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        && access(path, X_OK) == 0
    }
    if program.contains("/") {
      return isExecutable(program) ? nil : "\(program) is no program that can be run"
    }
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    let isFound = path.split(separator: ":").contains { isExecutable("\($0)/\(program)") }
    return isFound ? nil : "\(program) is no program in PATH (\(path))"
  }

  /// Why nothing can be made in folder `path`, which `file` needs.
  private static func folderProblem(_ path: String, of file: String) -> String? {
    // The dot asks for a folder: a file in its place is an error too.
    guard unsafe access(path + "/.", W_OK | X_OK) != 0 else { return nil }
    return "\(file): the folder \(path) cannot be written: \(systemErrorText(errno))"
  }

  private static func fileProblem(_ path: String, isReplaced: Bool) -> String? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return folderProblem(folder(of: path), of: path) }
    if status.st_mode & S_IFMT == S_IFDIR { return "\(path) is a folder, expected a file" }
    if isReplaced { return folderProblem(folder(of: path), of: path) }
    guard unsafe access(path, W_OK) != 0 else { return nil }
    return "\(path) cannot be written: \(systemErrorText(errno))"
  }

  private static func socketProblem(_ path: String) -> String? {
    var status = stat()
    if unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK {
      return "\(path) is there and is no socket"
    }
    return folderProblem(folder(of: path), of: path)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
