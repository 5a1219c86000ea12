// SPDX-License-Identifier: GPL-3.0-or-later

/// JSON form: `{"type": "convolution", "outputs": 64, "kernel": [5, 1], "stride": [2, 1], "dilation": 1}`
/// with kernel and stride as `[time, frequency]`; `"padding": "none"` where there is none along
/// frequency; `{"type": "sum", "with": ["name"]}`.
extension Operation: Codable {
  private enum Key: String, CodingKey {
    case type, outputs, kernel, stride, dilation, padding, with
  }

  private enum Kind: String, Codable, CaseIterable {
    case convolution, depthwise, frequencyToChannels, frequencyAverage, averagePool, sum, dense
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
    func window() throws -> Window {
      Window(
        kernel: try extent(.kernel), stride: try extent(.stride),
        dilation: try container.decodeIfPresent(Int.self, forKey: .dilation) ?? 1,
        padding: try container.decodeIfPresent(FrequencyPadding.self, forKey: .padding) ?? .same)
    }
    let type = try container.decode(String.self, forKey: .type)
    guard let kind = Kind(rawValue: type) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container, debugDescription: "expected one of \(known), found '\(type)'")
    }
    switch kind {
    case .convolution:
      self = .convolution(
        outputChannelCount: try container.decode(Int.self, forKey: .outputs), window: try window())
    case .depthwise: self = .depthwise(window: try window())
    case .frequencyToChannels: self = .frequencyToChannels
    case .frequencyAverage: self = .frequencyAverage
    case .averagePool: self = .averagePool
    case .sum: self = .sum(with: try container.decode([String].self, forKey: .with))
    case .dense: self = .dense(outputCount: try container.decode(Int.self, forKey: .outputs))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    func encode(_ window: Window) throws {
      try container.encode([window.kernel.time, window.kernel.frequency], forKey: .kernel)
      try container.encode([window.stride.time, window.stride.frequency], forKey: .stride)
      try container.encode(window.dilation, forKey: .dilation)
      if window.padding != .same { try container.encode(window.padding, forKey: .padding) }
    }
    switch self {
    case .convolution(let outputs, let window):
      try container.encode(Kind.convolution, forKey: .type)
      try container.encode(outputs, forKey: .outputs)
      try encode(window)
    case .depthwise(let window):
      try container.encode(Kind.depthwise, forKey: .type)
      try encode(window)
    case .frequencyToChannels: try container.encode(Kind.frequencyToChannels, forKey: .type)
    case .frequencyAverage: try container.encode(Kind.frequencyAverage, forKey: .type)
    case .averagePool: try container.encode(Kind.averagePool, forKey: .type)
    case .sum(let others):
      try container.encode(Kind.sum, forKey: .type)
      try container.encode(others, forKey: .with)
    case .dense(let outputs):
      try container.encode(Kind.dense, forKey: .type)
      try container.encode(outputs, forKey: .outputs)
    }
  }
}
