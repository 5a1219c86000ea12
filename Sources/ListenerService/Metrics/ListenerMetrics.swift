// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import Synchronization
import Threads

/// Everything the listener counts, from the start of the process on.
///
/// The capture thread writes atomics only: no lock, no allocation. Only what names keywords stands
/// behind a lock, between the control thread and who reads the metrics.
package final class ListenerMetrics: Sendable {
  /// Seconds without audio through inference after which the listener counts as deaf.
  package static let deafSeconds = 3.0

  let capturedFrames = MetricCounter()
  let lostMicroseconds = MetricCounter()
  let processedSamples = MetricCounter()
  let reopens = MetricCounter()
  let faults: [MetricCounter]
  let faultNames: [String]
  let stateNames: [String]
  let level = MetricGauge(-.infinity)
  let clippedRatio = MetricGauge(0)
  let inferenceDuration = MetricHistogram(
    bounds: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1])
  let detectionLatency = MetricHistogram(
    bounds: [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2])
  let keywords = Mutex<[KeywordMetrics]>([])
  let model = Mutex(ModelIdentity())

  private let outputs = OutputKind.allCases.map { _ in OutputMetrics() }
  private let stateIndex = Atomic<Int>(0)
  private let ready = Atomic<Bool>(false)

  /// When audio last went through inference, on the monotonic clock; not finite before.
  private let lastProcessed = MetricGauge(-.infinity)

  /// - Parameters:
  ///   - faults: names of what can go wrong with the capture, for labels.
  ///   - states: names of what the capture can be doing; the first is where it starts.
  package init(faults: [String] = [], states: [String] = ["waiting"]) {
    faultNames = faults
    stateNames = states
    self.faults = faults.map { _ in MetricCounter() }
  }

  // MARK: The capture thread

  /// Samples at 16 kHz went through inference, which took `seconds`.
  package func processed(sampleCount: Int, seconds: Double) {
    processedSamples.add(sampleCount)
    inferenceDuration.observe(seconds)
    lastProcessed.store(monotonicSeconds())
  }

  /// Totals since the start: frames captured at the device's rate, the time that was lost, and how
  /// often a device was opened again.
  package func captured(frameCount: Int, lostSeconds: Double, reopenCount: Int) {
    reopens.store(reopenCount)
    capturedFrames.store(frameCount)
    lostMicroseconds.store(Int((lostSeconds * 1e6).rounded()))
  }

  /// The input's level in dB of full scale, and the share of samples at full scale, 0...1.
  package func heard(levelDBFS: Double, clippedRatio: Double) {
    level.store(levelDBFS)
    self.clippedRatio.store(clippedRatio)
  }

  /// What the capture is doing: an index of `states`.
  package func captureIs(_ state: Int) { stateIndex.store(state, ordering: .relaxed) }

  /// A fault began: an index of `faults`.
  package func faultBegan(_ fault: Int) { faults[fault].add() }

  // MARK: The control thread

  /// The model that decides from here on; `digest` and `version` tell it from others.
  package func modelIs(keywords: [String], digest: String, version: String) {
    for keyword in keywords { _ = metrics(of: keyword) }
    model.withLock { $0 = ModelIdentity(keywords: keywords, digest: digest, version: version) }
  }

  /// An event came, `latencySeconds` after the word's last sample.
  package func reported(_ event: ListenerEvent, latencySeconds: Double) {
    let metrics = metrics(of: event.detection.label)
    metrics.score.observe(Double(event.detection.score))
    if event.detection.isNearMiss {
      metrics.nearMisses.add()
    } else {
      metrics.detections.add()
      detectionLatency.observe(latencySeconds)
    }
  }

  /// Whether the service has begun its work.
  package func readyIs(_ isReady: Bool) { ready.store(isReady, ordering: .relaxed) }

  // MARK: Any thread

  /// Whether audio flows through inference, and what the capture does if not.
  package var health: ListenerHealth {
    let seconds = monotonicSeconds() - lastProcessed.value
    let index = stateIndex.load(ordering: .relaxed)
    return ListenerHealth(
      isHealthy: seconds < Self.deafSeconds, isReady: ready.load(ordering: .relaxed),
      captureState: stateNames[min(index, stateNames.count - 1)],
      secondsWithoutAudio: seconds.isFinite ? seconds : nil)
  }

  func output(_ kind: OutputKind) -> OutputMetrics { outputs[kind.index] }

  private func metrics(of keyword: String) -> KeywordMetrics {
    keywords.withLock { keywords in
      if let known = keywords.first(where: { $0.keyword == keyword }) { return known }
      let new = KeywordMetrics(keyword: keyword)
      keywords.append(new)
      return new
    }
  }
}
