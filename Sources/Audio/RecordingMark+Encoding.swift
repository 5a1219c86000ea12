// SPDX-License-Identifier: GPL-3.0-or-later

extension RecordingMark {
  /// The version of the sidecar's lines.
  static let schema = 1

  /// Bytes of the longest source name that is kept.
  static let sourceNameLimit = 1024

  /// The first line of a sidecar, with its line feed.
  static func header(format: CaptureFormat, source: String) -> [UInt8] {
    Array(
      ("{\"kind\":\"recording\",\"schema\":\(schema),\"source\":\(quoted(source)),"
        + "\"rate\":\(format.rate),\"channels\":\(format.channelCount),"
        + "\"encoding\":\"\(format.encoding.recorded)\"}\n").utf8)
  }

  /// The line of the sidecar, with its line feed.
  var line: [UInt8] {
    let content =
      switch kind {
      case .gap(let frameCount, let cause, let isBridged):
        "\"gap\",\"frame\":\(frame),\"length\":\(frameCount),\"cause\":\"\(cause.name)\","
          + "\"restart\":\(!isBridged)"
      case .rate(let rate): "\"rate\",\"frame\":\(frame),\"rate\":\(rate)"
      case .reconfigured: "\"reconfigured\",\"frame\":\(frame)"
      case .unrecorded(let frameCount):
        "\"unrecorded\",\"frame\":\(frame),\"length\":\(frameCount)"
      case .end(let reason): "\"end\",\"frame\":\(frame),\"reason\":\"\(reason.name)\""
      }
    return Array("{\"kind\":\(content)}\n".utf8)
  }

  /// `text`, cut at `sourceNameLimit`, as a JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    var byteCount = 0
    for scalar in text.unicodeScalars {
      byteCount += UTF8.width(scalar)
      if byteCount > sourceNameLimit { break }
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension SampleEncoding {
  /// The encoding of a recording: a WAV file has no 24 bits in four bytes.
  var recorded: SampleEncoding { self == .int24In32 ? .int24 : self }
}
