// SPDX-License-Identifier: GPL-3.0-or-later

/// JSON form: `"none"`, `"batch"`, or `"subSpectral5"` for five bands.
extension Normalization: Codable {
  private static let subSpectralPrefix = "subSpectral"

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    switch text {
    case "none": self = .none
    case "batch": self = .batch
    default:
      guard text.hasPrefix(Self.subSpectralPrefix),
        let bandCount = Int(text.dropFirst(Self.subSpectralPrefix.count))
      else {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: "expected none, batch or subSpectral with a number of bands, such as "
            + "subSpectral5, found '\(text)'")
      }
      self = .subSpectral(bandCount: bandCount)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encode("none")
    case .batch: try container.encode("batch")
    case .subSpectral(let bandCount): try container.encode("\(Self.subSpectralPrefix)\(bandCount)")
    }
  }
}
