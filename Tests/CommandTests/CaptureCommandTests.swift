// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import PulseServer
import Testing

/// `kws devices` and `kws doctor` against a sound server of the test's own.
@Suite(.serialized) struct CaptureCommandTests {
  @Test func `doctor without a device says so and exits with 69`() throws {
    let command = try Command(["doctor", "--device", "hw:7,7"])
    #expect(command.status == 69)
    #expect(command.lines.contains { $0.hasPrefix("problem  device") && $0.contains("hw:7,7") })
    #expect(command.lines.contains { $0.contains("-> ") })
    let json = try Command(["doctor", "--device", "hw:7,7", "--format", "jsonl"])
    #expect(json.status == 69)
    #expect(try json.objects().last?["verdict"] as? String == "problem")
  }

  @Test func `devices lists what can be opened and why the rest cannot`() throws {
    let server = try PulseServer()
    let command = try run(server, "$KWS devices --device nullmon")
    #expect(command.status == 0)
    #expect(command.lines.last?.hasPrefix("nullmon") == true)
    #expect(command.lines.last?.contains("int16") == true)
    let missing = try run(server, "$KWS devices --device nothing --format jsonl")
    #expect(missing.status == 69)
    #expect(try missing.objects().first?["usable"] as? Bool == false)
    #expect(try missing.objects().first?["errno"] as? Int == 2)
  }

  @Test func `doctor tells speech, silence, clipping and an offset apart`() throws {
    let server = try PulseServer()
    let count = 16_000 * 9
    func noise(_ index: Int) -> Double { Double(index &* 7919 % 2003) / 1001.5 - 1 }
    // Loud and quiet by turns, as speech is.
    let speech = (0..<count).map { index in
      Int16(noise(index) * (index / 4_000 % 2 == 0 ? 6_000 : 40))
    }
    let speechVerdicts = try verdicts(server, playing: speech)
    #expect(
      speechVerdicts == [
        "device": "ok", "rate": "ok", "continuity": "ok", "level": "ok", "noise": "ok",
        "clipping": "ok", "offset": "ok", "speed": "ok",
      ])
    let clipped = (0..<count).map { Int16(max(min(noise($0) * 90_000, 32_767), -32_768)) }
    #expect(try verdicts(server, playing: clipped)["clipping"] == "problem")
    let shifted = (0..<count).map { Int16(9_000 + noise($0) * 2_000) }
    #expect(try verdicts(server, playing: shifted)["offset"] == "problem")
    let silence = try verdicts(server, playing: nil)
    #expect(silence["signal"] == "problem" && silence["level"] == nil)
  }

  /// Verdicts by check while `samples` play.
  private func verdicts(_ server: PulseServer, playing samples: [Int16]?) throws
    -> [String: String]
  {
    let player = try samples.map { try server.play($0) }
    defer { player?.end() }
    if player != nil { usleep(1_000_000) }
    let command = try run(server, "$KWS doctor --device nullmon --seconds 2 --format jsonl")
    #expect(command.status == 0)
    var verdicts: [String: String] = [:]
    for object in try command.objects() {
      if let name = object["check"] as? String, !name.hasPrefix("sound"), name != "permissions" {
        verdicts[name] = object["verdict"] as? String
      }
    }
    return verdicts
  }

  private func run(_ server: PulseServer, _ script: String) throws -> Command {
    try Command(script: "export ALSA_CONFIG_PATH=$1; \(script)", [server.root + "/asound.conf"])
  }
}
