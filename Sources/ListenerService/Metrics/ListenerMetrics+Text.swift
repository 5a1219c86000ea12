// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

extension ListenerMetrics {
  /// All of it as Prometheus reads it.
  package var text: String {
    var text = PrometheusText()
    let health = health
    text.begin("kws_up", .gauge, "Whether audio flows through inference.")
    text.sample("kws_up", health.isHealthy ? 1 : 0)
    text.begin("kws_ready", .gauge, "Whether the service has begun its work.")
    text.sample("kws_ready", health.isReady ? 1 : 0)
    addCapture(to: &text, state: health.captureState)
    addKeywords(to: &text)
    addOutputs(to: &text)
    ProcessMetrics.add(to: &text)
    return text.text
  }

  private func addCapture(to text: inout PrometheusText, state: String) {
    text.begin("kws_audio_frames_total", .counter, "Frames captured, at the device's rate.")
    text.sample("kws_audio_frames_total", capturedFrames.value)
    text.begin("kws_audio_lost_seconds_total", .counter, "Time of which no audio was captured.")
    text.sample("kws_audio_lost_seconds_total", Double(lostMicroseconds.value) * 1e-6)
    text.begin("kws_audio_overruns_total", .counter, "Overruns of the device's buffer.")
    text.sample(
      "kws_audio_overruns_total",
      faultNames.firstIndex(of: "overrun").map { faults[$0].value } ?? 0)
    text.begin("kws_device_reopens_total", .counter, "Times that a device was opened again.")
    text.sample("kws_device_reopens_total", reopens.value)
    text.begin("kws_capture_faults_total", .counter, "Faults of the capture, by kind.")
    for (name, counter) in zip(faultNames, faults) {
      text.sample("kws_capture_faults_total", counter.value, [("fault", name)])
    }
    text.begin("kws_capture_state", .gauge, "What the capture is doing: 1 for one state, else 0.")
    for name in stateNames {
      text.sample("kws_capture_state", name == state ? 1 : 0, [("state", name)])
    }
    text.begin("kws_input_level_dbfs", .gauge, "Level of the input in decibels of full scale.")
    text.sample("kws_input_level_dbfs", level.value)
    text.begin("kws_input_clipped_ratio", .gauge, "Share of the input's samples at full scale.")
    text.sample("kws_input_clipped_ratio", clippedRatio.value)
    text.begin(
      "kws_processed_samples_total", .counter, "Samples at 16 kHz that went through inference.")
    text.sample("kws_processed_samples_total", processedSamples.value)
    text.begin(
      "kws_inference_duration_seconds", .histogram, "Time from a piece of audio to its decision.")
    text.samples("kws_inference_duration_seconds", inferenceDuration)
  }

  private func addKeywords(to text: inout PrometheusText) {
    let keywords = keywords.withLock { $0 }
    let model = model.withLock { $0 }
    text.begin("kws_detections_total", .counter, "Keywords that were reported.")
    for metrics in keywords {
      text.sample("kws_detections_total", metrics.detections.value, [("keyword", metrics.keyword)])
    }
    text.begin(
      "kws_suppressed_total", .counter, "Keywords that were not reported, by the reason.")
    for metrics in keywords {
      text.sample(
        "kws_suppressed_total", metrics.nearMisses.value,
        [("keyword", metrics.keyword), ("reason", "near-miss")])
    }
    text.begin("kws_score", .histogram, "Scores of detections, and of near misses where asked for.")
    for metrics in keywords {
      text.samples("kws_score", metrics.score, [("keyword", metrics.keyword)])
    }
    text.begin(
      "kws_detection_latency_seconds", .histogram, "Time from the end of a word to its event.")
    text.samples("kws_detection_latency_seconds", detectionLatency)
    text.begin("kws_model_info", .gauge, "The model that decides, by keyword.")
    for keyword in model.keywords {
      text.sample(
        "kws_model_info", 1,
        [("keyword", keyword), ("sha", model.digest), ("version", model.version)])
    }
  }

  private func addOutputs(to text: inout PrometheusText) {
    let rows = OutputKind.allCases.map { ([("output", $0.rawValue)], output($0)) }
    text.begin("kws_output_delivered_total", .counter, "Events written, by output.")
    for (labels, metrics) in rows {
      text.sample("kws_output_delivered_total", metrics.delivered.value, labels)
    }
    text.begin("kws_output_dropped_total", .counter, "Events that an output lost.")
    for (labels, metrics) in rows {
      text.sample("kws_output_dropped_total", metrics.dropped.value, labels)
    }
    text.begin("kws_output_failed_total", .counter, "Failures of an output, or of its children.")
    for (labels, metrics) in rows {
      text.sample("kws_output_failed_total", metrics.failed.value, labels)
    }
  }
}
