// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Storage
import Testing

@Suite struct FileTests {
  let directory = FileManager.default.temporaryDirectory.path + "/kws-storage-\(UUID())"

  init() throws { try File.createDirectory(directory + "/a/b") }

  @Test func `what is written is read back and no temporary file stays`() throws {
    let path = directory + "/a/b/file"
    try File.replace(path, with: [1, 2, 3].span)
    try File.replace(path, with: [4, 5].span)
    #expect(try File.read(path) == [4, 5])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/a/b") == ["file"])
  }

  @Test func `a full disk leaves the old file and throws`() throws {
    // /dev/full accepts an open and refuses every write; a link to it stands for the partial file.
    let path = directory + "/model"
    try File.replace(path, with: [7].span)
    let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createSymbolicLink(atPath: partial, withDestinationPath: "/dev/full")
    #expect(throws: StorageError.system(path: path, operation: "write", code: 28)) {
      try File.replace(path, with: [1, 2, 3].span)
    }
    #expect(try File.read(path) == [7])
  }

  @Test func `reading names what is wrong`() {
    #expect(throws: StorageError.notFound(path: directory + "/none")) {
      try File.read(directory + "/none")
    }
    #expect(throws: StorageError.isDirectory(path: directory)) { try File.read(directory) }
  }

  @Test func `a file past the limit is refused`() throws {
    let path = directory + "/large"
    try File.replace(path, with: [UInt8](repeating: 1, count: 10).span)
    #expect(throws: StorageError.tooLarge(path: path, byteCount: 10, limit: 9)) {
      try File.read(path, limit: 9)
    }
  }

  @Test func `a stream without a size is read whole`() throws {
    #expect(try File.read("/proc/self/cmdline").count > 0)
  }
}
