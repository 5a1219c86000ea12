// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio

/// What a test heard from a microphone, piece by piece.
struct Listening {
  /// Samples without a break, and the index of the first.
  struct Piece {
    var position: Int
    var samples: [Float] = []
  }

  private(set) var pieces: [Piece] = []
  private(set) var incidents: [CaptureIncident] = []
  private(set) var states: Set<CaptureState> = []
  private(set) var idleCount = 0
  private(set) var longestReadSeconds = 0.0
  private(set) var hasEnded = false

  var sampleCount: Int { pieces.reduce(0) { $0 + $1.samples.count } }

  /// Reads for `seconds`, or until `isDone`.
  mutating func listen(
    to microphone: inout Microphone, seconds: Double,
    until isDone: (Listening) -> Bool = { _ in false }
  ) throws {
    var samples = [Float](repeating: 0, count: 4096)
    let clock = ContinuousClock()
    let start = clock.now
    while clock.now - start < .seconds(seconds), !hasEnded, !isDone(self) {
      let before = clock.now
      var room = samples.mutableSpan
      let piece = try microphone.read(into: &room)
      longestReadSeconds = max(longestReadSeconds, (clock.now - before) / .seconds(1))
      switch piece {
      case .samples(let count):
        if pieces.isEmpty { pieces.append(Piece(position: microphone.position - count)) }
        pieces[pieces.count - 1].samples += samples[0..<count]
      case .restart(let at): pieces.append(Piece(position: at))
      case .idle: idleCount += 1
      case .end: hasEnded = true
      }
      states.insert(microphone.state)
      while let incident = microphone.nextIncident() { incidents.append(incident) }
    }
  }

  /// All runs of indexed sound, and the samples that are neither.
  var indexed: (runs: [IndexedSound.Run], unknownCount: Int) {
    pieces.reduce(into: ([], 0)) { result, piece in
      let found = IndexedSound.runs(piece.samples, position: piece.position)
      result.0 += found.runs
      result.1 += found.unknownCount
    }
  }

  /// The phases of `fault`, in order.
  func phases(_ fault: CaptureFault) -> [FaultPhase] {
    incidents.filter { $0.fault == fault }.map(\.phase)
  }
}
