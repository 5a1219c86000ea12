// SPDX-License-Identifier: GPL-3.0-or-later

import Threads

/// Every output that is on, each with a thread and a queue of its own.
///
/// One thread, the control thread, calls the methods.
package final class OutputSet: Sendable {
  private let standardOutput: OutputWorker<LineOutput>?
  private let logFile: OutputWorker<LineOutput>?
  private let exec: OutputWorker<ExecOutput>?
  private let socket: OutputWorker<SocketOutput>?
  private let clips: OutputWorker<ClipOutput>?
  private let metricsSocket: MetricsServer?
  private let metricsPort: MetricsServer?
  private let metricsTextfile: OutputWorker<TextfileOutput>?

  /// Where the capture thread puts its samples; nil where no clips are saved. A set that replaces
  /// another has the same one, where that had one.
  package let clipTap: ClipTap?

  private let configuration: OutputConfiguration

  /// Workers of earlier sets that may still drain.
  private let retired: [any RetiringWorker]

  /// Seconds that an output which is no longer wanted has to drain, while the new ones run.
  private static let retirementSeconds = 10.0

  /// Opens what `configuration` asks for and starts it.
  ///
  /// With `reusing`, what that set has open goes on here without losing or doubling an event, the
  /// log file opened anew; that set is then used up. Where this throws, it goes on as it was.
  /// - Parameters:
  ///   - descriptor: what stands for standard output.
  ///   - environment: what children inherit, as `NAME=value`; nil for the environment of this
  ///     process. Settings and what belongs to the service manager are always withheld.
  ///   - report: called from any of the outputs' threads; must not wait for long.
  package init(
    _ configuration: OutputConfiguration, metrics: ListenerMetrics, reusing old: OutputSet? = nil,
    standardOutput descriptor: Int32 = 1, environment: [String]? = nil,
    report: @escaping @Sendable (OutputReport) -> Void
  ) throws(ListenerError) {
    let fresh = try FreshOutputs(
      configuration, metrics: metrics, besides: old, descriptor, environment, report: report)
    // Nothing can fail from here on.
    self.configuration = configuration
    standardOutput =
      fresh.standardOutput
      ?? configuration.standardOutput.flatMap { format in
        old?.standardOutput?.change { $0.change(format: format) }
        return old?.standardOutput
      }
    logFile =
      fresh.logFile
      ?? configuration.logFile.flatMap { wanted in
        let file = fresh.reopenedLogFile!
        old?.logFile?.change { $0.change(file: file, format: wanted.format) }
        return old?.logFile
      }
    exec =
      fresh.exec
      ?? configuration.exec.flatMap { wanted in
        old?.exec?.change { $0.change(wanted) }
        return old?.exec
      }
    socket = fresh.socket ?? configuration.socketPath.flatMap { _ in old?.socket }
    clips =
      fresh.clips
      ?? configuration.clips.flatMap { wanted in
        let folder = fresh.clipFolder!
        old?.clips?.change { $0.change(wanted, folder: folder) }
        return old?.clips
      }
    clipTap = configuration.clips == nil ? nil : fresh.clipTap ?? old?.clipTap
    metricsSocket =
      fresh.metricsSocket ?? configuration.metrics.socketPath.flatMap { _ in old?.metricsSocket }
    metricsPort = fresh.metricsPort ?? configuration.metrics.port.flatMap { _ in old?.metricsPort }
    metricsTextfile =
      fresh.metricsTextfile
      ?? configuration.metrics.textfilePath.flatMap { _ in old?.metricsTextfile }
    let kept = Self.workers(
      standardOutput, logFile, exec, socket, clips, metricsSocket, metricsPort, metricsTextfile)
    let leaving = (old?.current ?? []).filter { worker in !kept.contains { $0 === worker } }
    for worker in leaving { worker.retire(by: monotonicSeconds() + Self.retirementSeconds) }
    retired = leaving + (old?.retired ?? []).filter { !$0.waitForEnd(until: 0) }
  }

  /// Hands `event` to every output. Never waits; an output whose queue is full loses it.
  package func deliver(_ event: ListenerEvent) {
    standardOutput?.deliver(event)
    logFile?.deliver(event)
    exec?.deliver(event)
    socket?.deliver(event)
    clips?.deliver(event)
  }

  /// Lets every output drain for `seconds` at most, and ends them. The last call.
  ///
  /// An output that hangs in a system call is left behind.
  /// - Returns: whether all of them ended.
  @discardableResult package func finish(within seconds: Double) -> Bool {
    let deadline = monotonicSeconds() + seconds
    let workers = retired + current
    for worker in workers { worker.retire(by: deadline) }
    // An output looks at the clock itself; a little more than its deadline lets it say so.
    return workers.map { $0.waitForEnd(until: deadline + 0.5) }.allSatisfy { $0 }
  }

  private var current: [any RetiringWorker] {
    Self.workers(
      standardOutput, logFile, exec, socket, clips, metricsSocket, metricsPort, metricsTextfile)
  }

  private static func workers(_ workers: (any RetiringWorker)?...) -> [any RetiringWorker] {
    workers.compactMap { $0 }
  }

  /// What a new set has that the old one had not: opened and started before anything is changed.
  private struct FreshOutputs {
    var standardOutput: OutputWorker<LineOutput>?
    var logFile: OutputWorker<LineOutput>?
    var exec: OutputWorker<ExecOutput>?
    var socket: OutputWorker<SocketOutput>?
    var clips: OutputWorker<ClipOutput>?
    var clipTap: ClipTap?
    var metricsSocket: MetricsServer?
    var metricsPort: MetricsServer?
    var metricsTextfile: OutputWorker<TextfileOutput>?

    /// For workers that the old set has.
    var reopenedLogFile: LineFile?
    var clipFolder: ClipFolder?

    /// Starts all of it, or nothing.
    init(
      _ configuration: OutputConfiguration, metrics: ListenerMetrics, besides old: OutputSet?,
      _ descriptor: Int32, _ environment: [String]?,
      report: @escaping @Sendable (OutputReport) -> Void
    ) throws(ListenerError) {
      do throws(ListenerError) {
        if let format = configuration.standardOutput, old?.standardOutput == nil {
          standardOutput = try OutputWorker(
            LineOutput(
              LineFile(standardOutput: descriptor), kind: .standardOutput, format: format,
              metrics: metrics, report: report),
            metrics: metrics, report: report)
        }
        if let wanted = configuration.logFile {
          let file = try LineFileOpening.open(wanted.path)
          if old?.logFile == nil {
            logFile = try OutputWorker(
              LineOutput(
                file, kind: .logFile, format: wanted.format, metrics: metrics, report: report),
              metrics: metrics, report: report)
          } else {
            reopenedLogFile = file
          }
        }
        if let wanted = configuration.exec, old?.exec == nil {
          exec = try OutputWorker(
            ExecOutput(
              wanted,
              environment: ChildEnvironment(inheriting: environment ?? ChildEnvironment.own()),
              metrics: metrics, report: report),
            metrics: metrics, report: report)
        }
        if let path = configuration.socketPath, path != old?.configuration.socketPath {
          socket = try OutputWorker(
            SocketOutput(UnixListener(path: path), metrics: metrics), metrics: metrics,
            report: report)
        }
        if let wanted = configuration.clips {
          let folder = try ClipFolder(
            path: wanted.directory, quotaByteCount: wanted.quotaByteCount)
          if old?.clips == nil {
            let tap = ClipTap()
            clipTap = tap
            clips = try OutputWorker(
              ClipOutput(wanted, folder: folder, tap: tap, metrics: metrics, report: report),
              metrics: metrics, report: report)
          } else {
            clipFolder = folder
          }
        }
        let (wanted, present) = (configuration.metrics, old?.configuration.metrics)
        if let path = wanted.socketPath, path != present?.socketPath {
          metricsSocket = try MetricsServer(UnixListener(path: path), metrics)
        }
        if let port = wanted.port, port != present?.port {
          metricsPort = try MetricsServer(LoopbackListener(port: port), metrics)
        }
        if let path = wanted.textfilePath, path != present?.textfilePath {
          metricsTextfile = try OutputWorker(
            TextfileOutput(path: path, metrics: metrics, report: report), metrics: metrics,
            report: report)
        }
      } catch {
        reopenedLogFile?.close()
        let started = OutputSet.workers(
          standardOutput, logFile, exec, socket, clips, metricsSocket, metricsPort, metricsTextfile)
        for worker in started { worker.retire(by: 0) }
        // So that a socket's name is free again when the caller goes on.
        for worker in started { _ = worker.waitForEnd(until: monotonicSeconds() + 1) }
        throw error
      }
    }
  }
}
