// SPDX-License-Identifier: GPL-3.0-or-later

// Settings that hold from the start of the process to its end: a device that is open, a recording
// that has begun, a thread that has its priority.
extension ListenerConfiguration {
  /// Those under which `other` differs.
  func needRestart(for other: ListenerConfiguration) -> [Setting] {
    var settings: [Setting] = []
    if device != other.device { settings.append(.device) }
    if recordingPath != other.recordingPath { settings.append(.record) }
    if waitsForDevice != other.waitsForDevice { settings.append(.waitForDevice) }
    if realtimePriority != other.realtimePriority { settings.append(.realtimePriority) }
    if silenceSeconds != other.silenceSeconds { settings.append(.silenceSeconds) }
    return settings
  }

  /// Takes over their values from `old`.
  mutating func keepWhatNeedsRestart(from old: ListenerConfiguration) {
    device = old.device
    recordingPath = old.recordingPath
    waitsForDevice = old.waitsForDevice
    realtimePriority = old.realtimePriority
    silenceSeconds = old.silenceSeconds
  }
}
