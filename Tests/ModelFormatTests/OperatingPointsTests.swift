// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Testing

/// The table of thresholds in a model file.
@Suite struct OperatingPointsTests {
  private let points = OperatingPoints(
    thresholds: [0.5, 0.9, 1], backgroundSeconds: 7_200.5,
    keywords: [
      "yes": .init(
        wordCount: 40, missCounts: [1, 4, 40], confusionCounts: [9, 1, 0],
        falseAlarmCounts: [12, 2, 0]),
      "no": .init(
        wordCount: 0, missCounts: [0, 0, 0], confusionCounts: [0, 0, 0],
        falseAlarmCounts: [3, 3, 0]),
    ], recordingsDigest: "00ff")

  private func model(_ change: (inout OperatingPoints) -> Void = { _ in }) -> QuantizedModel {
    var model = sampleModel
    var points = points
    change(&points)
    model.operatingPoints = points
    return model
  }

  @Test func `a table is read back as it was written, and a model without one has none`() throws {
    #expect(try QuantizedModel(reading: model().encoded()) == model())
    #expect(model().encoded() == model().encoded())
    #expect(try QuantizedModel(reading: sampleModel.encoded()).operatingPoints == nil)
  }

  @Test func `every truncation and every flipped byte is a typed error`() {
    let bytes = model().encoded()
    for index in bytes.indices {
      #expect(throws: ModelFormatError.self) { try QuantizedModel(reading: Array(bytes[..<index])) }
      var flipped = bytes
      flipped[index] ^= 0x11
      #expect(throws: ModelFormatError.self) { try QuantizedModel(reading: flipped) }
    }
  }

  /// A change to the table, and the field that it breaks.
  struct Damage: Sendable {
    var field: String
    var apply: @Sendable (inout OperatingPoints) -> Void

    init(_ field: String, _ apply: @escaping @Sendable (inout OperatingPoints) -> Void) {
      self.field = field
      self.apply = apply
    }
  }

  @Test(arguments: [
    Damage("thresholds") { $0.thresholds = [] },
    Damage("thresholds") { $0.thresholds = [0.5, 0.5, 1] },
    Damage("thresholds") { $0.thresholds = [0.9, 0.5, 1] },
    Damage("thresholds") { $0.thresholds = [0.5, 0.9, 1.5] },
    Damage("thresholds") { $0.thresholds = [0, 0.9, 1] },
    Damage("thresholds") { $0.thresholds = (1...1_001).map { Float($0) / 1_001 } },
    Damage("backgroundSeconds") { $0.backgroundSeconds = 0 },
    Damage("backgroundSeconds") { $0.backgroundSeconds = -1 },
    Damage("backgroundSeconds") { $0.backgroundSeconds = 1e300 },
    Damage("keywords") { $0.keywords = [:] },
    Damage("keywords") { $0.keywords["zebra"] = $0.keywords["no"] },
    Damage("keywords") { $0.keywords["\u{1B}[2J"] = $0.keywords["no"] },
    Damage("recordingsDigest") { $0.recordingsDigest = "\u{9B}" },
    Damage("yes.wordCount") { $0.keywords["yes"]?.wordCount = -1 },
    Damage("yes.wordCount") { $0.keywords["yes"]?.wordCount = .max },
    Damage("yes.missCounts") { $0.keywords["yes"]?.missCounts = [1, 4] },
    Damage("yes.missCounts") { $0.keywords["yes"]?.missCounts = [1, 4, 41] },
    Damage("yes.missCounts") { $0.keywords["yes"]?.missCounts = [-1, 4, 40] },
    Damage("yes.confusionCounts") { $0.keywords["yes"]?.confusionCounts = [1, -1, 0] },
    Damage("yes.falseAlarmCounts") { $0.keywords["yes"]?.falseAlarmCounts = [] },
    Damage("yes.falseAlarmCounts") { $0.keywords["yes"]?.falseAlarmCounts = [-1, 0, 0] },
    Damage("yes.falseAlarmCounts") { $0.keywords["yes"]?.falseAlarmCounts = [.max, 0, 0] },
  ])
  func `a sealed table with a value that cannot be names the field`(damage: Damage) {
    #expect {
      try QuantizedModel(reading: model(damage.apply).encoded())
    } throws: { error in
      guard case .badField("operatingPoints.\(damage.field)", _, _)? = error as? ModelFormatError
      else {
        return false
      }
      return true
    }
  }

  @Test func `what is no table is a typed error`() throws {
    for text in [
      "", "null", "[]", "{}", "{\"thresholds\":[1e400]}", String(repeating: "[", count: 100_000),
    ] {
      let container = try Safetensors(sampleModel.encoded())
      var writer = SafetensorsWriter(metadata: container.metadata)
      writer.metadata["operatingPoints"] = text
      #expect(throws: ModelFormatError.self, "\(text.prefix(30))") {
        try QuantizedModel(reading: writer.encoded())
      }
    }
  }
}
