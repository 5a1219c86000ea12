// SPDX-License-Identifier: GPL-3.0-or-later

/// One lying bar per named value, with its interval where it has one.
package struct BarChart: Sendable {
  package var title: String

  /// What is measured, with its unit, and how far the axis reaches.
  package var axis: Chart.Axis
  package var bars: [Bar]

  package init(title: String, axis: Chart.Axis, bars: [Bar]) {
    self.title = title
    self.axis = axis
    self.bars = bars
  }

  package struct Bar: Sendable {
    package var name: String
    package var value: Double
    package var interval: ClosedRange<Double>?

    /// The value as it is to be read, behind the bar.
    package var text: String

    package init(
      name: String, value: Double, text: String, interval: ClosedRange<Double>? = nil
    ) {
      self.name = name
      self.value = value
      self.text = text
      self.interval = interval
    }
  }
}
