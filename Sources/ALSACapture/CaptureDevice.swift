// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers
import CALSA
import Glibc

/// An open capture device of ALSA: the only file that calls the library's stream functions.
///
/// Reading never blocks for longer than asked and allocates nothing. Opening, starting, restarting
/// and closing may block for as long as a sound server or a driver pleases, and are therefore done
/// on a thread of their own, see `DeviceOperation`.
///
/// Not synchronized: one thread at a time uses it, and handing it over is the owner's matter.
@safe final class CaptureDevice: @unchecked Sendable {
  let name: String

  /// What the device delivers.
  let format: CaptureFormat

  /// Frames in one period, after which a waiting reader wakes up.
  let periodFrameCount: Int

  /// Frames that the device's ring holds before it overruns.
  let bufferFrameCount: Int

  private var handle: OpaquePointer?

  /// Opens, negotiates and prepares; does not start.
  ///
  /// - Throws: `CaptureError`, nothing stays open.
  init(name: String, periodSeconds: Double, bufferSeconds: Double) throws(CaptureError) {
    LibraryMessage.keep()
    let opened = try unsafe Self.open(name)
    do throws(CaptureError) {
      let parameters = try unsafe HardwareParameters(opened, device: name)
      let settled = try parameters.negotiate(
        periodSeconds: periodSeconds, bufferSeconds: bufferSeconds)
      format = settled.format
      periodFrameCount = settled.periodFrameCount
      bufferFrameCount = settled.bufferFrameCount
      try unsafe Self.setSoftwareParameters(opened, device: name, settled)
    } catch {
      unsafe snd_pcm_close(opened)
      throw error
    }
    self.name = name
    unsafe handle = opened
  }

  deinit { close() }

  /// What the device `name` offers, without its being started.
  static func offer(of name: String) throws(CaptureError) -> CaptureOffer {
    LibraryMessage.keep()
    let opened = try unsafe open(name)
    defer { unsafe snd_pcm_close(opened) }
    return try unsafe HardwareParameters(opened, device: name).offer()
  }

  /// Starts the flow of frames.
  func start() throws(CaptureError) {
    LibraryMessage.keep()
    let result = unsafe snd_pcm_start(handle)
    guard result >= 0 else { throw failure(.start, result) }
  }

  /// Throws away what waits in the ring and starts anew.
  ///
  /// - Parameter resuming: After a suspend: the driver is asked to resume first, which it may
  ///   refuse, and for at most `resumeSeconds`.
  func restart(resuming: Bool, resumeSeconds: Double = 2) throws(CaptureError) {
    LibraryMessage.keep()
    if resuming {
      // EAGAIN: the hardware still sleeps.
      let attemptCount = Int(resumeSeconds / 0.02)
      for _ in 0..<attemptCount where unsafe snd_pcm_resume(handle) == -EAGAIN { usleep(20_000) }
    }
    // Fails in some states, which prepare then leaves.
    unsafe snd_pcm_drop(handle)
    var result = unsafe snd_pcm_prepare(handle)
    if result >= 0 { result = unsafe snd_pcm_start(handle) }
    guard result >= 0 else { throw failure(.restart, result) }
  }

  /// Waits until a period can be read.
  ///
  /// - Returns: 0, also where nothing came in time; an `errno` where the stream is broken.
  func wait(milliseconds: Int32) -> Int32 {
    let result = unsafe snd_pcm_wait(handle, milliseconds)
    return result >= 0 || result == -EINTR ? 0 : -result
  }

  /// Frames that can be read at once, or a negative `errno`.
  func availableFrameCount() -> Int { unsafe Int(snd_pcm_avail_update(handle)) }

  /// Reads what is there, at most `frameCount` interleaved frames, to the front of `bytes`.
  ///
  /// - Returns: how many frames, 0 where there are none now, a negative `errno` where the stream
  ///   is broken.
  func read(frameCount: Int, into bytes: inout AlignedBuffer<UInt8>) -> Int {
    precondition(frameCount * format.frameByteCount <= bytes.count, "no room for the frames")
    let result = unsafe Int(
      snd_pcm_readi(handle, bytes.unsafeBase, snd_pcm_uframes_t(frameCount)))
    return result == -Int(EAGAIN) || result == -Int(EINTR) ? 0 : result
  }

  /// Gives the device back; once closed nothing else may be called.
  func close() {
    guard let open = unsafe handle else { return }
    unsafe handle = nil
    unsafe snd_pcm_close(open)
  }

  private func failure(_ operation: CaptureOperation, _ result: Int32) -> CaptureError {
    SystemError.openError(
      device: name, operation: operation, code: -result, message: LibraryMessage.text)
  }

  private static func open(_ name: String) throws(CaptureError) -> OpaquePointer {
    var handle: OpaquePointer?
    // Not blocking: a device in use says so at once.
    let result = unsafe snd_pcm_open(&handle, name, SND_PCM_STREAM_CAPTURE, SND_PCM_NONBLOCK)
    guard result >= 0, let opened = unsafe handle else {
      throw SystemError.openError(
        device: name, operation: .open, code: -result, message: LibraryMessage.text)
    }
    return unsafe opened
  }

  private static func setSoftwareParameters(
    _ handle: OpaquePointer, device: String, _ settled: HardwareParameters.Settled
  ) throws(CaptureError) {
    var parameters: OpaquePointer?
    unsafe snd_pcm_sw_params_malloc(&parameters)
    defer { unsafe snd_pcm_sw_params_free(parameters) }
    unsafe snd_pcm_sw_params_current(handle, parameters)
    unsafe snd_pcm_sw_params_set_avail_min(
      handle, parameters, snd_pcm_uframes_t(settled.periodFrameCount))
    // Started by hand alone: a read on a stream that stands still must not start it.
    unsafe snd_pcm_sw_params_set_start_threshold(
      handle, parameters, snd_pcm_uframes_t(Int32.max))
    let result = unsafe snd_pcm_sw_params(handle, parameters)
    guard result >= 0 else {
      throw SystemError.openError(
        device: device, operation: .configure, code: -result, message: LibraryMessage.text)
    }
  }
}
