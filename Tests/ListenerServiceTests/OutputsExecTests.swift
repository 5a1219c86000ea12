// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import ListenerService
import Testing

/// Real children of `--exec`. One after the other: they look at the process's own children.
@Suite(.serialized) struct OutputsExecTests {
  let folder: OutputFolder
  let metrics = ListenerMetrics()
  let log = ReportLog()

  init() throws { folder = try OutputFolder() }

  private func makeSet(
    _ command: [String], timeout: Double = 60, limit: Int = 4, environment: [String]? = nil,
    reusing old: OutputSet? = nil
  ) throws -> OutputSet {
    var configuration = OutputConfiguration()
    configuration.standardOutput = nil
    configuration.exec = ExecConfiguration(
      command: command, timeoutSeconds: timeout, childLimit: limit)
    return try OutputSet(
      configuration, metrics: metrics, reusing: old, environment: environment, report: log.add)
  }

  private func count(_ name: String) -> Int {
    let sample = "kws_output_\(name)_total{output=\"exec\"} "
    let line = metrics.text.split(separator: "\n").first { $0.hasPrefix(sample) }
    return line.flatMap { Int($0.dropFirst(sample.count)) } ?? -1
  }

  @Test func `a child gets the event on its input and in its environment, and nothing else`() throws
  {
    // What a child must not get: variables of the service manager, an open descriptor, a blocked
    // signal.
    // A number that no shell uses for itself.
    let leak = fcntl(STDERR_FILENO, F_DUPFD, 300)
    defer { close(leak) }
    let script = try folder.script(
      "child",
      """
      cd "$1"
      cat >input
      env | grep -E '^(K|NOTIFY|WATCHDOG)' | sort >environment
      printf '%s\\n' "$2" >argument
      ls /proc/$$/fd | tr '\\n' ' ' >descriptors
      grep -E '^Sig(Blk|Ign)' /proc/$$/status | cut -f 2 | tr '\\n' ' ' >signals
      ps -o pgid= -p $$ | tr -d ' ' >group; echo $$ >>group
      outputs=$(readlink /proc/$$/fd/1 /proc/$$/fd/2)
      echo "$outputs" >done
      """)
    let dangerous = "$(touch \(folder.path("injected"))); `id`"
    let inherited = [
      "PATH=/usr/bin:/bin", "NOTIFY_SOCKET=/nowhere", "WATCHDOG_USEC=1000000",
      "KWS_SOCKET=/nowhere", "KIND=kept",
    ]
    let set = try makeSet([script, folder.root, dangerous], environment: inherited)
    set.deliver(sampleEvent(7, label: "seven; exit"))
    #expect(set.finish(within: 60))
    #expect(folder.lines("input") == [#"{"n":7}"#])
    #expect(
      folder.lines("environment") == [
        "KIND=kept", "KWS_AT=16000", "KWS_END=12000", #"KWS_EVENT={"n":7}"#,
        "KWS_KEYWORD=seven; exit",
        "KWS_RATE=16000", "KWS_SCORE=0.8750", "KWS_SOURCE=test", "KWS_START=4000",
        "KWS_THRESHOLD=0.5000",
      ])
    #expect(folder.lines("argument") == [dangerous])
    #expect(!FileManager.default.fileExists(atPath: folder.path("injected")))
    let descriptors = try String(contentsOfFile: folder.path("descriptors"), encoding: .utf8)
    #expect(!descriptors.split(separator: " ").contains("\(leak)"))
    let signals = try String(contentsOfFile: folder.path("signals"), encoding: .utf8)
    // 32 and 33 are the C library's own.
    let masks = signals.split(separator: " ").compactMap { UInt64($0, radix: 16) }
    #expect(masks.map { $0 & ~(3 << 31) } == [0, 0])
    let group = folder.lines("group")
    #expect(group.count == 2 && group[0] == group[1])
    let outputs = folder.lines("done")
    #expect(outputs.count == 2 && outputs[0] == outputs[1])
    #expect(log.all.isEmpty && count("delivered") == 1)
  }

  @Test func `a program that does not exist is told once`() throws {
    let set = try makeSet([folder.path("missing")])
    for number in 0..<3 { set.deliver(sampleEvent(number)) }
    #expect(set.finish(within: 60))
    #expect(log.facts(.exec) == [.childFailed(.notStarted(code: ENOENT))])
    #expect(count("failed") == 3)
  }

  @Test func `failures are told once and recovery with their count`() throws {
    let script = try folder.script("child", "exit $KWS_AT")
    let set = try makeSet([script])
    for status in [3, 4, 0, 5] {
      set.deliver(sampleEvent(0, at: status))
      let done = status == 0 ? "delivered" : "failed"
      let before = [3: 1, 4: 2, 0: 1, 5: 3][status]!
      #expect(eventually { count(done) == before })
    }
    #expect(set.finish(within: 60))
    #expect(
      log.facts(.exec) == [
        .childFailed(.status(3)), .childRecovered(failureCount: 2), .childFailed(.status(5)),
      ])
  }

  @Test func `a child that ignores the request to end is killed with all that it started`() throws {
    let script = try folder.script(
      "child",
      """
      trap '' TERM
      sh -c 'trap "" TERM; echo $$ >"$0/grandchild"; while :; do sleep 1; done' "$1" &
      echo $$ >"$1/pid"
      while :; do sleep 1; done
      """)
    let set = try makeSet([script, folder.root], timeout: 1)
    set.deliver(sampleEvent(0))
    #expect(eventually { log.facts(.exec) == [.childFailed(.timedOut(seconds: 1))] })
    for name in ["pid", "grandchild"] {
      let processID = try #require(folder.lines(name).first.flatMap { pid_t($0) })
      #expect(eventually { !isRunning(processID) }, "\(name) \(processID)")
    }
    #expect(set.finish(within: 60))
    #expect(childCount() == 0)
  }

  @Test func `more children than allowed are not started, and counted`() throws {
    let script = try folder.script(
      "child",
      """
      echo >"$1/started.$KWS_AT"
      until [ -e "$1/go" ]; do sleep 0.1; done
      """)
    let set = try makeSet([script, folder.root], limit: 2)
    for number in 0..<5 { set.deliver(sampleEvent(number, at: number)) }
    #expect(eventually { count("dropped") == 3 })
    #expect(log.facts(.exec) == [.droppingBegan])
    _ = FileManager.default.createFile(atPath: folder.path("go"), contents: nil)
    #expect(eventually { log.facts(.exec).last == .droppingEnded(lostCount: 3) })
    #expect(set.finish(within: 60))
    #expect(count("delivered") == 2)
    let started = try FileManager.default.contentsOfDirectory(atPath: folder.root)
    #expect(started.filter { $0.hasPrefix("started") }.sorted() == ["started.0", "started.1"])
  }

  @Test func `a child that reads nothing of a long event neither blocks nor leaks`() throws {
    let before = openDescriptorCount()
    let set = try makeSet(["true"], limit: 64)
    var event = sampleEvent(0)
    event.json = "{\"x\":\"\(String(repeating: "x", count: 200_000))\"}"
    // Longer than a single variable may be, so this child cannot even start.
    set.deliver(event)
    event.json = "{\"x\":\"\(String(repeating: "x", count: 90_000))\"}"
    for round in 1...8 {
      for _ in 0..<50 { set.deliver(event) }
      #expect(eventually { count("delivered") == 50 * round })
    }
    #expect(count("failed") == 1)
    #expect(set.finish(within: 60))
    #expect(childCount() == 0)
    // Other tests have some open meanwhile.
    #expect(openDescriptorCount() < before + 200)
  }

  @Test func `the end waits for children, and ends those that do not come to one`() throws {
    let quick = try folder.script("quick", "sleep 1; echo >\"$1/done\"")
    let first = try makeSet([quick, folder.root])
    first.deliver(sampleEvent(0))
    #expect(first.finish(within: 60))
    #expect(folder.lines("done") == [""])
    let second = try makeSet(["sleep", "1000"])
    second.deliver(sampleEvent(0))
    #expect(eventually { childCount() == 1 })
    let start = Date()
    #expect(second.finish(within: 1.5))
    #expect(Date().timeIntervalSince(start) < 20)
    #expect(childCount() == 0)
  }

  @Test func `a new command holds from the next event on`() throws {
    let script = try folder.script("child", "echo $KWS_AT >>\"$1\"; sleep 0.5")
    let first = try makeSet([script, folder.path("first")])
    first.deliver(sampleEvent(0, at: 1))
    #expect(eventually { folder.lines("first") == ["1"] })
    let second = try makeSet([script, folder.path("second")], reusing: first)
    second.deliver(sampleEvent(1, at: 2))
    #expect(second.finish(within: 60))
    #expect(folder.lines("first") == ["1"] && folder.lines("second") == ["2"])
  }

  private func isRunning(_ processID: pid_t) -> Bool {
    guard kill(processID, 0) == 0 else { return false }
    // An orphan whose new parent does not collect it stays a zombie.
    let status = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
    return status?.split(separator: ")").last?.hasPrefix(" Z") != true
  }

  /// Children of these tests that are running or not collected; other tests have some too.
  private func childCount() -> Int {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.reduce(0) { total, task in
      let text = try? String(contentsOfFile: "/proc/self/task/\(task)/children", encoding: .utf8)
      return total
        + (text ?? "").split(separator: " ").count { child in
          let name = try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)
          return ["child\n", "quick\n", "sleep\n", "true\n"].contains(name)
        }
    }
  }

  private func openDescriptorCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
  }
}
