// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The units in `systemd/`, as systemd's own tools judge them without a running systemd.
@Suite struct SystemdUnitTests {
  private static let folder = SourceTree.root + "systemd/"

  @Test(arguments: ["kws.service", "user/kws.service"])
  func `systemd finds nothing to say about a unit`(name: String) throws {
    let run = try verify(name) { $0 }
    #expect(run.status == 0)
    #expect(run.error == "" && run.output == "")
    // The same check sees what is wrong.
    let wrong = try verify(name) { $0.replacing("WatchdogSec=", with: "WatchdogSek=") }
    #expect(wrong.error.contains("WatchdogSek"))
  }

  /// Verifies a copy of the unit that starts the built executable.
  private func verify(_ name: String, change: (String) -> String) throws -> Command {
    let unit = try String(contentsOfFile: Self.folder + name, encoding: .utf8)
    let installed = "ExecStart=/usr/local/bin/kws "
    #expect(unit.contains(installed))
    let copy = change(unit.replacing(installed, with: "ExecStart=\(Command.executable) "))
    let folder = try TemporaryFolder()
    let path = try folder.write("kws.service", Array(copy.utf8))
    let scope = name.hasPrefix("user/") ? "--user" : "--system"
    return try Command(
      script: "HOME=$2 XDG_RUNTIME_DIR=$2 systemd-analyze $3 verify $1",
      [path, folder.root, scope])
  }

  @Test func `the service is exposed by no more than 1.5 of 10`() throws {
    func exposure(threshold: Int) throws -> Command {
      try Command(
        script: "systemd-analyze security --no-pager --offline=true --threshold=$1 $2",
        ["\(threshold)", Self.folder + "kws.service"])
    }
    let run = try exposure(threshold: 15)
    #expect(run.status == 0)
    #expect(run.output.contains("Overall exposure level for kws.service"))
    #expect(try exposure(threshold: 1).status != 0)
  }

  @Test func `a unit has no line without its reason`() throws {
    let reasons = try String(contentsOfFile: Self.folder + "README.md", encoding: .utf8)
    for name in ["kws.service", "user/kws.service"] {
      let unit = try String(contentsOfFile: Self.folder + name, encoding: .utf8)
      for line in unit.split(separator: "\n") where line.contains("=") && !line.hasPrefix("#") {
        let key = line.prefix { $0 != "=" }
        #expect(reasons.contains("`\(key)"), "\(name): \(key)")
      }
    }
  }
}
