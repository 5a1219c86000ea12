// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService
import Testing

@Suite struct ConfigurationLayersTests {
  @Test func `flags win over the environment, and it over the file, setting by setting`() throws {
    let file = try ConfigurationFixture(
      "device = \"file\"\nmodel = \"file\"\nsocket = \"file\"\nexec-limit = 3")
    var layers = file.layers
    layers.addEnvironment([
      ("KWS_MODEL", "environment"), ("KWS_SOCKET", "environment"), ("PATH", "/bin"),
      ("KWS_CONFIG", "x"), ("KWS_RECORD", ""),
    ])
    layers.addFlag(.socket, ["flag"])
    let resolved = try layers.resolve(isService: false)
    #expect(resolved.configuration.device == "file")
    #expect(resolved.configuration.modelPath == "environment")
    #expect(resolved.configuration.outputs.socketPath == "flag")
    #expect(resolved.configuration.recordingPath == nil)
    #expect(
      resolved.origin(of: .device)
        == .file(path: file.path, TextPosition(line: 1, column: 10)))
    #expect(resolved.origin(of: .model) == .environment(name: "KWS_MODEL"))
    #expect(resolved.origin(of: .socket) == .flag("--socket"))
    #expect(resolved.origin(of: .record) == .builtIn)
    #expect(resolved.idle.map(\.setting) == [.execLimit])
  }

  @Test func `a value means the same in a file, a variable and a flag`() throws {
    let values: [(Setting, toml: String, text: String)] = [
      (.device, "\"hw:1,0\"", "hw:1,0"), (.threshold, "[0.5, \"yes=0.4\"]", "0.5,yes=0.4"),
      (.nearMisses, "true", "yes"), (.nearMisses, "0.5", "0.5"), (.nearMisses, "false", "off"),
      (.format, "\"none\"", "none"), (.wallClock, "true", "true"), (.execLimit, "2", "2"),
      (.execTimeout, "2", "2"), (.exec, "[\"a b\", \"c\"]", "'a b' c"),
    ]
    for (setting, toml, text) in values {
      // Outputs whose format is none need another one.
      let rest = setting == .socket ? "" : "\nsocket = \"s\""
      let file = try ConfigurationFixture("\(setting.key) = \(toml)\(rest)").layers
      var environment = ConfigurationLayers()
      environment.addEnvironment([(setting.environmentName, text), ("KWS_SOCKET", "s")])
      var flags = ConfigurationLayers()
      flags.addFlag(setting, [text])
      flags.addFlag(.socket, ["s"])
      let expected = try file.resolve(isService: false).configuration
      #expect(try environment.resolve(isService: false).configuration == expected, "\(setting)")
      #expect(try flags.resolve(isService: false).configuration == expected, "\(setting)")
    }
  }

  @Test func `mistakes of all layers are told together`() throws {
    var layers = try ConfigurationFixture("devise = 1").layers
    layers.addEnvironment([
      ("KWS_TRESHOLD", "1"), ("KWS_EXEC", "a 'b"), ("KWS_WALL_CLOCK", "maybe"),
    ])
    layers.addFlag(.metricsPort, ["80x"])
    layers.addFlag(.threshold, ["0.5", "nan", "=0.5", "2"])
    layers.addFlag(.silenceSeconds, ["inf"])
    #expect(
      layers.mistakes.map(\.field) == [
        "devise", "KWS_EXEC", "KWS_TRESHOLD", "KWS_WALL_CLOCK", "--metrics-port", "--threshold",
        "--threshold", "--threshold", "--silence-seconds",
      ])
    #expect(
      layers.mistakes.map(\.fact) == [
        .unknown(nearest: "device"), .quoting(.openQuote("'", offset: 2)),
        .unknown(nearest: "KWS_THRESHOLD"), .notAValue(expected: .boolean, found: "maybe"),
        .notAValue(expected: .integer(1...65_535), found: "80x"),
        .notAValue(expected: Setting.threshold.kind, found: "nan"),
        .notAValue(expected: Setting.threshold.kind, found: "=0.5"),
        .outOfRange(expected: Setting.threshold.kind, found: "2"),
        .outOfRange(expected: .number(1...86_400), found: "inf"),
      ])
    #expect(throws: ConfigurationError(mistakes: layers.mistakes)) {
      try layers.resolve(isService: true)
    }
  }

  @Test func `settings that contradict each other are refused`() throws {
    var layers = ConfigurationLayers()
    layers.addEnvironment([("KWS_LOG_FILE", "same"), ("KWS_FORMAT", "none")])
    layers.addFlag(.record, ["same"])
    layers.addFlag(.metricsSocket, [String(repeating: "x", count: 108)])
    let error = #expect(throws: ConfigurationError.self) { try layers.resolve(isService: false) }
    #expect(
      error?.mistakes == [
        ConfigurationMistake(
          origin: .environment(name: "KWS_LOG_FILE"), field: "KWS_LOG_FILE",
          fact: .sameFile(as: .record, at: .flag("--record"))),
        ConfigurationMistake(
          origin: .flag("--metrics-socket"), field: "--metrics-socket",
          fact: .socketPathLength(limit: 107, found: 108)),
      ])
    var silent = ConfigurationLayers()
    silent.addFlag(.format, ["none"])
    let other = #expect(throws: ConfigurationError.self) { try silent.resolve(isService: false) }
    #expect(other?.mistakes.map(\.fact) == [.noOutput])
  }

  @Test func `a service waits for its device unless told otherwise`() throws {
    var layers = ConfigurationLayers()
    #expect(try layers.resolve(isService: true).configuration.waitsForDevice)
    #expect(try !layers.resolve(isService: false).configuration.waitsForDevice)
    layers.addFlag(.waitForDevice, ["false"])
    #expect(try !layers.resolve(isService: true).configuration.waitsForDevice)
  }
}
