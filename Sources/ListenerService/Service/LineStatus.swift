// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Synchronization

/// How the capture thread is doing, for any other thread to look at.
final class LineStatus: Sendable {
  /// 16 kHz samples that went through the network, gaps that were bridged included.
  let sampleCount = Atomic<Int>(0)

  /// Events that found no room on their way to the control thread.
  let lostEventCount = Atomic<Int>(0)

  /// Whether the thread has come to its end.
  let hasEnded = Atomic<Bool>(false)

  /// Asks the thread to end.
  let stopRequest = Atomic<Bool>(false)

  private let stateValue = Atomic<UInt8>(CaptureState.opening.rawValue)
  private let formatValue = Mutex<CaptureFormat?>(nil)
  private let recorderValue = Mutex<CaptureRecorder?>(nil)
  private let failureValue = Mutex<(any Error)?>(nil)

  /// What the microphone is doing.
  var state: CaptureState {
    get { CaptureState(rawValue: stateValue.load(ordering: .relaxed))! }
    set { stateValue.store(newValue.rawValue, ordering: .relaxed) }
  }

  /// What the device gives, nil until one was open.
  var format: CaptureFormat? {
    get { formatValue.withLock { $0 } }
    set { formatValue.withLock { $0 = newValue } }
  }

  /// What records the capture, nil where nothing does.
  var recorder: CaptureRecorder? {
    get { recorderValue.withLock { $0 } }
    set { recorderValue.withLock { $0 = newValue } }
  }

  /// Why the thread ended, nil where it was asked to.
  var failure: (any Error)? {
    get { failureValue.withLock { $0 } }
    set { failureValue.withLock { $0 = newValue } }
  }
}
