// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
import Buffers
import Glibc
import Threads

extension Microphone {
  /// Writes the next samples to the front of `samples` and returns what came.
  ///
  /// Comes back after 0.1 s at the latest, with `.idle` where there is nothing. `.end` comes only
  /// after `stop`.
  /// - Throws: `AudioError.resampling`, after which the microphone is of no more use.
  package mutating func read(
    into samples: inout MutableSpan<Float>
  ) throws(AudioError) -> AudioPiece {
    precondition(!samples.isEmpty, "no room for samples")
    takePriority()
    let deadline = Clock.bootSeconds + Double(Self.patienceMilliseconds) / 1000
    while true {
      if let piece = try stream?.next(into: &samples) { return heard(piece, samples.span) }
      // All that went in has come out: now a change, a gap or frames may go in.
      if try advanceStream() { continue }
      if machine.state == .stopped {
        guard stream != nil && !hasFinished else { return .end }
        hasFinished = true
        stream?.finish()
        continue
      }
      let left = Int32((deadline - Clock.bootSeconds) * 1000)
      guard left > 0 else { return .idle }
      try advanceDevice(milliseconds: left)
    }
  }

  func now() -> CaptureMachine.Moment {
    let seconds = Clock.bootSeconds
    return CaptureMachine.Moment(
      seconds: seconds, sleptSeconds: seconds - Clock.monotonicSeconds, position: position)
  }

  /// Puts the next thing that waits into the stream; false where there is nothing.
  private mutating func advanceStream() throws(AudioError) -> Bool {
    guard stream != nil else { return false }
    if let format = pendingFormat.take(), format != stream?.format {
      try stream?.change(format: format)
      isChangingFormat = true
      allocateBytes(for: format)
      return true
    }
    if let rate = machine.takeRate(), var format = stream?.format {
      format.rate = rate
      try stream?.change(format: format)
      isChangingFormat = true
      return true
    }
    if let gap = machine.takeGap() {
      stream?.appendGap(frameCount: gap.frameCount, cause: gap.cause)
      return true
    }
    return waitingFrameCount > 0 && readFrames()
  }

  /// Moves what waits in the device's ring into the stream.
  private mutating func readFrames() -> Bool {
    guard let device, machine.state == .running, let limit = stream?.appendLimit else {
      waitingFrameCount = 0
      return false
    }
    let count = device.read(frameCount: min(limit, waitingFrameCount), into: &bytes)
    waitingFrameCount = count > 0 ? max(waitingFrameCount - count, 0) : 0
    guard count > 0 else {
      if count < 0 { act(machine.failed(code: Int32(-count), at: now())) }
      return false
    }
    Self.append(bytes, byteCount: count * device.format.frameByteCount, to: &stream)
    machine.took(frameCount: count)
    return true
  }

  private static func append(
    _ bytes: borrowing AlignedBuffer<UInt8>, byteCount: Int, to stream: inout CaptureStream?
  ) {
    stream?.append(bytes.span.extracting(0..<byteCount))
  }

  /// Waits for the device or what happens to it, and does what the machine decides.
  private mutating func advanceDevice(milliseconds: Int32) throws(AudioError) {
    if let operation {
      guard let outcome = operation.wait(milliseconds: milliseconds) else {
        // It may hang, which the machine tells.
        act(machine.tick(at: now()))
        return
      }
      self.operation = nil
      try finish(outcome)
    } else if let device, machine.state == .running {
      waitForFrames(device, milliseconds: milliseconds)
    } else {
      let retry = machine.secondsUntilRetry(at: Clock.bootSeconds)
      if watch == nil { watch = DeviceWatch() }
      let patience = min(Double(milliseconds), (retry * 1000).rounded(.up))
      if watch?.wait(milliseconds: Int32(patience)) == true { machine.devicesChanged(at: now()) }
      act(machine.tick(at: now()))
    }
  }

  private mutating func waitForFrames(_ device: CaptureDevice, milliseconds: Int32) {
    let code = device.wait(milliseconds: milliseconds)
    let available = code == 0 ? device.availableFrameCount() : -Int(code)
    guard available >= 0 else {
      act(machine.failed(code: Int32(-available), at: now()))
      return
    }
    let action = machine.observe(availableFrameCount: available, at: now())
    if action == .read { waitingFrameCount = available }
    act(action)
    // While a gap is measured frames wait, and waiting for them returns at once; so it may for a
    // stream that is broken without a word.
    if action == .none { usleep(available > 0 ? 5000 : 1000) }
  }

  private mutating func act(_ action: CaptureMachine.Action) {
    switch action {
    case .none, .read: break
    case .open: operation = DeviceOperation.open(configuration)
    case .restart(let resuming):
      if let device { operation = DeviceOperation.restart(device, resuming: resuming) }
    case .close:
      if let device = device.take() { operation = DeviceOperation.close(device) }
    }
  }

  private mutating func finish(_ outcome: DeviceOperation.Outcome) throws(AudioError) {
    switch outcome {
    case .opened(let device): try take(device)
    case .restarted: machine.restarted(at: now())
    case .closed: machine.closed(at: now())
    case .openFailed(let error): machine.openFailed(code: error.code, at: now())
    case .restartFailed(let error):
      act(machine.restartFailed(code: error.code, at: now()))
    }
  }

  /// Goes on with an open device.
  mutating func take(_ device: CaptureDevice) throws(AudioError) {
    watch = nil
    if stream == nil {
      if recorder == nil { startRecorder(device.format) }
      stream = try CaptureStream(format: device.format, recorder: recorder)
      allocateBytes(for: device.format)
    }
    self.device = device
    machine.opened(
      rate: device.format.rate,
      bufferSeconds: Double(device.bufferFrameCount) / Double(device.format.rate), at: now())
    var format = device.format
    // A rate that was found to be wrong is wrong still.
    format.rate = machine.streamRate
    pendingFormat = format
  }

  /// Makes the recorder of a device that came late; capture goes on where that fails.
  private mutating func startRecorder(_ format: CaptureFormat) {
    guard let path = configuration.recordingPath else { return }
    do throws(AudioError) {
      recorder = try CaptureRecorder(path: path, format: format, source: configuration.device)
    } catch {
      var code: Int32 = 0
      if case .system(_, _, let number) = error { code = number }
      noteRecording(.recordingFailed, code: code)
    }
  }

  /// Notices that the recording cannot be written any more.
  private mutating func checkRecorder() {
    guard let recorder, !recordingHasFailed else { return }
    switch recorder.state {
    case .recording, .stopped: return
    case .formatChanged: noteRecording(.recordingEnded, code: 0)
    case .marksLost, .failed: noteRecording(.recordingFailed, code: recorder.failureCode)
    }
  }

  private mutating func noteRecording(_ fault: CaptureFault, code: Int32) {
    recordingHasFailed = true
    machine.note(CaptureIncident(fault: fault, phase: .began, at: position, code: code))
  }

  private mutating func allocateBytes(for format: CaptureFormat) {
    bytes = AlignedBuffer(zeroed: (stream?.appendLimit ?? 0) * format.frameByteCount)
  }

  /// Keeps account of a piece on its way out.
  private mutating func heard(_ piece: AudioPiece, _ samples: Span<Float>) -> AudioPiece {
    switch piece {
    case .samples(let count):
      checkRecorder()
      Self.watch(samples.extracting(0..<count), position - count, &monitor, &machine)
    case .restart:
      isChangingFormat = false
      monitor.restart()
    case .idle, .end: break
    }
    return piece
  }

  private static func watch(
    _ samples: Span<Float>, _ position: Int, _ monitor: inout SignalMonitor,
    _ machine: inout CaptureMachine
  ) {
    monitor.push(samples, position: position) { machine.note($0) }
  }

  /// Gives the calling thread its priority, once.
  private mutating func takePriority() {
    guard !hasPriority else { return }
    hasPriority = true
    guard configuration.realtimePriority > 0 else { return }
    do throws(ThreadError) {
      try WorkerThread.becomeRealtime(priority: configuration.realtimePriority)
    } catch {
      guard case .priorityRefused(_, let code) = error else { return }
      machine.note(
        CaptureIncident(fault: .priorityRefused, phase: .began, at: 0, code: code))
    }
  }
}
