// SPDX-License-Identifier: GPL-3.0-or-later

/// JSON form: `{"type": "convolution", "outputs": 64, "kernel": [5, 1], "stride": [2, 1], "dilation": 1}`
/// with kernel and stride as `[time, frequency]`.
extension Operation: Codable {
  private enum Key: String, CodingKey {
    case type, outputs, kernel, stride, dilation
  }

  private enum Kind: String, Codable, CaseIterable {
    case convolution, depthwise, frequencyToChannels, averagePool, dense
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func extent(_ key: Key) throws -> Extent {
      let pair = try container.decodeIfPresent([Int].self, forKey: key) ?? [1, 1]
      guard pair.count == 2 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "expected [time, frequency]")
      }
      return Extent(time: pair[0], frequency: pair[1])
    }
    let dilation = try container.decodeIfPresent(Int.self, forKey: .dilation) ?? 1
    let type = try container.decode(String.self, forKey: .type)
    guard let kind = Kind(rawValue: type) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container, debugDescription: "expected one of \(known), found '\(type)'")
    }
    switch kind {
    case .convolution:
      self = .convolution(
        outputChannelCount: try container.decode(Int.self, forKey: .outputs),
        kernel: try extent(.kernel), stride: try extent(.stride), dilation: dilation)
    case .depthwise:
      self = .depthwise(
        kernel: try extent(.kernel), stride: try extent(.stride), dilation: dilation)
    case .frequencyToChannels: self = .frequencyToChannels
    case .averagePool: self = .averagePool
    case .dense: self = .dense(outputCount: try container.decode(Int.self, forKey: .outputs))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    func encode(_ kernel: Extent, _ stride: Extent, _ dilation: Int) throws {
      try container.encode([kernel.time, kernel.frequency], forKey: .kernel)
      try container.encode([stride.time, stride.frequency], forKey: .stride)
      try container.encode(dilation, forKey: .dilation)
    }
    switch self {
    case .convolution(let outputs, let kernel, let stride, let dilation):
      try container.encode(Kind.convolution, forKey: .type)
      try container.encode(outputs, forKey: .outputs)
      try encode(kernel, stride, dilation)
    case .depthwise(let kernel, let stride, let dilation):
      try container.encode(Kind.depthwise, forKey: .type)
      try encode(kernel, stride, dilation)
    case .frequencyToChannels: try container.encode(Kind.frequencyToChannels, forKey: .type)
    case .averagePool: try container.encode(Kind.averagePool, forKey: .type)
    case .dense(let outputs):
      try container.encode(Kind.dense, forKey: .type)
      try container.encode(outputs, forKey: .outputs)
    }
  }
}
