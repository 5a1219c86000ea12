// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import KeywordSpotting
import ListenerService

extension EventFormat: ExpressibleByArgument {
  /// The line for one detection, or near miss, in `source` at `rate` samples per second.
  ///
  /// - Parameter wallClock: Unix seconds of sample `detection.at`; nil leaves the time of day out,
  ///   so that a recording gives the same lines whenever it is heard.
  func line(
    _ detection: Detection, rate: Int, source: String, wallClock: Double? = nil
  ) -> String {
    switch self {
    case .name: return detection.label
    case .text:
      let seconds = Double(detection.at) / Double(rate)
      let extent = "\(time(detection.start, rate))-\(time(detection.end, rate)) s"
      let moment = wallClock.map { timestamp($0) + "  " } ?? ""
      let nearly = detection.isNearMiss ? "nearly " : ""
      return "\(moment)\(source): \(fixed(seconds, decimals: 2)) s  \(nearly)\(detection.label)  "
        + "score \(fixed(Double(detection.score), decimals: 2))  word \(extent)"
    case .jsonl:
      var object = JSONLine()
      object.add("event", detection.isNearMiss ? "near-miss" : "detection")
      object.add("keyword", detection.label)
      object.add("score", Double(detection.score), decimals: 4)
      object.add("threshold", Double(detection.threshold), decimals: 4)
      object.add("at", detection.at)
      object.add("start", detection.start)
      object.add("end", detection.end)
      object.add("rate", rate)
      object.add("source", source)
      if let wallClock { object.add("time", timestamp(wallClock)) }
      return object.text
    }
  }

  private func time(_ sample: Int, _ rate: Int) -> String {
    fixed(Double(sample) / Double(rate), decimals: 2)
  }
}
