// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import Storage

/// Gets one archive and unpacks it into a folder that appears only when all of it is there.
///
/// Beside the folder `DIR` stand, while it is made: `DIR.tar.gz.partial`, what has come of the
/// archive (kept when the connection breaks, to be gone on with); `DIR.tar.gz`, the whole archive
/// with a right sum (kept when it cannot be unpacked, such as on a full disk); `DIR.partial`, what
/// is unpacked so far. Transfer and unpacking are done by `curl` and `tar`.
package struct ArchiveDownload {
  /// Where a download stands.
  package enum Progress: Equatable, Sendable {
    case downloading(byteCount: Int, of: Int?)
    case checking
    case extracting
  }

  /// What was got.
  package struct Result: Equatable, Sendable {
    /// Bytes of the archive.
    package let byteCount: Int

    /// SHA-256 of the archive.
    package let sha256: String

    /// Whether there is a published sum, which `sha256` then equals.
    package let isVerified: Bool
  }

  /// Attempts in a row that bring no byte before the download is given up.
  private static let attemptLimit = 3

  private let archive: DatasetArchive
  private let url: String
  private let directory: String
  private let retrySeconds: UInt32

  private var partialPath: String { directory + ".tar.gz.partial" }
  private var archivePath: String { directory + ".tar.gz" }
  private var extractionPath: String { directory + ".partial" }

  /// A download of `archive` from the folder `baseURL` of a server into the new folder `directory`.
  ///
  /// - Parameter retrySeconds: wait after a connection broke.
  package init(
    _ archive: DatasetArchive, into directory: String,
    baseURL: String = DatasetArchive.serverURL, retrySeconds: UInt32 = 2
  ) {
    self.archive = archive
    url = Self.trimmed(baseURL) + "/" + archive.fileName
    self.directory = Self.trimmed(directory)
    self.retrySeconds = retrySeconds
  }

  /// Downloads, checks, unpacks, and only then gives the folder its name.
  ///
  /// - Parameter progress: called a few times a second.
  /// - Throws: `DatasetError`; `directory` is then as it was.
  package func run(_ progress: (Progress) -> Void) throws(DatasetError) -> Result {
    if FileManager.default.fileExists(atPath: directory) {
      let content = try? FileManager.default.contentsOfDirectory(atPath: directory)
      guard content == [] else { throw .targetExists(path: directory) }
    }
    do throws(StorageError) {
      try File.createDirectory(Self.parent(of: directory))
    } catch { throw .storage(error) }
    let lock = try lockPartial()
    defer {
      if size(of: partialPath) == 0 { unsafe unlink(partialPath) }
      close(lock)
    }
    // A whole archive is there if it could not be unpacked last time.
    let path = size(of: archivePath) > 0 ? archivePath : partialPath
    if path == partialPath { try download(lock: lock, progress) }
    progress(.checking)
    let found = try sum(of: path)
    if let expected = archive.sha256, expected != found {
      unsafe unlink(path)
      throw .wrongSum(url: url, expected: expected, found: found)
    }
    let result = Result(
      byteCount: size(of: path), sha256: found, isVerified: archive.sha256 != nil)
    if path == partialPath { try rename(partialPath, to: archivePath) }
    try extract(progress)
    unsafe unlink(archivePath)
    return result
  }

  /// Opens the partial archive and locks it.
  ///
  /// The child processes inherit the descriptor and with it the lock, so a transfer that outlives
  /// a killed parent still keeps others away.
  private func lockPartial() throws(DatasetError) -> Int32 {
    let descriptor = unsafe open(partialPath, O_RDWR | O_CREAT, 0o666)
    guard descriptor >= 0 else {
      throw .storage(.system(path: partialPath, operation: "create", code: errno))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .targetBusy(path: directory)
    }
    return descriptor
  }

  private func download(
    lock: Int32, _ progress: (Progress) -> Void
  ) throws(DatasetError) {
    var emptyAttempts = 0
    while true {
      let before = size(of: partialPath)
      let transfer = try transfer(progress)
      switch transfer.ending {
      case .exit(0): return
      // Range not satisfiable: there was nothing left to ask for. The sum decides.
      case .exit(22) where transfer.httpCode == 416 && before > 0: return
      // The server cannot go on in the middle: from the beginning then.
      case .exit(33) where before > 0: ftruncate(lock, 0)
      // Partial file, timeout, no connection, empty answer, broken connection.
      case .exit(18), .exit(28), .exit(7), .exit(52), .exit(55), .exit(56), .exit(92):
        emptyAttempts = size(of: partialPath) > before ? 0 : emptyAttempts + 1
        guard emptyAttempts < Self.attemptLimit else { throw failure(transfer) }
        sleep(retrySeconds)
      default: throw failure(transfer)
      }
    }
  }

  private func failure(
    _ transfer: (ending: ChildProcess.Ending, httpCode: Int, message: String)
  ) -> DatasetError {
    .downloadFailed(
      url: url, detail: detail(transfer.ending, "curl", transfer.message),
      partial: size(of: partialPath) > 0 ? partialPath : nil)
  }

  private func transfer(
    _ progress: (Progress) -> Void
  ) throws(DatasetError) -> (ending: ChildProcess.Ending, httpCode: Int, message: String) {
    let codeKey = "http_code="
    let child = try ChildProcess(
      [
        "curl", "--silent", "--show-error", "--fail", "--location", "--proto", "=http,https",
        "--connect-timeout", "30", "--speed-limit", "1", "--speed-time", "60",
        "--continue-at", "-", "--write-out", "\(codeKey)%{http_code}\\n",
        "--output", partialPath, "--", url,
      ])
    let (ending, output) = child.wait {
      progress(.downloading(byteCount: size(of: partialPath), of: archive.byteCount))
    }
    progress(.downloading(byteCount: size(of: partialPath), of: archive.byteCount))
    var httpCode = 0
    var message: [Substring] = []
    for line in output.split(separator: "\n") {
      if line.hasPrefix(codeKey) {
        httpCode = Int(line.dropFirst(codeKey.count)) ?? 0
      } else {
        message.append(line)
      }
    }
    return (ending, httpCode, message.joined(separator: " "))
  }

  private func extract(_ progress: (Progress) -> Void) throws(DatasetError) {
    try? FileManager.default.removeItem(atPath: extractionPath)
    do throws(StorageError) {
      try File.createDirectory(extractionPath)
    } catch { throw .storage(error) }
    do throws(DatasetError) {
      let child = try ChildProcess(
        [
          "tar", "--extract", "--gzip", "--no-same-owner", "--file", archivePath,
          "--directory", extractionPath,
        ])
      let (ending, output) = child.wait { progress(.extracting) }
      guard ending == .exit(0) else {
        throw .extractionFailed(
          archive: archivePath, detail: detail(ending, "tar", output))
      }
      try rename(extractionPath, to: directory)
    } catch {
      try? FileManager.default.removeItem(atPath: extractionPath)
      throw error
    }
  }

  private func detail(_ ending: ChildProcess.Ending, _ tool: String, _ message: String) -> String {
    let first = message.split(separator: "\n").first.map { ": \($0)" } ?? ""
    return switch ending {
    case .exit(let code): "\(tool) exit code \(code)\(first)"
    case .signal(let number): "\(tool) ended by signal \(number)\(first)"
    }
  }

  private func sum(of path: String) throws(DatasetError) -> String {
    do throws(StorageError) {
      return try File.sha256(path)
    } catch { throw .storage(error) }
  }

  private func rename(_ source: String, to target: String) throws(DatasetError) {
    guard unsafe Glibc.rename(source, target) == 0 else {
      throw .storage(.system(path: target, operation: "rename", code: errno))
    }
  }

  private func size(of path: String) -> Int { File.byteCount(path) ?? 0 }

  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
