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

  @Test func `a failure leaves the old file and throws`() throws {
    let path = directory + "/model"
    try File.replace(path, with: [7].span)
    // A folder in the way of the file that is to take the old one's place.
    let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
    try File.createDirectory(partial)
    #expect(throws: StorageError.self) { try File.replace(path, with: [1, 2, 3].span) }
    #expect(try File.read(path) == [7])
  }

  @Test func `a full disk is told, and a device stays one`() throws {
    #expect(throws: StorageError.system(path: "/dev/full", operation: "write", code: 28)) {
      try File.replace("/dev/full", with: [1, 2, 3].span)
    }
    try File.replace("/dev/null", with: [1].span)
    #expect(try File.read("/dev/null").isEmpty)
    #expect(
      try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        == .typeCharacterSpecial)
  }

  @Test func `a symbolic link stays one`() throws {
    let (path, link) = (directory + "/real", directory + "/link")
    try File.replace(path, with: [1].span)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
    try File.replace(link, with: [2].span)
    #expect(try File.read(path) == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real")
  }

  @Test func `whether a file can be replaced is known before`() throws {
    try File.checkCanReplace(directory + "/new")
    try File.checkCanReplace("/dev/null")
    #expect(throws: StorageError.isDirectory(path: directory)) {
      try File.checkCanReplace(directory)
    }
    let path = directory + "/none/file"
    #expect(throws: StorageError.system(path: path, operation: "create", code: 2)) {
      try File.checkCanReplace(path)
    }
    #expect(throws: StorageError.system(path: "/dev/null/file", operation: "create", code: 20)) {
      try File.checkCanReplace("/dev/null/file")
    }
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
