// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ListenerService
import Testing

@Suite struct MetricsTextTests {
  let metrics = ListenerMetrics(faults: ["overrun", "stalled"], states: ["waiting", "running"])

  private func value(_ sample: String) -> String? {
    metrics.text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }.map {
      String($0.dropFirst(sample.count + 1))
    }
  }

  @Test func `what was counted stands in the text`() {
    metrics.processed(sampleCount: 160, seconds: 0.0002)
    metrics.processed(sampleCount: 160, seconds: 0.002)
    metrics.captured(frameCount: 48_000, lostSeconds: 0.25, reopenCount: 1)
    metrics.faultBegan(0)
    metrics.faultBegan(0)
    metrics.faultBegan(1)
    metrics.captureIs(1)
    metrics.heard(levelDBFS: -42.5, clippedRatio: 0.125)
    metrics.modelIs(keywords: ["seven", "stop"], digest: "ab", version: "1")
    metrics.reported(sampleEvent(0), latencySeconds: 0.12)
    metrics.reported(sampleEvent(1, score: 0.375, isNearMiss: true), latencySeconds: 0.5)
    #expect(value("kws_processed_samples_total") == "320")
    #expect(value(#"kws_inference_duration_seconds_bucket{le="0.00025"}"#) == "1")
    #expect(value(#"kws_inference_duration_seconds_bucket{le="+Inf"}"#) == "2")
    #expect(value("kws_inference_duration_seconds_sum").flatMap(Double.init) == 0.0022)
    #expect(value("kws_audio_frames_total") == "48000")
    #expect(value("kws_audio_lost_seconds_total") == "0.25")
    #expect(value("kws_audio_overruns_total") == "2")
    #expect(value(#"kws_capture_faults_total{fault="stalled"}"#) == "1")
    #expect(value("kws_device_reopens_total") == "1")
    #expect(value(#"kws_capture_state{state="running"}"#) == "1")
    #expect(value(#"kws_capture_state{state="waiting"}"#) == "0")
    #expect(value("kws_input_level_dbfs") == "-42.5")
    #expect(value("kws_input_clipped_ratio") == "0.125")
    #expect(value(#"kws_detections_total{keyword="seven"}"#) == "1")
    #expect(value(#"kws_detections_total{keyword="stop"}"#) == "0")
    #expect(value(#"kws_suppressed_total{keyword="seven",reason="near-miss"}"#) == "1")
    #expect(value(#"kws_score_bucket{keyword="seven",le="0.4"}"#) == "1")
    #expect(value(#"kws_score_count{keyword="seven"}"#) == "2")
    #expect(value("kws_detection_latency_seconds_count") == "1")
    #expect(value(#"kws_model_info{keyword="stop",sha="ab",version="1"}"#) == "1")
  }

  @Test func `a new model keeps the counters of the old one's keywords`() {
    metrics.modelIs(keywords: ["seven"], digest: "ab", version: "1")
    metrics.reported(sampleEvent(0), latencySeconds: 0.1)
    metrics.modelIs(keywords: ["stop"], digest: "cd", version: "2")
    #expect(value(#"kws_detections_total{keyword="seven"}"#) == "1")
    #expect(value(#"kws_model_info{keyword="seven",sha="ab",version="1"}"#) == nil)
    #expect(value(#"kws_model_info{keyword="stop",sha="cd",version="2"}"#) == "1")
  }

  @Test func `labels and odd numbers are escaped`() {
    metrics.modelIs(keywords: ["a\"b\\c\nd"], digest: "", version: "")
    metrics.heard(levelDBFS: -.infinity, clippedRatio: .nan)
    #expect(value(#"kws_detections_total{keyword="a\"b\\c\nd"}"#) == "0")
    #expect(value("kws_input_level_dbfs") == "-Inf")
    #expect(value("kws_input_clipped_ratio") == "NaN")
  }

  @Test func `every line is a sample of the metric that was announced before it`() throws {
    metrics.modelIs(keywords: ["seven"], digest: "ab", version: "1")
    metrics.reported(sampleEvent(0), latencySeconds: 0.1)
    var (name, kind, names) = ("", "", Set<String>())
    for line in metrics.text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      if words[0] == "#" {
        if words[1] == "HELP" {
          #expect(names.insert(words[2]).inserted && words.count == 4)
          name = words[2]
        } else {
          #expect(words[1] == "TYPE" && words[2] == name)
          kind = words[3]
        }
        continue
      }
      let sample = String(line.prefix { $0 != "{" && $0 != " " })
      let endings = kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
      #expect(endings.contains { sample == name + $0 }, "\(line)")
      #expect(Double(line.split(separator: " ").last!.replacing("Inf", with: "inf")) != nil)
      #expect((kind == "counter") == sample.hasSuffix("_total"))
      #expect(name.hasPrefix("kws_") || name.hasPrefix("process_"))
    }
    #expect(names.count >= 25)
  }

  @Test func `the process's own figures are right`() throws {
    let resident = try #require(value("process_resident_memory_bytes").flatMap(Double.init))
    #expect((1e6...1e11).contains(resident))
    let start = try #require(value("process_start_time_seconds").flatMap(Double.init))
    #expect((0...86_400).contains(Date().timeIntervalSince1970 - start))
    let open = try #require(value("process_open_fds").flatMap { Int($0) })
    #expect(open >= 3 && open <= (value("process_max_fds").flatMap { Int($0) } ?? 0))
  }
}
