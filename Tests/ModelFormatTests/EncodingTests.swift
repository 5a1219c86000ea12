// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures
import Testing

@Suite struct EncodingTests {
  @Test(arguments: [sampleModel, broadcastModel, packedModel])
  func `a model is read back as it was written`(model: QuantizedModel) throws {
    #expect(try QuantizedModel(reading: model.encoded()) == model)
    #expect(model.encoded() == model.encoded())
  }

  @Test(arguments: [sampleModel, broadcastModel])
  func `a checkpoint is read back as it was written`(model: QuantizedModel) throws {
    let checkpoint = try sampleCheckpoint(of: model)
    #expect(try Checkpoint(reading: checkpoint.encoded()) == checkpoint)
  }

  @Test func `every tensor of a checkpoint is read back, whatever its name begins with`() throws {
    var checkpoint = try sampleCheckpoint()
    checkpoint.tensors["normalization.other"] = FloatTensor(shape: [2], values: [1, 2])
    #expect(try Checkpoint(reading: checkpoint.encoded()) == checkpoint)
  }

  @Test(arguments: [sampleModel, broadcastModel, packedModel])
  func `every truncation of a model is a typed error`(model: QuantizedModel) {
    let bytes = model.encoded()
    for count in 0..<bytes.count {
      #expect(throws: ModelFormatError.self) { try QuantizedModel(reading: Array(bytes[..<count])) }
    }
  }

  @Test(arguments: [sampleModel, broadcastModel, packedModel])
  func `every flipped byte of a model is a typed error`(model: QuantizedModel) {
    let bytes = model.encoded()
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
        var flipped = bytes
        flipped[index] ^= mask
        #expect(throws: ModelFormatError.self) { try QuantizedModel(reading: flipped) }
      }
    }
  }

  @Test func `a resealed model with a wrong value names field, expected and found`() {
    var model = sampleModel
    model.input.zeroPoint = 256
    #expect(
      throws: ModelFormatError.badField(
        "quantization.input.zeroPoint", expected: "0...255", found: "256")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = sampleModel
    model.labels = ["yes", "yes"]
    #expect(
      throws: ModelFormatError.badField(
        "labels", expected: "2 different labels", found: "[\"yes\", \"yes\"]")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = sampleModel
    model.layers[0].weights[5] = -128
    #expect(
      throws: ModelFormatError.badTensor("stem.weight", expected: "-127...127", found: "-128")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = sampleModel
    model.normalization.scale[1] = .nan
    #expect(
      throws: ModelFormatError.badTensor(
        "normalization.scale", expected: "finite values", found: "nan")
    ) { try QuantizedModel(reading: model.encoded()) }
  }

  @Test(
    arguments: [
      ("left\u{1B}[2J", "U+001B"), ("le\nft", "U+000A"), ("\u{7F}", "U+007F"),
      ("a\u{9B}2J", "U+009B"), ("\u{2028}", "U+2028"), ("\u{2029}", "U+2029"),
    ])
  func `a label that would steer a terminal is refused`(label: String, code: String) throws {
    func error(_ field: String, _ position: Int) -> ModelFormatError {
      .badField(
        field, expected: "text without control characters", found: "\(code) in text \(position)")
    }
    var model = sampleModel
    model.labels[1] = label
    #expect(throws: error("labels", 2)) { try QuantizedModel(reading: model.encoded()) }
    var checkpoint = try sampleCheckpoint()
    checkpoint.labels[1] = label
    #expect(throws: error("labels", 2)) { try Checkpoint(reading: checkpoint.encoded()) }
    model = sampleModel
    model.detection.rejectLabels = [label]
    #expect(throws: error("detection", 2)) { try QuantizedModel(reading: model.encoded()) }
    model = sampleModel
    model.detection.thresholds = [label: 0.5]
    #expect(throws: error("detection", 1)) { try QuantizedModel(reading: model.encoded()) }
  }

  @Test func `a label may be any word`() throws {
    var model = sampleModel
    model.labels = ["häuschen 3", "左"]
    model.detection.thresholds = ["左": 0.5]
    #expect(try QuantizedModel(reading: model.encoded()) == model)
  }

  @Test func `text that would steer a terminal is refused wherever it stands`() {
    var model = sampleModel
    model.provenance.attribution = "no\u{1B}[31mbody"
    #expect(
      throws: ModelFormatError.badField(
        "provenance", expected: "text without control characters", found: "U+001B in text 2")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = sampleModel
    model.architecture.name = "two\nlines"
    #expect(
      throws: ModelFormatError.badField(
        "architecture", expected: "text without control characters", found: "U+000A in text 1")
    ) { try QuantizedModel(reading: model.encoded()) }
  }

  @Test func `a checkpoint is not a model`() throws {
    let bytes = try sampleCheckpoint().encoded()
    #expect(
      throws: ModelFormatError.badField(
        "kws.kind", expected: "quantized-model", found: "checkpoint")
    ) { try QuantizedModel(reading: bytes) }
  }

  @Test func `a checkpoint without a parameter names it`() throws {
    var checkpoint = try sampleCheckpoint()
    checkpoint.tensors["head.bias"] = nil
    #expect(throws: ModelFormatError.missingTensor("head.bias")) {
      try Checkpoint(reading: checkpoint.encoded())
    }
  }

  @Test func `weights take their real bits in the file`() throws {
    for bitCount in WeightLevels.bitCounts {
      let model = packed([bitCount, bitCount, bitCount])
      #expect(try QuantizedModel(reading: model.encoded()) == model)
      let container = try Safetensors(model.encoded())
      // 27, 9 and 12 weights.
      for (name, count) in [("stem", 27), ("depthwise", 9), ("head", 12)] {
        let entry = try #require(container.entries["\(name).weight"])
        #expect(entry.range.count == (count * bitCount + 7) / 8, "\(name) at \(bitCount) bits")
      }
    }
  }

  @Test func `a packed code without a level and bits behind the last weight are refused`() throws {
    func reading(_ change: (inout SafetensorsWriter, [UInt8]) -> Void) throws {
      let model = packed([4, 8, 8])
      let container = try Safetensors(model.encoded())
      var writer = SafetensorsWriter(metadata: container.metadata)
      for (name, entry) in container.entries {
        let bytes = Array(container.bytes[entry.range])
        switch entry.type {
        case .f32:
          writer.add(
            name, shape: entry.shape, floats: try container.floats(name, shape: entry.shape))
        case .i32:
          writer.add(
            name, shape: entry.shape, integers: try container.integers(name, shape: entry.shape))
        case .i8:
          writer.add(name, shape: entry.shape, signedBytes: bytes.map { Int8(bitPattern: $0) })
        default: change(&writer, bytes)
        }
      }
      _ = try QuantizedModel(reading: writer.encoded())
    }
    // Four bits: codes 0 to 14; 27 weights fill 13 bytes and a half.
    try reading { $0.add("stem.weight", shape: [14], bytes: $1) }
    #expect(
      throws: ModelFormatError.badTensor(
        "stem.weight", expected: "codes below 15", found: "15 at 0")
    ) { try reading { $0.add("stem.weight", shape: [14], bytes: [$1[0] | 0x0F] + $1[1...]) } }
    #expect(
      throws: ModelFormatError.badTensor(
        "stem.weight", expected: "zeros behind the last weight", found: "\(0x10 | packedTail)")
    ) {
      try reading { $0.add("stem.weight", shape: [14], bytes: $1[..<13] + [0x10 | packedTail]) }
    }
    #expect(
      throws: ModelFormatError.badTensor("stem.weight", expected: "U8 [14]", found: "U8 [13]")
    ) { try reading { $0.add("stem.weight", shape: [13], bytes: Array($1[..<13])) } }
  }

  @Test func `bits that no weight or activation has are refused`() {
    var model = sampleModel
    model.layers[1].output?.bitCount = 5
    #expect(
      throws: ModelFormatError.badField(
        "quantization.layers[1].output.bitCount", expected: "one of [4, 8]", found: "5")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = sampleModel
    model.layers[1].output?.bitCount = 4
    model.layers[1].output?.zeroPoint = 16
    #expect(
      throws: ModelFormatError.badField(
        "quantization.layers[1].output.zeroPoint", expected: "0...15", found: "16")
    ) { try QuantizedModel(reading: model.encoded()) }
  }
}
