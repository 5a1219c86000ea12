// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService
import Testing

/// `kws listen --check-config`, which opens no device.
@Suite struct ListenConfigurationTests {
  private func check(_ arguments: [String], environment: String = "") throws -> Command {
    try Command(script: "\(environment) $KWS listen --check-config \"$@\"", arguments)
  }

  /// Runs with a file of `text` and gives what was said with its path as FILE.
  private func check(_ text: String, _ arguments: [String] = [], environment: String = "") throws
    -> Command
  {
    let folder = try TemporaryFolder()
    let path = try folder.write("kws.toml", Array(text.utf8))
    var run = try check(["--config", path] + arguments, environment: environment)
    run.error = run.error.replacing(path, with: "FILE")
    run.output = run.output.replacing(path, with: "FILE")
    return run
  }

  @Test func `the flags are the settings and nothing else`() throws {
    let help = try Command(["listen", "--help"]).output
    let flags = help.split(separator: "\n").filter { $0.hasPrefix("  --") }.map { line in
      String(line.dropFirst(2).prefix { $0 != " " && $0 != "/" })
    }
    let others = ["--config", "--check-config", "--version"]
    #expect(flags.filter { !others.contains($0) } == Setting.allCases.map(\.flag))
  }

  @Test func `the defaults are printed with their origin and make a file that changes nothing`()
    throws
  {
    let run = try check([])
    #expect(run.status == 0 && run.error == "")
    #expect(run.lines.count == Setting.allCases.count)
    #expect(run.lines.contains("device = \"default\"  # built in"))
    #expect(run.lines.contains("# model: not set"))
    #expect(run.lines.contains("# exec-limit: no use without exec"))
    let again = try check(run.output)
    #expect(again.status == 0)
    func values(_ run: Command) -> [String] {
      run.lines.map { $0.replacing(#/ +#.*/#, with: "") }
    }
    #expect(values(again) == values(run))
  }

  @Test func `every value says where it comes from`() throws {
    let run = try check(
      "device = \"hw:1\"\nthreshold = [0.8, \"left=0.7\"]\nformat = \"name\"\nclip-quota = 3",
      ["--format", "jsonl", "--wait-for-device"],
      environment: "KWS_FORMAT=text KWS_NEAR_MISSES=on KWS_EXEC=\"'/bin/true' 'a b'\"")
    #expect(run.status == 0 && run.error == "")
    for line in [
      "device = \"hw:1\"  # FILE:1:10", "threshold = [0.8,\"left=0.7\"]  # FILE:2:13",
      "format = \"jsonl\"  # --format", "near-misses = 0.7  # KWS_NEAR_MISSES",
      "exec = [\"/bin/true\",\"a b\"]  # KWS_EXEC", "wait-for-device = true  # --wait-for-device",
      "# clip-quota: no use without save-clips (FILE:4:14)",
    ] {
      #expect(run.lines.contains(line), "\(line)")
    }
  }

  @Test func `all mistakes are told at once with their places`() throws {
    let run = try check(
      "tresholds = 0.5\nwall-clock = \"yes\"\nclip-quota = 0\n\"a\\u001B[2J\" = 1",
      ["--metrics-port", "http"], environment: "KWS_FORMAT=xml KWS_EXEC=\"a 'b\" KWS_DEVISE=x")
    #expect(run.status == 78 && run.output == "")
    #expect(
      run.error == """
        kws: FILE:1:1: tresholds: no such setting; the nearest is threshold.
        kws: FILE:2:14: wall-clock: expected true or false, found a string.
        kws: FILE:3:14: clip-quota: expected a whole number from 1 to 1000000, found 0.
        kws: FILE:4:1: a?[2J: no such setting; kws listen --help lists all.
        kws: KWS_DEVISE: no such setting; the nearest is KWS_DEVICE.
        kws: KWS_EXEC: the quote ' at character 3 has no end.
        kws: KWS_FORMAT: expected one of text, jsonl, name, none, found xml.
        kws: --metrics-port: expected a whole number from 1 to 65535, found http.

        """)
  }

  @Test(
    arguments: [
      (
        ["--metrics-port", "0"], "--metrics-port: expected a whole number from 1 to 65535, found 0"
      ),
      (["--threshold", "2"], "--threshold: expected a number from 0.001 to 1"),
      (["--format", "none"], "--format: no event would go anywhere"),
      (["--record", "x", "--log-file", "x"], "--log-file: the same file as --record"),
      (["--exec", "a \\"], "--exec: the backslash at character 3"),
      (["--device", ""], "--device: expected a text, found nothing"),
    ])
  func `wrong flags alone are wrong use`(arguments: [String], text: String) throws {
    let run = try check(arguments)
    #expect(run.status == 64 && run.output == "")
    #expect(run.error.hasPrefix("kws: \(text)"), "\(run.error)")
  }

  @Test func `a file that is missing or no TOML is named`() throws {
    let missing = try check(["--config", "/nonexistent/kws.toml"])
    #expect(missing.status == 78 && missing.error == "kws: /nonexistent/kws.toml: no such file.\n")
    #expect(try check([], environment: "KWS_CONFIG=/nonexistent/kws.toml").status == 78)
    #expect(try check([], environment: "KWS_CONFIG=-/nonexistent/kws.toml").status == 0)
    let broken = try check("device = \"a\ndevice = \"b\"\n")
    #expect(broken.status == 78 && broken.error.hasPrefix("kws: FILE:1:12: no TOML: "))
  }

  @Test func `what would keep the listener from starting is found without starting it`() throws {
    let run = try check(
      """
      threshold = [0.5, "zebra=0.5"]
      exec = ["no-such-program-here"]
      save-clips = "/nonexistent"
      log-file = "/etc"
      socket = "/etc/passwd"
      metrics-textfile = "/nonexistent/kws.prom"
      """)
    #expect(run.status == 78)
    #expect(run.lines.contains("save-clips = \"/nonexistent\"  # FILE:3:14"))
    let errors = run.error.split(separator: "\n")
    for start in [
      "kws: FILE:1:13: threshold: 'zebra' is no keyword of the model; it knows ",
      "kws: FILE:2:8: exec: no-such-program-here is no program in PATH",
      "kws: FILE:3:14: save-clips: /nonexistent: the folder /nonexistent cannot be written: ",
      "kws: FILE:4:12: log-file: /etc is a folder, expected a file.",
      "kws: FILE:5:10: socket: /etc/passwd is there and is no socket.",
      "kws: FILE:6:20: metrics-textfile: /nonexistent/kws.prom: the folder /nonexistent cannot be written: ",
    ] {
      #expect(errors.contains { $0.hasPrefix(start) }, "\(start)")
    }
    #expect(errors.count == 6)
    let model = try check(["--model", "/nonexistent.safetensors"])
    #expect(model.status == 78 && model.error.contains("/nonexistent.safetensors"))
  }
}
