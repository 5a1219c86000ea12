// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Buffers
import Glibc
import KeywordSpotting
import Synchronization
import Threads

/// The listener: a microphone, the network behind it, and the outputs, until a signal ends it.
///
/// Runs on the thread that calls `run`, the control thread, which waits for signals and for the
/// capture thread and never touches a sample. What the capture thread has to tell comes through a
/// ring and is handed to the outputs, each of which has a queue and a thread of its own.
package final class Listener {
  /// Events that may wait for the control thread: at most a few come per second.
  private static let ringCapacity = 1024

  /// Seconds that the capture thread has to come to its end, and then the outputs to drain.
  private static let stopSeconds = 3.0

  /// Seconds from the end of one reload to the next at least.
  private static let reloadSeconds = 0.25

  let wording: ListenerWording
  let reload: () throws -> ListenerSetup
  let notifier: SystemdNotifier
  let metrics: ListenerMetrics
  let ring = SPSCRing<LineEvent>(minimumCapacity: ringCapacity)
  let status = LineStatus()
  let mailbox = SpotterMailbox()
  let outputReports: OutputReports

  private let wake: WakeDescriptor
  private let signals: SignalPipe

  var setup: ListenerSetup
  var outputs: OutputSet
  var generation = 0
  /// Labels by generation; those that nothing can name any more are forgotten.
  var labels: [Int: [String]]
  var tally: EventTally

  private(set) var health: ServiceHealth
  private var stopRequestedAt: Double?
  private var wantsReload = false
  private var reloadedAt = -Double.infinity

  /// Takes over the process's signals and opens the outputs.
  ///
  /// - Parameter reload: reads the configuration anew and loads what it names, on SIGHUP.
  /// - Throws: `ListenerError`.
  package init(
    _ setup: ListenerSetup, wording: ListenerWording, notifier: SystemdNotifier,
    reload: @escaping () throws -> ListenerSetup
  ) throws {
    self.setup = setup
    self.wording = wording
    self.notifier = notifier
    self.reload = reload
    labels = [0: setup.plan.labels]
    tally = EventTally()
    wake = try makeWake("listener")
    signals = try SignalPipe([SIGTERM, SIGINT, SIGHUP])
    // A reader that goes away is seen by the output that writes, not by the whole process.
    signal(SIGPIPE, SIG_IGN)
    metrics = CaptureMetering.metrics()
    outputReports = OutputReports(log: wording.log)
    let reports = outputReports
    outputs = try OutputSet(setup.configuration.outputs, metrics: metrics) { reports.take($0) }
    health = ServiceHealth(notifier: notifier)
    publishModel()
  }

  /// Listens until SIGTERM, SIGINT, or, where standard output is all there is to write to, until
  /// its reader has gone.
  ///
  /// - Throws: `CaptureError` where the device cannot be opened and is not waited for;
  ///   `AudioError`, `ThreadError`.
  package func run() throws {
    let loop = CaptureLoop(
      configuration: setup.configuration, plan: setup.plan, clipTap: outputs.clipTap, ring: ring,
      wake: wake, status: status, mailbox: mailbox,
      metering: CaptureMetering(metrics: metrics))
    let thread = try WorkerThread(name: "kws-capture") { loop.run() }
    while !status.hasEnded.load(ordering: .acquiring) {
      wait(seconds: wantsReload ? Self.reloadSeconds : health.intervalSeconds)
      take(signals.take())
      drain()
      look()
      if outputReports.isReaderGone && setup.configuration.hasStandardOutputOnly { stop() }
      if let since = stopRequestedAt, monotonicSeconds() - since > Self.stopSeconds {
        wording.log(.captureStuck(seconds: Self.stopSeconds))
        outputs.finish(within: Self.stopSeconds)
        // A thread that hangs in a system call cannot be ended; the process can.
        _exit(0)
      }
    }
    thread.join()
    drain()
    if let recorder = status.recorder, recorder.unwrittenFrameCount > 0 {
      wording.log(
        .recordingCut(path: recorder.path, frameCount: recorder.unwrittenFrameCount))
    }
    outputs.finish(within: Self.stopSeconds)
    if let failure = status.failure { throw failure }
  }

  /// Waits until a signal comes, the capture thread has something to tell, or time is up.
  private func wait(seconds: Double) {
    var requests = [
      pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    unsafe poll(&requests, nfds_t(requests.count), Int32(seconds * 1000))
    wake.clear()
  }

  private func take(_ numbers: Set<Int32>) {
    if let number = numbers.intersection([SIGTERM, SIGINT]).min(), stopRequestedAt == nil {
      wording.log(.stopping(signal: number))
      stop()
    }
    if numbers.contains(SIGHUP) { wantsReload = true }
    // Many hangups are one wish, and between two reloads there is other work to do.
    let now = monotonicSeconds()
    guard wantsReload, stopRequestedAt == nil, now - reloadedAt >= Self.reloadSeconds else {
      return
    }
    wantsReload = false
    takeNewConfiguration()
    reloadedAt = monotonicSeconds()
  }

  private func stop() {
    guard stopRequestedAt == nil else { return }
    stopRequestedAt = monotonicSeconds()
    notifier.stopping()
    status.stopRequest.store(true, ordering: .relaxed)
  }

  /// Looks at how the capture thread is doing and tells whom it concerns.
  private func look() {
    let now = monotonicSeconds()
    let sampleCount = status.sampleCount.load(ordering: .relaxed)
    let isFirst = health.update(
      sampleCount: sampleCount, status: wording.status(currentStatus),
      isStuck: tally.activeFaults.contains(.stalled), now: now)
    if isFirst, let format = status.format {
      let seconds = secondsSinceProcessStart()
      wording.log(
        .listening(
          device: setup.configuration.device, format,
          instructionSet: setup.plan.instructionSet, secondsSinceStart: seconds))
      if let recorder = status.recorder { wording.log(.recording(path: recorder.path)) }
      StartPages.giveBack()
    }
    metrics.readyIs(health.isReady)
    logHeldBack(now: now)
  }

  private var currentStatus: ListenerStatus {
    ListenerStatus(
      device: setup.configuration.device, state: status.state, format: status.format,
      faults: tally.activeFaults, detectionCount: tally.detectionCount,
      lastKeyword: tally.lastKeyword)
  }
}

extension ListenerConfiguration {
  /// Whether nothing is left to do once standard output has no reader.
  fileprivate var hasStandardOutputOnly: Bool {
    var other = OutputConfiguration()
    other.standardOutput = outputs.standardOutput
    return outputs == other && outputs.standardOutput != nil && recordingPath == nil
  }
}
