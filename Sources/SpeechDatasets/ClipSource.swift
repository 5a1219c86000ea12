// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import SpeechFeatures

/// An opened data source: a closed set behind one interface.
enum ClipSource: Sendable {
  case logMel(LogMelSource)
  case recordings(RecordingSource)
  case noise(NoiseSource)

  init(
    _ source: DataSource, features: FeatureConfiguration, augmentation: AugmentationConfiguration
  ) throws(DatasetError) {
    switch source {
    case .logMel(let path):
      self = .logMel(
        try LogMelSource(path: path, features: features, augmentation: augmentation))
    case .recordings(let path):
      self = .recordings(
        try RecordingSource(path: path, features: features, augmentation: augmentation))
    case .noise(let path): self = .noise(try NoiseSource(path: path, features: features))
    }
  }

  /// The folder.
  var path: String {
    switch self {
    case .logMel(let source): source.set.path
    case .recordings(let source): source.folder.path
    case .noise(let source): source.path
    }
  }

  /// SHA-256 over the index.
  var digest: String {
    switch self {
    case .logMel(let source): source.set.digest
    case .recordings(let source): source.folder.digest
    case .noise(let source): source.digest
    }
  }

  /// Words with the indexes and names of their clips in a split, in the order of the index.
  func words(_ split: Split) -> [(word: String, clip: Int, name: String)] {
    switch self {
    case .logMel(let source):
      source.set.clips.indices.compactMap { index in
        let clip = source.set.clips[index]
        return clip.split == split ? (clip.word, index, clip.name) : nil
      }
    case .recordings(let source):
      source.folder.clips.indices.compactMap { index in
        let clip = source.folder.clips[index]
        return clip.split == split ? (clip.word, index, clip.name) : nil
      }
    case .noise: []
    }
  }

  /// A clip of a word as `word/name`.
  func name(_ clip: Int) -> String {
    switch self {
    case .logMel(let source): source.set.clips[clip].word + "/" + source.set.clips[clip].name
    case .recordings(let source):
      source.folder.clips[clip].word + "/" + source.folder.clips[clip].name
    case .noise: preconditionFailure("a source of noise has no words")
    }
  }

  /// Whether it has noise and no words.
  var isNoiseAlone: Bool {
    if case .noise = self { true } else { false }
  }

  /// Whether there is noise for a split.
  func hasNoise(_ split: Split) -> Bool {
    switch self {
    case .logMel(let source): !source.noise(split).isEmpty
    case .recordings(let source): !source.noise(split).isEmpty
    case .noise(let source): source.hasNoise(split)
    }
  }

  /// Writes the features `[frame, coefficient]` of a clip of a word.
  ///
  /// - Parameter mix: noise of another source, instead of the source's own.
  func writeWord(
    _ clip: Int, split: Split, draw: AugmentationDraw, mix: NoiseMix? = nil,
    into target: inout MutableSpan<Float>
  ) throws(DatasetError) {
    switch self {
    case .logMel(let source):
      source.writeWord(clip, split: split, draw: draw, mix: mix, into: &target)
    case .recordings(let source):
      source.writeWord(clip, split: split, draw: draw, mix: mix, into: &target)
    case .noise: preconditionFailure("a source of noise has no words")
    }
  }

  /// Where in a clip of a word the word is.
  func speechExtent(_ clip: Int) -> SpeechExtent {
    switch self {
    case .logMel(let source): source.speechExtent(clip)
    case .recordings(let source): source.speechExtent(clip)
    case .noise: preconditionFailure("a source of noise has no words")
    }
  }

  /// Writes the features `[frame, coefficient]` of stretches of clips, at their gain times that drawn.
  func writeParts(
    _ parts: [ClipPart], split: Split, draw: AugmentationDraw, mix: NoiseMix?,
    into target: inout MutableSpan<Float>
  ) {
    switch self {
    case .logMel(let source):
      source.writeParts(parts, split: split, draw: draw, mix: mix, into: &target)
    case .recordings(let source):
      source.writeParts(parts, split: split, draw: draw, mix: mix, into: &target)
    case .noise: preconditionFailure("a source of noise has no words")
    }
  }

  /// Writes the features `[frame, coefficient]` of noise at `draw.gain`; digital zero at gain 0.
  func writeNoise(
    split: Split, draw: AugmentationDraw, choice: Float, into target: inout MutableSpan<Float>
  ) throws(DatasetError) {
    switch self {
    case .logMel(let source):
      source.writeNoise(split: split, draw: draw, choice: choice, into: &target)
    case .recordings(let source):
      source.writeNoise(split: split, draw: draw, choice: choice, into: &target)
    case .noise(let source):
      source.writeNoise(split: split, draw: draw, choice: choice, into: &target)
    }
  }
}
