// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio

/// What a device really offers, without the sound library's own conversions.
package struct CaptureOffer: Equatable, Sendable {
  /// Samples per second, the lowest and the highest.
  package var rates: ClosedRange<Int>

  /// Those of `standardRates` that it takes, rising.
  package var standardRates: [Int]

  /// The fewest and the most channels.
  package var channelCounts: ClosedRange<Int>

  /// Encodings that can be read here, best first.
  package var encodings: [SampleEncoding]

  package init(
    rates: ClosedRange<Int>, standardRates: [Int], channelCounts: ClosedRange<Int>,
    encodings: [SampleEncoding]
  ) {
    self.rates = rates
    self.standardRates = standardRates
    self.channelCounts = channelCounts
    self.encodings = encodings
  }

  /// Rates that sound hardware has in practice.
  package static let standardRates = [
    8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
    176_400, 192_000,
  ]

  /// Channel counts to try, best first: the fewest, then two, then what else is below nine.
  package var channelCountsByPreference: [Int] {
    let possible = channelCounts.clamped(to: CaptureFormat.channelCounts)
    guard channelCounts.overlaps(CaptureFormat.channelCounts) else { return [] }
    let more = [2] + Array(1...8)
    return more.reduce(into: [possible.lowerBound]) { found, count in
      if possible.contains(count) && !found.contains(count) { found.append(count) }
    }
  }

  /// The rate to capture at: 16 kHz where it is native, else the lowest that loses nothing, else
  /// the highest.
  package var preferredRate: Int {
    let wanted = AudioFormat.sampleRate
    if let rate = standardRates.first(where: { $0 == wanted })
      ?? standardRates.first(where: {
        $0 > wanted
      })
    {
      return rate
    }
    return rates.contains(wanted) ? wanted : min(max(rates.upperBound, 1), 384_000)
  }
}
