// SPDX-License-Identifier: GPL-3.0-or-later

/// A word that was spoken in a recording.
package struct TruthWord: Equatable, Sendable {
  /// Seconds from the start of the recording.
  package var start: Double
  package var end: Double

  package var label: String

  /// Mean power of the word over that of the background under it, in decibels; nil where nobody knows.
  package var signalToNoiseDecibels: Double?

  package init(
    start: Double, end: Double, label: String, signalToNoiseDecibels: Double? = nil
  ) {
    self.start = start
    self.end = end
    self.label = label
    self.signalToNoiseDecibels = signalToNoiseDecibels
  }
}

/// Reads who spoke what when: lines of `start<TAB>end<TAB>label`, in seconds, in any order; a fourth
/// column is the signal-to-noise ratio in decibels and may be empty.
///
/// The first three are what Audacity exports as labels, too; its lines that begin with a backslash (frequencies)
/// are left out, and so are empty lines and a first line that names the columns.
package enum TruthFile {
  /// The longest file that is read, in bytes.
  package static let byteLimit = 64 << 20

  /// - Throws: `EvaluationError.truth` for the first line that makes no sense.
  package static func words(_ text: String, path: String) throws(EvaluationError) -> [TruthWord] {
    var words: [TruthWord] = []
    // A carriage return and a line feed are one character.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      if line.allSatisfy(\.isWhitespace) || line.first == "\\" { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      func wrong(_ expected: String, _ found: some StringProtocol) -> EvaluationError {
        .truth(path: path, line: index + 1, expected: expected, found: String(found.prefix(60)))
      }
      guard (3...4).contains(fields.count) else {
        throw wrong("start, end and label with tabs between them", line)
      }
      if index == 0, Double(fields[0]) == nil, Double(fields[1]) == nil { continue }
      guard let start = Double(fields[0]), start.isFinite, start >= 0 else {
        throw wrong("a start in seconds", fields[0])
      }
      guard let end = Double(fields[1]), end.isFinite, end >= start else {
        throw wrong("an end in seconds, not before the start", fields[1])
      }
      guard !fields[2].isEmpty else { throw wrong("a label", "none") }
      let ratio = fields.count == 4 && !fields[3].isEmpty ? Double(fields[3]) : nil
      guard fields.count == 3 || fields[3].isEmpty || ratio?.isFinite == true else {
        throw wrong("a signal-to-noise ratio in decibels", fields[3])
      }
      words.append(
        TruthWord(
          start: start, end: end, label: String(fields[2]), signalToNoiseDecibels: ratio))
    }
    return words.sorted { ($0.start, $0.end, $0.label) < ($1.start, $1.end, $1.label) }
  }
}
