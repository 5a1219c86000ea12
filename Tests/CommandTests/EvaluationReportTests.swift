// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `kws evaluate --report`.
@Suite struct EvaluationReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func page() throws -> String {
    let page = try String(contentsOfFile: folder.path("out/report.html"), encoding: .utf8)
    #expect(XMLParser(data: Data(page.utf8)).parse())
    // Nothing is loaded: addresses name the two languages only.
    let rest = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
      .replacingOccurrences(of: "http://www.w3.org/1999/xhtml", with: "")
    #expect(!rest.contains("http:") && !rest.contains("https:") && !rest.contains("href"))
    #expect(!rest.contains("<script") && !rest.contains("src=\"/"))
    return page
  }

  private func report() throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path("out/report.json")))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// The files of the report, all of them whole.
  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
  }

  @Test func `conditions: the page and its JSON have what is printed`() throws {
    let clips = try folder.makeClips()
    let arguments = [
      "evaluate", "--clips", clips, "--noise", try Speech.path("Noise"), "--snr", "20,0",
      "--gain", "-6,6",
    ]
    let run = try Command(arguments + ["--json", "--report", folder.path("out")])
    #expect(run.status == 0, "\(run.error)")
    #expect(try files() == ["levels.svg", "noise.svg", "report.html", "report.json"])
    let printed = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? NSArray
    #expect(printed?.count == 5)
    #expect(try report()["evaluation"] as? NSArray == printed)
    let page = try page()
    for row in try Command(arguments).lines.dropFirst() {
      let name = try #require(row.components(separatedBy: "  ").first)
      #expect(page.contains(name), "\(row)")
    }
    let compared = try Command(arguments + ["--compare", "m.safetensors"])
    #expect(compared.status == 64 && compared.error.contains("go without --compare"))
  }

  @Test func `clips: the page, its JSON and what is printed have the same figures`() throws {
    let clips = try folder.makeClips()
    // Silence that is called a word: a clip that is decided wrong.
    try folder.write(
      "clips/yes/mute & <b>.wav", WaveFile.bytes([Float](repeating: 0, count: 16_000)))
    let arguments = ["evaluate", "--clips", clips, "--report", folder.path("out")]
    let run = try Command(arguments + ["--json"])
    #expect(run.status == 0, "\(run.error)")
    #expect(run.lines.count == 1)
    #expect(
      try files() == [
        "classes.svg", "confusion.svg", "keywords.svg", "report.html", "report.json",
        "scores.svg",
      ])
    let report = try report()
    let printed = try #require(run.objects().first)
    #expect(report["evaluation"] as? NSDictionary == printed as NSDictionary)
    let rest = try #require(report["withoutSilence"] as? [String: Any])
    let (count, right) = (
      try #require(printed["clips"] as? Int), try #require(printed["correct"] as? Int)
    )
    #expect(count == 7 && rest["clips"] as? Int == 6)
    let wrong = try #require(report["wrong"] as? [[String: Any]])
    #expect(wrong.count == count - right)
    #expect(wrong.contains { $0["clip"] as? String == "yes/mute & <b>.wav" })
    let scores = try #require(report["scores"] as? [String: Any])
    let counts = try #require(scores["counts"] as? [String: [Int]])
    #expect(counts["right"]?.reduce(0, +) == right)
    #expect(counts["wrong"]?.reduce(0, +) == count - right)
    #expect((report["command"] as? String)?.hasPrefix("kws evaluate --clips ") == true)

    let text = try Command(arguments)
    let page = try page()
    let accuracy = try #require(text.lines.first?.split(separator: " ").dropFirst(3).first)
    #expect(page.contains("<strong>\(accuracy) %</strong>"))
    #expect(page.contains("\(right) of \(count) clips right"))
    #expect(page.contains("yes/mute &amp; &lt;b&gt;.wav"))
    #expect(page.components(separatedBy: "<audio").count == 1 + count)
    #expect(page.contains("kws evaluate --clips "))
    #expect(text.lines.last == "wrote \(folder.path("out"))/report.html")
  }

  @Test func `clips without silence and without a keyword make a page as well`() throws {
    try folder.write(
      "clips/_silence_/zero.wav", WaveFile.bytes([Float](repeating: 0, count: 9_000)))
    let run = try Command([
      "evaluate", "--clips", folder.path("clips"), "--report", folder.path("out"), "--in-stream",
    ])
    #expect(run.status == 0, "\(run.error)")
    #expect(try report()["withoutSilence"] == nil)
    #expect(!(try page()).contains("without the clips of silence"))
  }

  @Test func `streams: the page, its JSON and what is printed have the same figures`() throws {
    let (stream, truth) = try folder.makeStream()
    let run = try Command([
      "evaluate", "--json", "--stream", stream, "--truth", truth, "--background",
      Speech.path("Noise"), "--report", folder.path("out"),
    ])
    #expect(run.status == 0, "\(run.error)")
    let report = try report()
    #expect(report["evaluation"] as? NSDictionary == (try run.objects().first) as NSDictionary?)
    let scores = try #require(report["scores"] as? [String: Any])
    let counts = try #require(scores["counts"] as? [String: [Int]])
    #expect(counts["words"]?.reduce(0, +) == 2)
    #expect((report["missed"] as? [Any])?.isEmpty == true)
    let page = try page()
    #expect(page.contains("<strong>0.00 %</strong>") && page.contains("0 of 2 words missed"))
    #expect(try files().contains("latency.svg"))
  }

  @Test func `missed words and false alarms are to be heard`() throws {
    let (stream, _) = try folder.makeStream()
    // "left" is spoken where the truth has "stop": a miss and a false alarm.
    let truth = try folder.write("wrong.tsv", Array("0.0\t1.2\tstop\n".utf8))
    let run = try Command([
      "evaluate", "--stream", stream, "--truth", truth, "--report", folder.path("out"),
    ])
    #expect(run.status == 0, "\(run.error)")
    let report = try report()
    let missed = try #require(report["missed"] as? [[String: Any]])
    let alarms = try #require(report["falseAlarms"] as? [[String: Any]])
    #expect(missed.first?["word"] as? String == "stop" && missed.count == 1)
    #expect(Set(alarms.compactMap { $0["keyword"] as? String }) == ["left", "right"])
    let players = try page().components(separatedBy: "<audio").count - 1
    #expect(players == missed.count + alarms.count)
  }

  @Test func `a folder that cannot be written is refused before anything is heard`() throws {
    let file = try folder.write("file", [1])
    for (path, status, text) in [
      (file, Int32(74), "is a file, expected a folder"),
      (file + "/below", 74, "Not a directory"), ("/proc/none/x", 74, "mkdir failed"),
      ("", 64, "expected the name of a folder"),
    ] {
      let run = try Command(["evaluate", "--clips", "none", "--report", path])
      #expect(run.status == status, "\(path): \(run.error)")
      #expect(run.error.contains(text), "\(run.error)")
      #expect(run.output == "")
    }
  }
}
