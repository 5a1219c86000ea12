// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import ListenerService
import Testing

/// Standard output and the log file, on real pipes, files and devices.
@Suite struct OutputsLineTests {
  let folder: OutputFolder
  let metrics = ListenerMetrics()
  let log = ReportLog()

  init() throws { folder = try OutputFolder() }

  private func configuration(
    standardOutput: EventFormat? = nil, logFile: String? = nil, format: EventFormat = .jsonl
  ) -> OutputConfiguration {
    var configuration = OutputConfiguration()
    configuration.standardOutput = standardOutput
    configuration.logFile = logFile.map { LogFileConfiguration(path: $0, format: format) }
    return configuration
  }

  /// How many events `facts` tell of as dropped, where every beginning has its end.
  private func lostCount(_ facts: [OutputFact]) -> Int {
    var count = 0
    for (index, fact) in facts.enumerated() {
      switch fact {
      case .droppingBegan where index % 2 == 0: continue
      case .droppingEnded(let lostCount) where index % 2 == 1: count += lostCount
      default: Issue.record("out of order: \(facts)")
      }
    }
    #expect(facts.count % 2 == 0)
    return count
  }

  @Test(arguments: EventFormat.allCases)
  func `standard output gets one whole line per event`(format: EventFormat) throws {
    let pipe = Pipe()
    let set = try OutputSet(
      configuration(standardOutput: format), metrics: metrics,
      standardOutput: pipe.fileHandleForWriting.fileDescriptor, report: log.add)
    for number in 0..<3 { set.deliver(sampleEvent(number)) }
    #expect(set.finish(within: 20))
    try pipe.fileHandleForWriting.close()
    let expected = (0..<3).map { sampleEvent($0).line(format) + "\n" }.joined()
    #expect(pipe.fileHandleForReading.readDataToEndOfFile() == Data(expected.utf8))
    #expect(log.all.isEmpty)
  }

  @Test func `a reader that has gone is told at once, without an event`() throws {
    let pipe = Pipe()
    let set = try OutputSet(
      configuration(standardOutput: .text), metrics: metrics,
      standardOutput: pipe.fileHandleForWriting.fileDescriptor, report: log.add)
    set.deliver(sampleEvent(0))
    _ = try pipe.fileHandleForReading.read(upToCount: 1)
    try pipe.fileHandleForReading.close()
    #expect(eventually { log.facts(.standardOutput) == [.readerGone] })
    for number in 0..<300 { set.deliver(sampleEvent(number)) }
    #expect(set.finish(within: 20))
    #expect(!log.facts(.standardOutput).dropFirst().contains(.readerGone))
  }

  @Test func `a reader that does not read stalls its output alone, and the end comes in time`()
    throws
  {
    let pipe = Pipe()
    let path = folder.path("log")
    let set = try OutputSet(
      configuration(standardOutput: .text, logFile: path), metrics: metrics,
      standardOutput: pipe.fileHandleForWriting.fileDescriptor, report: log.add)
    // Far more than a pipe holds and the queue together; paced by the log file's own progress.
    let count = 20_000
    for number in 0..<count {
      set.deliver(sampleEvent(number))
      if number % 200 == 199 {
        #expect(eventually { folder.lines("log").count == number + 1 })
      }
    }
    #expect(folder.lines("log") == sampleLines(0..<count))
    #expect(log.facts(.standardOutput).last == .droppingBegan)
    let start = Date()
    #expect(set.finish(within: 0.2))
    #expect(Date().timeIntervalSince(start) < 10)
    let lostCount = lostCount(log.facts(.standardOutput))
    try pipe.fileHandleForWriting.close()
    let read = pipe.fileHandleForReading.readDataToEndOfFile()
    let lines = String(decoding: read, as: UTF8.self).split(separator: "\n")
    #expect(lines.first == "text 0")
    #expect(read.last == UInt8(ascii: "\n"))
    // 256 in the queue and the line being written were given up at the end.
    #expect((count - lostCount - 257...count - lostCount).contains(lines.count))
  }

  @Test func `a slow reader that goes on ends the dropping with its count`() throws {
    let pipe = Pipe()
    let set = try OutputSet(
      configuration(standardOutput: .jsonl), metrics: metrics,
      standardOutput: pipe.fileHandleForWriting.fileDescriptor, report: log.add)
    var sent = 0
    while log.facts(.standardOutput).isEmpty && sent < 1_000_000 {
      set.deliver(sampleEvent(sent))
      sent += 1
    }
    #expect(log.facts(.standardOutput) == [.droppingBegan])
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var read = Data()
    #expect(
      eventually {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe Glibc.read(descriptor, &piece, piece.count)
        if count > 0 { read += piece.prefix(count) }
        return log.facts(.standardOutput).count == 2
      })
    #expect(set.finish(within: 20))
    try pipe.fileHandleForWriting.close()
    _ = fcntl(descriptor, F_SETFL, 0)
    read += try pipe.fileHandleForReading.readToEnd() ?? Data()
    let lostCount = lostCount(log.facts(.standardOutput))
    #expect(String(decoding: read, as: UTF8.self).split(separator: "\n").count == sent - lostCount)
  }

  @Test func `a full disk is told once, and a line that waited comes whole after a reopening`()
    throws
  {
    let path = folder.path("log")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
    let wanted = configuration(logFile: path)
    let set = try OutputSet(wanted, metrics: metrics, report: log.add)
    for number in 0..<3 { set.deliver(sampleEvent(number)) }
    #expect(
      eventually {
        log.facts(.logFile) == [.failureBegan(path: path, operation: "write", code: ENOSPC)]
      })
    // Two more tries pass without another word.
    sleep(3)
    #expect(log.facts(.logFile).count == 1)
    try FileManager.default.removeItem(atPath: path)
    let next = try OutputSet(wanted, metrics: metrics, reusing: set, report: log.add)
    next.deliver(sampleEvent(3))
    #expect(next.finish(within: 20))
    #expect(folder.lines("log") == sampleLines(0..<4))
    #expect(log.facts(.logFile).last == .failureEnded(path: path, lostCount: 0))
    #expect(log.facts(.logFile).count == 2)
  }

  @Test(.enabled(if: Mounting.mayMountMemory, "needs the right to mount"))
  func `a disk that fills up in the middle of a line leaves whole lines only`() throws {
    // A file system of two pages.
    let disk = folder.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    try #require(unsafe mount("tmpfs", disk, "tmpfs", 0, "size=8k") == 0)
    defer { _ = unsafe umount2(disk, Int32(MNT_DETACH)) }
    let filler = disk + "/filler"
    try Data(count: 4096).write(to: URL(fileURLWithPath: filler))
    let set = try OutputSet(
      configuration(logFile: disk + "/log"), metrics: metrics, report: log.add)
    // 4096 bytes are not a multiple of these lines' length.
    let count = 4096 / 7 + 20
    for number in 0..<count {
      set.deliver(sampleEvent(number % 10 + 100))
      if number % 100 == 99 { usleep(50_000) }
    }
    #expect(eventually { log.facts(.logFile).count == 1 })
    let full = try String(contentsOfFile: disk + "/log", encoding: .utf8)
    #expect(full.hasSuffix("}\n") && full.utf8.count > 4000)
    try FileManager.default.removeItem(atPath: filler)
    #expect(
      eventually { log.facts(.logFile).last == .failureEnded(path: disk + "/log", lostCount: 0) })
    #expect(set.finish(within: 20))
    let all = folder.lines("disk/log")
    #expect(all == (0..<count).map { #"{"n":\#($0 % 10 + 100)}"# })
  }

  @Test func `a log file is reopened after a rotation, without a lost or doubled line`() throws {
    let path = folder.path("log")
    let wanted = configuration(logFile: path)
    var set = try OutputSet(wanted, metrics: metrics, report: log.add)
    for rotation in 0..<5 {
      for number in 0..<40 { set.deliver(sampleEvent(40 * rotation + number)) }
      #expect(unsafe rename(path, "\(path).\(rotation)") == 0)
      set = try OutputSet(wanted, metrics: metrics, reusing: set, report: log.add)
    }
    #expect(set.finish(within: 20))
    let all = (0..<5).flatMap { folder.lines("log.\($0)") } + folder.lines("log")
    #expect(all == sampleLines(0..<200))
    #expect(folder.mode("log.0") == 0o640)
  }

  @Test func `a log file that cannot be opened refuses the new set and leaves the old one`() throws
  {
    let first = folder.path("log")
    let set = try OutputSet(configuration(logFile: first), metrics: metrics, report: log.add)
    let impossible = folder.path("no/such/folder")
    var both = configuration(logFile: impossible)
    both.socketPath = folder.path("socket")
    #expect(
      throws: ListenerError.system(path: impossible, operation: "open", code: ENOENT)
    ) {
      _ = try OutputSet(both, metrics: metrics, reusing: set, report: log.add)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("socket")))
    set.deliver(sampleEvent(0))
    #expect(set.finish(within: 20))
    #expect(folder.lines("log") == sampleLines(0..<1))
  }

  @Test(.enabled(if: Mounting.mayMountHanging, "needs the right to mount, and /dev/fuse"))
  func `a log file on a file system that hangs refuses the new set in time`() throws {
    let first = folder.path("log")
    let set = try OutputSet(configuration(logFile: first), metrics: metrics, report: log.add)
    let disk = try #require(HangingDisk(at: folder.path("disk")))
    defer { disk.unmount() }
    let start = Date()
    #expect(
      throws: ListenerError.system(path: disk.path + "/log", operation: "open", code: ETIMEDOUT)
    ) {
      _ = try OutputSet(
        configuration(logFile: disk.path + "/log"), metrics: metrics, reusing: set,
        report: log.add)
    }
    #expect(Date().timeIntervalSince(start) < 10)
    set.deliver(sampleEvent(0))
    #expect(set.finish(within: 20))
    #expect(folder.lines("log") == sampleLines(0..<1))
  }

  @Test func `a process without descriptors refuses the new set and keeps the old one`() async {
    await #expect(processExitsWith: .success) {
      let folder = try OutputFolder()
      let (metrics, log) = (ListenerMetrics(), ReportLog())
      var configuration = OutputConfiguration()
      configuration.standardOutput = nil
      configuration.logFile = LogFileConfiguration(path: folder.path("log"), format: .jsonl)
      let set = try OutputSet(configuration, metrics: metrics, report: log.add)
      configuration.logFile = nil
      configuration.exec = ExecConfiguration(command: ["/bin/true"])
      var limit = rlimit(rlim_cur: 256, rlim_max: 256)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      var taken: [Int32] = []
      while case let descriptor = dup(0), descriptor >= 0 { taken.append(descriptor) }
      // One that is free is not enough for the pipe.
      for freeCount in 0..<2 {
        #expect(
          throws: ListenerError.system(path: "exec", operation: "create a pipe", code: EMFILE)
        ) {
          _ = try OutputSet(configuration, metrics: metrics, reusing: set, report: log.add)
        }
        if freeCount == 0 { close(taken.removeLast()) }
      }
      for descriptor in taken { close(descriptor) }
      set.deliver(sampleEvent(0))
      let isWhole = set.finish(within: 20) && folder.lines("log") == sampleLines(0..<1)
      try FileManager.default.removeItem(atPath: folder.root)
      exit(isWhole ? 0 : 1)
    }
  }

  @Test func `a pipe as log file has its events read from the moment there is a reader`() throws {
    let path = folder.path("fifo")
    #expect(unsafe mkfifo(path, 0o600) == 0)
    let set = try OutputSet(configuration(logFile: path), metrics: metrics, report: log.add)
    set.deliver(sampleEvent(0))
    #expect(
      eventually {
        log.facts(.logFile) == [.failureBegan(path: path, operation: "open", code: ENXIO)]
      })
    let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
    #expect(reader >= 0)
    set.deliver(sampleEvent(1))
    #expect(eventually { log.facts(.logFile).last == .failureEnded(path: path, lostCount: 1) })
    #expect(set.finish(within: 20))
    let read = FileHandle(fileDescriptor: reader, closeOnDealloc: true).readDataToEndOfFile()
    #expect(String(decoding: read, as: UTF8.self) == sampleLines(1..<2)[0] + "\n")
  }
}
