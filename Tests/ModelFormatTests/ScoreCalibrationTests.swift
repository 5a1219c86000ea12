// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Testing

/// The prior of the scores in a model file.
@Suite struct ScoreCalibrationTests {
  private let calibration = ScoreCalibration(
    prior: ["yes": 0.25, "no": 0.75], temperature: 1.5, clipCount: 12, logLossBefore: 0.5,
    logLossAfter: 0.25)

  private func model(_ change: (inout ScoreCalibration) -> Void = { _ in }) -> QuantizedModel {
    var (model, calibration) = (sampleModel, calibration)
    change(&calibration)
    model.scores = calibration
    return model
  }

  @Test func `a calibration is read back as it was written, and every truncation is an error`()
    throws
  {
    let bytes = model().encoded()
    #expect(try QuantizedModel(reading: bytes) == model())
    #expect(try QuantizedModel(reading: sampleModel.encoded()).scores == nil)
    for index in bytes.indices {
      #expect(throws: ModelFormatError.self) { try QuantizedModel(reading: Array(bytes[..<index])) }
    }
  }

  @Test func `a sealed calibration with a value that cannot be names the field`() {
    func check(_ field: String, _ change: (inout ScoreCalibration) -> Void) {
      #expect {
        try QuantizedModel(reading: model(change).encoded())
      } throws: { error in
        guard case .badField("scores.\(field)", _, _)? = error as? ModelFormatError else {
          return false
        }
        return true
      }
    }
    check("prior") { $0.prior = [:] }
    check("prior") { $0.prior = ["yes": 0.5, "no": 0.4] }
    check("prior") { $0.prior = ["yes": 1.5, "no": -0.5] }
    check("prior") { $0.prior = ["yes": 0.5, "zebra": 0.5] }
    check("prior") { $0.prior = ["yes": 0.5, "\u{1B}[m": 0.5] }
    check("temperature") { $0.temperature = 0 }
    check("temperature") { $0.temperature = 1e9 }
    check("clipCount") { $0.clipCount = 0 }
    check("logLossBefore") { $0.logLossBefore = -1 }
    check("logLossAfter") { $0.logLossAfter = 1e9 }
  }

  @Test func `dividing logits changes the last layer's scales and nothing else`() {
    var divided = sampleModel
    divided.divideLogits(by: 2)
    #expect(divided.layers[4].weightScales == [0.25, 0.125])
    divided.layers[4].weightScales = sampleModel.layers[4].weightScales
    #expect(divided == sampleModel)
  }
}
