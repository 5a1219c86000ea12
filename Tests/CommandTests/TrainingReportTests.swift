// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `kws train --report`.
@Suite struct TrainingReportTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  private func epochs(_ folder: String) throws -> [[String: Any]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/out/report.json"))
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(object["epochs"] as? [[String: Any]])
  }

  @Test func `every epoch is on the page, and the checkpoint is that of a run without`() throws {
    let (plain, folder) = (
      try fixture.workingFolder("plain"), try fixture.workingFolder("report")
    )
    #expect(try Command(fixture.training(epochs: 3), workingDirectory: plain).status == 0)
    let run = try Command(
      fixture.training(epochs: 3, ["--report", "out"]), workingDirectory: folder)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output == "wrote run.safetensors\nwrote out/report.html\n")
    #expect(try fixture.checkpoint(folder) == fixture.checkpoint(plain))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/out").sorted() == [
        "accuracy.svg", "loss.svg", "report.html", "report.json",
      ])
    let epochs = try epochs(folder)
    #expect(epochs.map { $0["epoch"] as? Int } == [1, 2, 3])
    // The last line of progress has the same figures, rounded.
    let loss = try #require(epochs.last?["loss"] as? Double)
    let printed = try #require(
      run.error.split(separator: "\n").last?.firstMatch(
        of: Regex(#"loss (\d+\.\d+)"#, as: (Substring, Substring).self)))
    #expect(abs(try #require(Double(printed.output.1)) - loss) < 0.01)
    let page = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
    #expect(XMLParser(data: Data(page.utf8)).parse())
    #expect(page.contains("3 of 3 epochs are done") && page.contains("--report out"))
  }

  @Test func `a training that goes on keeps the epochs before`() throws {
    // An epoch of about a tenth of a second.
    let fixture = try TrainingFixture(clipCount: 400, channelCount: 1024)
    let folder = try fixture.workingFolder("whole")
    let arguments = fixture.training(epochs: 6, ["--report", "out"])
    #expect(try Command(arguments, workingDirectory: folder).status == 0)
    let whole = try epochs(folder)
    let short = try fixture.workingFolder("short")
    let run = try Command(
      script: """
        "$KWS" "$@" 2> error & pid=$!
        while ! grep -q '^epoch 1/' error; do sleep 0.01; done
        kill -s INT $pid 2> /dev/null
        wait $pid
        "$KWS" "$@" --resume
        """, arguments, workingDirectory: short)
    #expect(run.status == 0, "\(run.error)")
    let losses = try epochs(short).map { $0["loss"] as? Double }
    #expect(losses == whole.map { $0["loss"] as? Double } && losses.count == 6)
  }
}
