// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ListenerService
import Testing

/// `systemd/kws.toml`, which people copy.
@Suite struct ConfigurationExampleTests {
  private let text: String

  init() throws {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    text = try String(
      contentsOfFile: parts.joined(separator: "/") + "/systemd/kws.toml", encoding: .utf8)
  }

  @Test func `as it is, the example changes nothing`() throws {
    let resolved = try ConfigurationFixture(text).layers.resolve(isService: false)
    #expect(resolved.configuration == ListenerConfiguration())
  }

  @Test func `uncommented, it passes and names every setting in the order of the help`() throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // A setting follows the # at once, prose follows a space.
      line.hasPrefix("#") && !line.hasPrefix("# ") ? line.dropFirst() : line
    }
    let resolved = try ConfigurationFixture(lines.joined(separator: "\n")).layers
      .resolve(isService: false)
    #expect(Set(resolved.entries.keys) == Set(Setting.allCases))
    #expect(resolved.idle.isEmpty)
    let order = lines.compactMap { Setting(rawValue: String($0.prefix { $0 != " " })) }
    #expect(order == Setting.allCases)
  }
}
