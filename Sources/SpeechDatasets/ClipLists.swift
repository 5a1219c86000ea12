// SPDX-License-Identifier: GPL-3.0-or-later

/// The clips of one split, sorted by what they are for.
struct ClipLists: Sendable {
  let split: Split

  /// Clips of keywords, by keyword in the order of the task.
  let keywords: [ClipReference]

  /// Clips of all other words.
  let unknown: [ClipReference]

  /// Sources that have noise for silence. A set to judge by takes that of its words' own sources where
  /// there is any, so that it stays the same whatever noise a training is given.
  let noiseSources: [Int]

  /// - Throws: `.missingClass` for a keyword without clips, `.missingMaterial` where there are no
  ///   other words or no noise.
  init(
    sources: [ClipSource], task: KeywordTask, split: Split, speakers: SpeakerPart = .all
  ) throws(DatasetError) {
    self.split = split
    var clips: [[ClipReference]] = Array(repeating: [], count: task.keywords.count)
    var unknown: [ClipReference] = []
    for (index, source) in sources.enumerated() {
      for (word, clip, name) in source.words(split) where speakers.contains(clip: name) {
        if let label = task.keywords.firstIndex(of: word) {
          clips[label].append(ClipReference(source: index, clip: clip, label: label))
        } else {
          unknown.append(ClipReference(source: index, clip: clip, label: task.unknownIndex))
        }
      }
    }
    let paths = sources.map(\.path)
    for (label, list) in clips.enumerated() where list.isEmpty {
      throw .missingClass(word: task.keywords[label], split: split, sources: paths)
    }
    keywords = clips.flatMap { $0 }
    self.unknown = unknown
    guard !unknown.isEmpty else {
      throw .missingMaterial(kind: "other words", split: split, sources: paths)
    }
    let noisy = sources.indices.filter { sources[$0].hasNoise(split) }
    let own = noisy.filter { !sources[$0].isNoiseAlone }
    noiseSources = split == .training || own.isEmpty ? noisy : own
    guard !noiseSources.isEmpty else {
      throw .missingMaterial(kind: "background noise", split: split, sources: paths)
    }
  }
}
