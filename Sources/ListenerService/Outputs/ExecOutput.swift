// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import KeywordSpotting
import Threads

/// A program that runs once per detection, never through a shell, so many at once at most.
final class ExecOutput: OutputSink, @unchecked Sendable {
  /// Seconds between two looks at the children: they are told by nothing that could be waited for
  /// without a hold on all signals of the process.
  private static let lookSeconds = 0.05

  let kind = OutputKind.exec

  private var configuration: ExecConfiguration
  private let environment: ChildEnvironment
  private let metrics: OutputMetrics
  private let report: (OutputReport) -> Void
  private var children: [ExecChild] = []
  private var droppedCount = 0
  private var failureCount = 0

  init(
    _ configuration: ExecConfiguration, environment: ChildEnvironment, metrics: ListenerMetrics,
    report: @escaping @Sendable (OutputReport) -> Void
  ) {
    self.configuration = configuration
    self.environment = environment
    self.metrics = metrics.output(.exec)
    self.report = report
    // A parent that ignored the signal hands that on, and the children's ends would be lost.
    signal(SIGCHLD, SIG_DFL)
  }

  var isReady: Bool { true }
  var isIdle: Bool { children.isEmpty }

  func wait() -> OutputWait {
    guard !children.isEmpty else { return OutputWait() }
    return OutputWait(
      descriptors: children.filter { $0.input >= 0 }.map {
        DescriptorWait(descriptor: $0.input, writes: true)
      }, deadline: monotonicSeconds() + Self.lookSeconds)
  }

  func serve(_ ready: [DescriptorWait]) {
    for index in children.indices {
      if ready.contains(where: { $0.descriptor == children[index].input }) {
        children[index].feed()
      }
      children[index].enforceDeadline()
    }
    var running: [ExecChild] = []
    for var child in children {
      switch child.reap() {
      case nil: running.append(child)
      case .done: succeed()
      case .failed(let ending): fail(ending)
      }
    }
    children = running
    if droppedCount > 0 && children.count < configuration.childLimit {
      report(OutputReport(output: kind, fact: .droppingEnded(lostCount: droppedCount)))
      droppedCount = 0
    }
  }

  /// Starts a child for a detection; a near miss is none.
  func take(_ event: ListenerEvent) {
    guard !event.detection.isNearMiss else { return }
    guard children.count < configuration.childLimit else {
      metrics.dropped.add()
      droppedCount += 1
      if droppedCount == 1 { report(OutputReport(output: kind, fact: .droppingBegan)) }
      return
    }
    do throws(ChildStartError) {
      children.append(
        try ExecChild(
          configuration.command, event: event, environment: environment.entries(for: event),
          timeoutSeconds: configuration.timeoutSeconds))
    } catch {
      fail(.notStarted(code: error.code))
    }
  }

  /// From the next event on.
  func change(_ configuration: ExecConfiguration) { self.configuration = configuration }

  /// Children may go on until shortly before `deadline`; then there is still time to end them.
  func finish(by deadline: Double) {
    for index in children.indices {
      children[index].end(by: max(deadline - 1, monotonicSeconds()))
    }
  }

  func close() {
    for child in children { child.kill() }
    // A killed process is gone in a moment, unless the kernel holds it.
    for _ in 0..<50 where !children.isEmpty {
      serve([])
      if !children.isEmpty { usleep(10_000) }
    }
    for index in children.indices { children[index].closeInput() }
  }

  private func succeed() {
    metrics.delivered.add()
    guard failureCount > 0 else { return }
    report(OutputReport(output: kind, fact: .childRecovered(failureCount: failureCount)))
    failureCount = 0
  }

  private func fail(_ ending: ChildEnding) {
    metrics.failed.add()
    failureCount += 1
    if failureCount == 1 { report(OutputReport(output: kind, fact: .childFailed(ending))) }
  }
}
