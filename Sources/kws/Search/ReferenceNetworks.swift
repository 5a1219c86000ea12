// SPDX-License-Identifier: GPL-3.0-or-later

/// Published networks on the 12 classes of Speech Commands, as points of comparison. Other people's
/// training and other test clips: not to be compared to the point.
struct ReferenceNetwork {
  var name: String

  /// Percent right on the test set of Speech Commands v2, or where `isVersion1` of v1.
  var accuracy: Double
  var isVersion1: Bool

  /// Multiply-accumulates per window.
  var macs: Double

  /// Parameters; their bytes at 8 bits.
  var parameterCount: Double

  static let all: [ReferenceNetwork] = [
    // Hello Edge (arXiv 1711.07128); accuracy on v2 from MicroNets (arXiv 2010.11267).
    ReferenceNetwork("DS-CNN-S", 94.15, macs: 2.66e6, 22.0e3),
    ReferenceNetwork("DS-CNN-M", 95.0, macs: 9.82e6, 133.5e3),
    ReferenceNetwork("DS-CNN-L", 95.9, macs: 28.33e6, 407.7e3),
    // MicroNets.
    ReferenceNetwork("MicroNet-S", 95.3, macs: 8.3e6, 102e3),
    ReferenceNetwork("MicroNet-M", 95.8, macs: 15.6e6, 163e3),
    // BC-ResNet (arXiv 2106.04140).
    ReferenceNetwork("BC-ResNet-1", 96.9, macs: 3.1e6, 9.2e3),
    ReferenceNetwork("BC-ResNet-1.5", 97.6, macs: 5.5e6, 17.2e3),
    ReferenceNetwork("BC-ResNet-2", 97.8, macs: 8.5e6, 27.3e3),
    ReferenceNetwork("BC-ResNet-3", 98.2, macs: 16.2e6, 54.2e3),
    // SparkNet, Interspeech 2024.
    ReferenceNetwork("SparkNet-16", 95.7, macs: 454e3, 4.6e3),
    ReferenceNetwork("SparkNet-32", 97.0, macs: 1.2e6, 11.5e3),
    // Peter, Roth, Pernkopf (arXiv 2012.10138): accuracy on v1.
    ReferenceNetwork("wm1.25_5", 95.49, macs: 5.22e6, 69.9e3, isVersion1: true),
    ReferenceNetwork("wm0.75_3", 95.62, macs: 12.05e6, 163.9e3, isVersion1: true),
    ReferenceNetwork("wm1.25_3", 95.58, macs: 19.7e6, 250.6e3, isVersion1: true),
    ReferenceNetwork("mfcc20_5", 96.14, macs: 14.46e6, 72.0e3, isVersion1: true),
    ReferenceNetwork("mfcc20_4", 96.59, macs: 27.14e6, 172.7e3, isVersion1: true),
  ]

  private init(
    _ name: String, _ accuracy: Double, macs: Double, _ parameterCount: Double,
    isVersion1: Bool = false
  ) {
    self.name = name
    self.accuracy = accuracy
    self.isVersion1 = isVersion1
    self.macs = macs
    self.parameterCount = parameterCount
  }
}
