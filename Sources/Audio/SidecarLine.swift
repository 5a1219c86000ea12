// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// One line of a sidecar as it stands there, to be checked field by field.
struct SidecarLine {
  /// The members that any kind of line has.
  private struct Members: Decodable {
    var kind: String?
    var schema: WholeNumber?
    var source: String?
    var rate: WholeNumber?
    var channels: WholeNumber?
    var encoding: String?
    var frame: WholeNumber?
    var length: WholeNumber?
    var cause: String?
    var restart: Bool?
    var reason: String?
  }

  /// An integer, of which the decoder can name the field where it is none.
  private struct WholeNumber: Decodable {
    var value: Int

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let number = try container.decode(Double.self)
      guard let value = Int(exactly: number) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "no integer")
      }
      self.value = value
    }
  }

  let path: String
  let number: Int
  private let members: Members

  /// Most frames of one gap and of one recording: 19 months at 384 kHz.
  static let frameCounts = 0...(1 << 44)

  /// Most frames of a gap that is heard as zeros, so that a line cannot ask for hours of them.
  static let bridgedFrameLimit = Resampler.supportedRates.upperBound

  init(_ bytes: [UInt8], path: String, number: Int) throws(AudioError) {
    self.path = path
    self.number = number
    do {
      members = try JSONDecoder().decode(Members.self, from: Data(bytes))
    } catch let error as DecodingError {
      let (context, fault): (DecodingError.Context?, SidecarFault) =
        switch error {
        case .typeMismatch(_, let context): (context, .wrongType)
        case .dataCorrupted(let context): (context, .wrongType)
        default: (nil, .notJSON)
        }
      let field = context?.codingPath.last?.stringValue
      throw .sidecar(path: path, line: number, field: field, field == nil ? .notJSON : fault)
    } catch {
      throw .sidecar(path: path, line: number, field: nil, .notJSON)
    }
  }

  /// What the first line says.
  func header() throws(AudioError) -> (format: CaptureFormat, source: String) {
    let kind = try value("kind", members.kind)
    guard kind == "recording" else { throw fault("kind", .unknownValue(found: kind)) }
    let schema = try value("schema", members.schema).value
    guard schema == RecordingMark.schema else {
      throw fault("schema", .unknownValue(found: "\(schema)"))
    }
    let format = CaptureFormat(
      rate: try value("rate", members.rate, in: Resampler.supportedRates),
      channelCount: try value("channels", members.channels, in: CaptureFormat.channelCounts),
      encoding: try value("encoding", members.encoding, of: SampleEncoding.allCases) {
        $0.rawValue
      })
    return (format, try value("source", members.source))
  }

  /// What a further line says; its place is not before `earlier`.
  func mark(notBefore earlier: Int) throws(AudioError) -> RecordingMark {
    let kind = try value("kind", members.kind)
    let frame = try value("frame", members.frame, in: earlier...Self.frameCounts.upperBound)
    let content: RecordingMark.Kind
    switch kind {
    case "gap":
      let isBridged = try !value("restart", members.restart)
      content = .gap(
        frameCount: try length(limit: isBridged ? Self.bridgedFrameLimit : nil),
        cause: try value("cause", members.cause, of: GapCause.allCases) { $0.name },
        isBridged: isBridged)
    case "rate": content = .rate(try value("rate", members.rate, in: Resampler.supportedRates))
    case "reconfigured": content = .reconfigured
    case "unrecorded": content = .unrecorded(frameCount: try length())
    case "end":
      content = .end(
        try value("reason", members.reason, of: RecordingEnd.allCases) { $0.name })
    default: throw fault("kind", .unknownValue(found: kind))
    }
    return RecordingMark(frame: frame, kind: content)
  }

  func fault(_ field: String, _ fault: SidecarFault) -> AudioError {
    .sidecar(path: path, line: number, field: field, fault)
  }

  private func length(limit: Int? = nil) throws(AudioError) -> Int {
    try value("length", members.length, in: 1...(limit ?? Self.frameCounts.upperBound))
  }

  private func value<Value>(_ field: String, _ value: Value?) throws(AudioError) -> Value {
    guard let value else { throw fault(field, .missing) }
    return value
  }

  private func value(
    _ field: String, _ found: WholeNumber?, in range: ClosedRange<Int>
  ) throws(AudioError) -> Int {
    let found = try value(field, found).value
    guard range.contains(found) else { throw fault(field, .outOfRange(found: found, range)) }
    return found
  }

  private func value<Value>(
    _ field: String, _ found: String?, of values: [Value], name: (Value) -> String
  ) throws(AudioError) -> Value {
    let found = try value(field, found)
    guard let value = values.first(where: { name($0) == found }) else {
      throw fault(field, .unknownValue(found: found))
    }
    return value
  }
}
