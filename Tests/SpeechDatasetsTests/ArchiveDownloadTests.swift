// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import SpeechDatasets
import Storage
import Testing

/// Downloads from a server on this machine.
@Suite struct ArchiveDownloadTests {
  /// A server with a small archive, and a folder for what is made of it.
  private struct Site {
    let served = try! TemporaryFolder()
    let target = try! TemporaryFolder()
    let server: ArchiveServer
    let archive: DatasetArchive
    var url: String { server.baseURL + "/tiny.tar.gz" }
    var directory: String { target.path + "/set" }
    var partial: String { target.path + "/set.tar.gz.partial" }

    /// - Parameter truncated: serve only the first half of the archive.
    init(_ mode: ArchiveServer.Mode, sum: String? = nil, truncated: Bool = false) throws {
      let source = try TemporaryFolder()
      // Bytes that do not compress, so that the archive has some 20 kB.
      var state: UInt32 = 1
      let noise = (0..<20_000).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      }
      try source.write("content/yes/a_nohash_0.wav", noise)
      try source.write("content/validation_list.txt", Array("yes/a_nohash_0.wav\n".utf8))
      let file = served.path + "/tiny.tar.gz"
      #expect(
        unsafe system("tar -czf '\(file)' -C '\(source.path)/content' .") == 0)
      var bytes = try File.read(file)
      if truncated {
        bytes.removeLast(bytes.count / 2)
        try served.write("tiny.tar.gz", bytes)
      }
      archive = DatasetArchive(
        name: "tiny", fileName: "tiny.tar.gz", byteCount: bytes.count,
        sha256: sum ?? SHA256.digest(of: bytes.span))
      server = try #require(ArchiveServer(folder: served.path, mode: mode), "python3 is needed")
    }

    func run(_ progress: (ArchiveDownload.Progress) -> Void = { _ in })
      throws(DatasetError) -> ArchiveDownload.Result
    {
      try ArchiveDownload(archive, into: directory, baseURL: server.baseURL, retrySeconds: 0)
        .run(progress)
    }

    /// Runs and returns the error.
    func failure() throws -> DatasetError {
      try #require(throws: DatasetError.self) { try run() }
    }

    var archiveBytes: [UInt8] {
      get throws { try File.read(served.path + "/tiny.tar.gz") }
    }
  }

  @Test func `a download is checked, unpacked, and leaves nothing but the folder`() throws {
    let site = try Site(.range)
    var seen: [ArchiveDownload.Progress] = []
    let result = try site.run { seen.append($0) }
    #expect(site.target.names() == ["set"])
    #expect(site.target.names("set") == ["validation_list.txt", "yes"])
    #expect(site.target.names("set/yes") == ["a_nohash_0.wav"])
    #expect(result.isVerified && result.sha256 == site.archive.sha256)
    let size = try site.archiveBytes.count
    #expect(seen.contains(.downloading(byteCount: size, of: size)))
    #expect(seen.contains(.checking))
  }

  @Test func `a partial archive is gone on with, not fetched anew`() throws {
    let site = try Site(.range)
    try site.target.write("set.tar.gz.partial", Array(site.archiveBytes[..<7_000]))
    #expect(try site.run().isVerified)
    #expect(site.server.requestedRanges == ["bytes=7000-"])
    #expect(site.target.names() == ["set"])
  }

  @Test func `a server without ranges sends everything again`() throws {
    let site = try Site(.whole)
    try site.target.write("set.tar.gz.partial", Array(site.archiveBytes[..<7_000]))
    #expect(try site.run().isVerified)
    #expect(site.target.names() == ["set"])
  }

  @Test func `an archive that is all there is not fetched again`() throws {
    let site = try Site(.range)
    try site.target.write("set.tar.gz.partial", site.archiveBytes)
    #expect(try site.run().isVerified)
    #expect(site.target.names() == ["set"])
  }

  @Test func `a connection that breaks again and again still brings the whole`() throws {
    let site = try Site(.cutting)
    #expect(try site.run().isVerified)
    #expect(site.server.requestedRanges.prefix(3) == ["None", "bytes=3000-", "bytes=6000-"])
  }

  @Test func `a server that sends nothing is given up and the partial archive kept`() throws {
    let site = try Site(.dead)
    try site.target.write("set.tar.gz.partial", Array(site.archiveBytes[..<7_000]))
    // The wording is curl's and changes with its version.
    let text = "\(try site.failure())"
    #expect(text.contains("downloadFailed") && text.contains("curl exit code 18"))
    #expect(text.contains(site.partial))
    #expect(site.target.names() == ["set.tar.gz.partial"])
    #expect(try File.read(site.partial).count == 7_000)
    #expect(site.server.requestedRanges.count == 3)
  }

  @Test func `a file that the server does not have leaves nothing`() throws {
    let site = try Site(.range)
    try FileManager.default.removeItem(atPath: site.served.path + "/tiny.tar.gz")
    let text = "\(try site.failure())"
    #expect(text.contains("downloadFailed") && text.contains("404") && text.contains("nil"))
    #expect(site.target.names() == [])
  }

  @Test func `an archive with a wrong sum is removed`() throws {
    let wrong = String(repeating: "0", count: 64)
    let site = try Site(.range, sum: wrong)
    let found = try File.sha256(site.served.path + "/tiny.tar.gz")
    #expect(
      try site.failure()
        == .wrongSum(url: site.url, expected: wrong, found: found))
    #expect(site.target.names() == [])
  }

  @Test func `an archive that cannot be unpacked leaves no folder`() throws {
    // The sum is that of the broken archive, so only tar can see it.
    let site = try Site(.range, truncated: true)
    let text = "\(try site.failure())"
    #expect(text.contains("extractionFailed") && text.contains("tar exit code 2"))
    #expect(site.target.names() == ["set.tar.gz"])
  }

  @Test func `a whole archive left from a failed extraction is unpacked without the server`() throws
  {
    let site = try Site(.range)
    try site.target.write("set.tar.gz", site.archiveBytes)
    try site.target.write("set.partial/half", [1])
    #expect(try site.run().isVerified)
    #expect(site.server.requestedRanges == [])
    #expect(site.target.names() == ["set"])
    #expect(site.target.names("set") == ["validation_list.txt", "yes"])
  }

  @Test func `a folder that holds something is left alone`() throws {
    let site = try Site(.range)
    try site.target.write("set/mine", [1])
    #expect(try site.failure() == .targetExists(path: site.directory))
    #expect(site.target.names("set") == ["mine"])
    #expect(site.server.requestedRanges == [])
  }

  @Test func `two downloads to one place do not meet`() throws {
    let site = try Site(.range)
    let descriptor = unsafe open(site.partial, O_RDWR | O_CREAT, 0o600)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(try site.failure() == .targetBusy(path: site.directory))
    close(descriptor)
    #expect(try site.run().isVerified)
  }

  @Test func `an unknown name tells the known ones`() {
    let known = DatasetArchive.all.map(\.name)
    #expect(known.count == 4 && known.contains("speech-commands-v0.02"))
    #expect(throws: DatasetError.unknownArchive(found: "speech-commands", expected: known)) {
      try DatasetArchive.named("speech-commands")
    }
  }
}
