// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import KeywordSpotting
import Threads

/// Recordings of what was detected, with some seconds before and after, as files in a folder.
final class ClipOutput: OutputSink, @unchecked Sendable {
  private static let rate = 16_000

  /// Seconds between two looks at the samples that came.
  private static let lookSeconds = 0.25

  /// Seconds from the start of the longest word to its detection.
  private static let wordSeconds = 4.0

  /// Clips that wait for their end at most.
  private static let waitingLimit = 32

  /// Seconds after which a clip is written although no samples come any more.
  private static let patienceSeconds = 10.0

  let kind = OutputKind.clips

  private var folder: ClipFolder
  private var configuration: ClipConfiguration
  private let tap: ClipTap
  private let metrics: OutputMetrics
  private let report: (OutputReport) -> Void
  private var history: ClipHistory
  private var piece = AlignedBuffer<Float>(zeroed: 4096)
  private var waiting: [WaitingClip] = []
  private var isFinishing = false
  private var isFailing = false
  private var lostCount = 0

  private struct WaitingClip {
    var event: ListenerEvent

    /// Indices that are asked for.
    var wanted: Range<Int>
    var deadline: Double
  }

  init(
    _ configuration: ClipConfiguration, folder: ClipFolder, tap: ClipTap,
    metrics: ListenerMetrics, report: @escaping @Sendable (OutputReport) -> Void
  ) {
    self.configuration = configuration
    self.folder = folder
    self.tap = tap
    self.metrics = metrics.output(.clips)
    self.report = report
    history = ClipHistory(length: Self.historyLength(configuration))
  }

  /// Whole clips, also after the tap has filled up while the disk hung.
  private static func historyLength(_ configuration: ClipConfiguration) -> Int {
    let seconds =
      configuration.preRollSeconds + wordSeconds + configuration.postRollSeconds
      + Double(ClipTap.secondsHeld)
    return Int(seconds * Double(rate))
  }

  var isReady: Bool { waiting.count < Self.waitingLimit }
  var isIdle: Bool { waiting.isEmpty }

  func wait() -> OutputWait { OutputWait(deadline: monotonicSeconds() + Self.lookSeconds) }

  func serve(_ ready: [DescriptorWait]) { takeSamples() }

  func take(_ event: ListenerEvent) {
    let detection = event.detection
    let preRoll = Int(configuration.preRollSeconds * Double(Self.rate))
    let postRoll = Int(configuration.postRollSeconds * Double(Self.rate))
    waiting.append(
      WaitingClip(
        event: event,
        wanted: min(detection.start, detection.end) - preRoll..<detection.end + postRoll,
        deadline: monotonicSeconds() + configuration.postRollSeconds + Self.patienceSeconds))
    takeSamples()
  }

  /// Goes on with other lengths or another folder, with the samples that are there.
  func change(_ configuration: ClipConfiguration, folder: ClipFolder) {
    self.configuration = configuration
    self.folder = folder
    let length = Self.historyLength(configuration)
    if length != history.length { history = history.resized(to: length) }
  }

  func finish(by deadline: Double) {
    isFinishing = true
    takeSamples()
  }

  func close() {
    for _ in waiting { metrics.dropped.add() }
    waiting = []
  }

  /// Takes what came, and writes the clips that have come to their end.
  private func takeSamples() {
    while true {
      let count = Self.pop(from: tap, through: &piece, into: &history)
      writeComplete()
      if count == 0 { break }
    }
  }

  private static func pop(
    from tap: ClipTap, through piece: inout AlignedBuffer<Float>, into history: inout ClipHistory
  ) -> Int {
    var span = piece.mutableSpan
    let count = tap.pop(into: &span) { history.add($0) }
    history.append(piece.span, count: count)
    return count
  }

  private func writeComplete() {
    var still: [WaitingClip] = []
    for clip in waiting {
      let stretch = history.stretch(at: clip.event.detection.end - 1)
      let isWhole = stretch.map { $0.indices.upperBound >= clip.wanted.upperBound } ?? false
      let mayCome = stretch?.isOpen ?? true
      if !isWhole && mayCome && !isFinishing && monotonicSeconds() < clip.deadline {
        still.append(clip)
      } else {
        write(clip, from: stretch)
      }
    }
    waiting = still
  }

  private func write(_ clip: WaitingClip, from stretch: ClipHistory.Stretch?) {
    let indices = stretch.map { clip.wanted.clamped(to: $0.indices) } ?? 0..<0
    guard let stretch, !indices.isEmpty else {
      // The samples were left out on their way, or never came.
      metrics.dropped.add()
      lostCount += 1
      return
    }
    let samples = history.samples(indices, of: stretch)
    do throws(ListenerError) {
      try folder.write(samples, stem: ClipName.stem(clip.event)) { name in
        Self.description(of: clip, file: name, indices: indices)
      }
      metrics.delivered.add()
      if isFailing {
        report(
          OutputReport(
            output: kind, fact: .failureEnded(path: folder.path, lostCount: lostCount)))
        isFailing = false
        lostCount = 0
      }
    } catch {
      metrics.failed.add()
      lostCount += 1
      guard !isFailing, case .system(let path, let operation, let code) = error else { return }
      isFailing = true
      report(
        OutputReport(
          output: kind, fact: .failureBegan(path: path, operation: operation, code: code)))
    }
  }

  /// One JSON object: the event as it was, and which samples are in the file.
  ///
  /// A clip is cut where the stream begins, has a gap or ends.
  private static func description(
    of clip: WaitingClip, file: String, indices: Range<Int>
  ) -> String {
    "{\"file\":\"\(file)\",\"rate\":\(rate),\"start\":\(indices.lowerBound),"
      + "\"end\":\(indices.upperBound),"
      + "\"cutAtStart\":\(indices.lowerBound > clip.wanted.lowerBound),"
      + "\"cutAtEnd\":\(indices.upperBound < clip.wanted.upperBound),"
      + "\"event\":\(clip.event.json)}"
  }
}
