// SPDX-License-Identifier: GPL-3.0-or-later

/// Everything that `kws listen` can be told, each value inside the range of its `Setting`.
///
/// `init()` is what holds when nothing is set; `ConfigurationLayers` makes it from a file, the
/// environment and flags.
package struct ListenerConfiguration: Sendable, Equatable {
  /// ALSA's name of the capture device.
  package var device = "default"

  /// Path of the model; nil for the built-in one.
  package var modelPath: String?

  /// Thresholds in the order in which they apply: one without a keyword replaces all before it.
  package var thresholds: [ThresholdSetting] = []

  /// False alarms per day that each keyword may give, for which the model's operating points choose the
  /// thresholds that are not set; nil keeps the model's own.
  package var targetFalseAlarmsPerDay: Double?

  /// Whether a target that the hours behind the operating points do not support is taken all the same.
  package var acceptsUnproven = false

  /// Score, as a part of the keyword's threshold, from which a maximum below the threshold counts
  /// as a near miss; nil reports none.
  package var nearMissRatio: Float?

  /// Where the captured samples are recorded, before resampling; nil records nothing.
  package var recordingPath: String?

  /// Whether events carry the time of day.
  package var wallClock = false

  /// Whether a device that is not there is waited for instead of ending the process.
  package var waitsForDevice = false

  /// SCHED_FIFO priority of the capture thread, 1...99; 0 keeps the ordinary scheduler.
  package var realtimePriority = 0

  /// Seconds of digital zero after which the device counts as silent.
  package var silenceSeconds = 60.0

  package var outputs = OutputConfiguration()

  package init() {}
}

/// A threshold of one keyword, or of all of them.
package struct ThresholdSetting: Sendable, Equatable {
  /// The keyword; nil for all.
  package var keyword: String?

  /// The score at which it fires, 0.001...1.
  package var value: Float

  package init(keyword: String? = nil, value: Float) {
    self.keyword = keyword
    self.value = value
  }
}
