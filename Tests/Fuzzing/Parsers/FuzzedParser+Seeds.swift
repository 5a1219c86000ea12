// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import PublishedNetworks
import SpeechFeatures
import ToneModel

extension FuzzedParser {
  /// Bytes that the parser accepts, where mutation begins; made here, all of them small.
  package var seeds: [[UInt8]] {
    switch self {
    case .model: [toneModel().encoded(), everyOperationModel().encoded()]
    case .checkpoint: [everyOperationCheckpoint().encoded()]
    case .netConfig: PublishedNetwork.all.prefix(1).map { Array($0.text.utf8) }
    case .configuration: [Array(Self.everySetting.utf8)]
    case .logMel: [Self.usualContainer]
    case .clipIndex: [Self.usualIndex]
    case .truth:
      [
        "start\tend\tlabel\n0.5\t1\tyes\n2.25\t2.75\tno\n",
        "1.000000\t1.500000\tyes\r\n\\\t100.0\t4000.0\r\n2.000000\t2.000000\tno\r\n",
      ].map { Array($0.utf8) }
    case .sound: [Self.usualRecording, Self.stereoRecording]
    case .rawSamples: [[0, 0, 255, 127, 0, 128], [1]]
    case .sidecar: [Array(Self.everyMark.utf8)]
    }
  }

  static let usualIndex = Array(
    "row\tword\tname\tsplit\n0\tyes\ta\ttraining\n0\t_background_noise_\tb\tnoise\n".utf8)

  static let usualContainer: [UInt8] = {
    let count = 98 * 40
    let header =
      #"{"__metadata__": {"scale": "9.997", "offset": "145.7"}, "log_mel": {"dtype": "U8", "#
      + #""shape": [1, 98, 40], "data_offsets": [0, \#(count)]}}"#
    return word(header.utf8.count, 8) + Array(header.utf8) + [UInt8](repeating: 100, count: count)
  }()

  /// 100 frames of one channel at 16 kHz.
  static let usualRecording = wave(
    rate: 16_000, channelCount: 1, bitCount: 16,
    data: (0..<100).flatMap { word($0 * 300 - 15_000, 2) })

  /// 50 frames of two channels at 44.1 kHz, which are resampled.
  private static let stereoRecording = wave(
    rate: 44_100, channelCount: 2, bitCount: 24,
    data: (0..<100).flatMap { word($0 * 70_000 - 3_500_000, 3) })

  private static func wave(
    rate: Int, channelCount: Int, bitCount: Int, data: [UInt8]
  ) -> [UInt8] {
    let frameByteCount = channelCount * bitCount / 8
    let format =
      word(1, 2) + word(channelCount, 2) + word(rate, 4) + word(rate * frameByteCount, 4)
      + word(frameByteCount, 2) + word(bitCount, 2)
    return Array("RIFF".utf8) + word(36 + data.count, 4) + Array("WAVEfmt ".utf8) + word(16, 4)
      + format + Array("data".utf8) + word(data.count, 4) + data
  }

  /// `value` in `byteCount` bytes, little-endian.
  private static func word(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static let everyMark = """
    {"kind":"recording","schema":1,"source":"plughw:1","rate":16000,"channels":1,"encoding":"int16"}
    {"kind":"gap","frame":20,"length":160,"cause":"overrun","restart":false}
    {"kind":"rate","frame":30,"rate":48000}
    {"kind":"gap","frame":40,"length":160000,"cause":"suspended","restart":true}
    {"kind":"reconfigured","frame":50}
    {"kind":"unrecorded","frame":60,"length":800}
    {"kind":"end","frame":100,"reason":"stopped"}

    """

  private static let everySetting = """
    device = "plughw:1,0"
    threshold = [0.8, "yes=0.7"]
    near-misses = 0.7
    format = 'jsonl'
    wall-clock = true # a comment
    record = "recording.wav"
    wait-for-device = false
    silence-seconds = 1e2
    realtime-priority = 0x0A
    log-file = \"\"\"events\\u00e9.jsonl\"\"\"
    log-file-format = "jsonl"
    exec = ["/bin/heard", "--quiet"]
    exec-timeout = 10
    exec-limit = 4
    socket = "/run/kws/events"
    save-clips = "clips"
    clip-pre-roll = 1
    clip-post-roll = 0.5
    clip-quota = 100
    metrics-socket = "/run/kws/metrics"
    metrics-port = 9_469
    metrics-textfile = "kws.prom"

    """
}
