// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Testing

@Suite struct BandEncodingTests {
  /// The sample's file with another architecture over the same tensors, sealed anew.
  private func file(replacing old: String, with new: String) throws -> [UInt8] {
    let container = try Safetensors(broadcastModel.encoded())
    var metadata = container.metadata
    let architecture = try #require(metadata["architecture"])
    #expect(architecture.contains(old))
    metadata["architecture"] = architecture.replacing(old, with: new)
    var writer = SafetensorsWriter(metadata: metadata)
    for (name, entry) in container.entries {
      switch entry.type {
      case .i8:
        writer.add(
          name, shape: entry.shape,
          signedBytes: try container.signedBytes(name, shape: entry.shape))
      case .i32:
        writer.add(
          name, shape: entry.shape, integers: try container.integers(name, shape: entry.shape))
      default:
        writer.add(
          name, shape: entry.shape, floats: try container.floats(name, shape: entry.shape))
      }
    }
    return writer.encoded()
  }

  @Test func `tensors of another number of bands are refused`() throws {
    let same = try file(replacing: "subSpectral4", with: "subSpectral4")
    #expect(try QuantizedModel(reading: same) == broadcastModel)
    let fewer = try file(replacing: "subSpectral4", with: "subSpectral2")
    #expect(
      throws: ModelFormatError.badTensor(
        "frequency.weightScale", expected: "F32 [2, 2]", found: "F32 [4, 2]")
    ) { try QuantizedModel(reading: fewer) }
    let none = try file(replacing: "subSpectral2", with: "batch")
    #expect(
      throws: ModelFormatError.badTensor(
        "stem.weightScale", expected: "F32 [2]", found: "F32 [2, 2]")
    ) { try QuantizedModel(reading: none) }
    let uneven = try file(replacing: "subSpectral4", with: "subSpectral3")
    #expect(
      throws: ModelFormatError.architecture(
        .unevenBands(layer: "frequency", frequencyCount: 4, bandCount: 3))
    ) { try QuantizedModel(reading: uneven) }
  }

  @Test func `a band's scale has either sign but is not 0, other scales are positive`() {
    var model = broadcastModel
    model.layers[0].weightScales[3] = 0
    #expect(
      throws: ModelFormatError.badTensor("stem.weightScale", expected: "not 0", found: "0.0")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = broadcastModel
    model.layers[3].weightScales[1] = -0.5
    #expect(
      throws: ModelFormatError.badTensor("time.weightScale", expected: "positive", found: "-0.5")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = broadcastModel
    model.layers[1].weightScales[7] = -.infinity
    #expect(
      throws: ModelFormatError.badTensor(
        "frequency.weightScale", expected: "finite values", found: "-inf")
    ) { try QuantizedModel(reading: model.encoded()) }
    model = broadcastModel
    model.layers[1].bias[7] = (1 << 30) + 1
    #expect(
      throws: ModelFormatError.badTensor(
        "frequency.bias", expected: "at most 2^30", found: "1073741825")
    ) { try QuantizedModel(reading: model.encoded()) }
  }

  @Test func `bytes of every band's scale and bias count`() {
    // Weights, scales and biases, outputs, input, features.
    #expect(broadcastModel.byteCount == 22 + 8 * (4 + 8 + 2 + 2) + 5 * 6 + 5 + 8 * 5)
  }

  @Test func `a checkpoint has statistics of every band`() throws {
    var checkpoint = try sampleCheckpoint(of: broadcastModel)
    #expect(checkpoint.tensors["frequency.norm.mean"]?.shape == [4, 2])
    checkpoint.tensors["frequency.norm.mean"]?.shape = [8]
    #expect(
      throws: ModelFormatError.badTensor(
        "frequency.norm.mean", expected: "F32 [4, 2]", found: "F32 [8]")
    ) { try Checkpoint(reading: checkpoint.encoded()) }
  }
}
