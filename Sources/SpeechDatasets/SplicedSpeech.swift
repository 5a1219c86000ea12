// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Running speech put together from words: halves of any word and whole ones that are no keyword, one
/// after another. None of it is a keyword, so that a network learns that half of one is not enough: the
/// clips of a data set of words hold nothing between a word and silence.
struct SplicedSpeech {
  /// What is taken of a clip.
  enum Portion { case head, tail, whole }

  struct Piece {
    let clip: ClipReference
    let portion: Portion

    /// Where a head ends or a tail starts, as a part of the word.
    let cut: Float

    /// Frames of 10 ms until the next piece.
    let pause: Int
  }

  /// The index of the source of all pieces.
  var source: Int { pieces[0].clip.source }

  let pieces: [Piece]

  /// Frame of the window where the first piece starts; below 0 where speech has begun before it.
  private let start: Int

  /// Draws two to six pieces, of keywords and other words alike.
  init(_ lists: ClipLists, _ task: KeywordTask, _ generator: inout CounterBasedGenerator) {
    start = Int.random(in: -40...40, using: &generator)
    let count = Int.random(in: 2...6, using: &generator)
    var pieces: [Piece] = []
    for _ in 0..<count {
      let clip = Self.word(lists, of: pieces.first?.clip.source, &generator)
      let isKeyword = clip.label != task.unknownIndex
      let choice = generator.nextUniform()
      var portion: Portion =
        !isKeyword && choice < 0.5 ? .whole : generator.nextUniform() < 0.5 ? .head : .tail
      // Both halves of a keyword in a row would be the keyword.
      if portion == .tail, let last = pieces.last, last.portion == .head,
        last.clip.label == clip.label
      {
        portion = .head
      }
      pieces.append(
        Piece(
          clip: clip, portion: portion, cut: 0.35 + 0.3 * generator.nextUniform(),
          pause: Int(20 * generator.nextUniform() * generator.nextUniform())))
    }
    self.pieces = pieces
  }

  /// The pieces in their places, all as loud as the first.
  ///
  /// - Parameter extent: that of a clip of the source.
  func parts(_ extent: (Int) -> SpeechExtent) -> [ClipPart] {
    var parts: [ClipPart] = []
    var place = start
    var loudness: Float?
    for piece in pieces {
      let own = extent(piece.clip.clip)
      let cut = own.frames.lowerBound + Int(piece.cut * Float(own.frames.count))
      let frames =
        switch piece.portion {
        case .head: own.frames.lowerBound..<cut
        case .tail: cut..<own.frames.upperBound
        case .whole: own.frames
        }
      guard own.power > 0 else { continue }
      let first = loudness ?? own.power
      loudness = first
      let gain = min(max((first / own.power).squareRoot(), 0.1), 10)
      parts.append(
        ClipPart(clip: piece.clip.clip, frames: frames, start: place, gain: gain))
      place += frames.count + piece.pause
    }
    return parts
  }

  /// A keyword or, as often, another word, of a source; of any source where none is given.
  private static func word(
    _ lists: ClipLists, of source: Int?, _ generator: inout CounterBasedGenerator
  ) -> ClipReference {
    func draw(_ clips: [ClipReference]) -> ClipReference {
      clips[Int.random(in: clips.indices, using: &generator)]
    }
    // With one source the first draw does.
    for _ in 0..<100 {
      let clip = draw(generator.nextUniform() < 0.5 ? lists.keywords : lists.unknown)
      if source == nil || clip.source == source { return clip }
    }
    let all = (lists.keywords + lists.unknown).filter { $0.source == source }
    return draw(all)
  }
}
