// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
import CKernels
import ModelFormat

extension Network {
  /// One label count, the extent of the logits.
  package var labelCount: Int { geometry[geometry.count - 1].output.count }

  /// Logits `[clip, label]` of the newest forward pass, from the last column of the last layer.
  package var logits: SharedBuffer<Float>? { workspace?.logits }

  /// The newest output of a layer, after its activation; `[clip, time, frequency, channel]`.
  /// Nil before the first forward pass.
  package func output(layer index: Int) -> Tensor? {
    workspace == nil ? nil : stages[index].output
  }

  /// The features of the newest forward pass, as a tensor of one channel.
  package var input: Tensor? { workspace?.values[0] }

  /// Runs a batch of clips forward and returns the logits `[clip, label]`.
  ///
  /// A clip that continues reads the columns that its slot's previous clip left in `history`; any
  /// other starts from zeros. Afterwards `history` holds the last columns of every clip. Strides
  /// and the pool's window count from the clip's first frame.
  ///
  /// - Parameters:
  ///   - features: normalized features `[clip, frame, coefficient]`.
  ///   - continues: one value per clip.
  ///   - history: of at least `clipCount` slots; nil where every clip starts from reset.
  /// - Precondition: the clips are long enough for one column of every layer.
  /// - Allocates where a batch is larger or its clips are of another length than before.
  @discardableResult package func forward(
    _ features: SharedBuffer<Float>, clipCount: Int, frameCount: Int, continues: [Bool],
    history: StreamHistory?, mode: Mode
  ) -> SharedBuffer<Float> {
    let training = mode == .training
    precondition(clipCount > 0 && continues.count == clipCount, "one flag per clip")
    precondition(
      features.count >= clipCount * frameCount * architecture.coefficientCount, "features missing")
    precondition(history.map { $0.clipCount >= clipCount } ?? true, "history slots missing")
    precondition(
      frameCount >= geometry.map(\.timeStride).max() ?? 1, "clip shorter than the stride")
    let workspace = prepareWorkspace(
      clipCount: clipCount, frameCount: frameCount, training: training)
    for stage in stages {
      stage.operation?.prepare(forTraining: training)
      if !training { stage.normalization?.prepareForInference() }
    }
    let groups = ClipGroups(clipCount: clipCount)
    var first = 0
    while first < stages.count {
      // All groups meet where a batch normalization needs the whole batch.
      let last =
        training
        ? stages[first...].firstIndex { $0.normalization != nil } ?? stages.count
        : stages.count
      let segment = first..<last
      perform(groups) { group, clips in
        if segment.lowerBound == 0 {
          copyFeatures(features, to: workspace.values[0], clips)
          workspace.values[0].exchangeHistory(
            clips, continues: continues, history: history?.buffers[0])
        } else if training {
          finish(segment.lowerBound - 1, clips, continues, history)
        }
        for index in segment {
          stages[index].forwardLinear(clips, group: group, training: training)
          finish(index, clips, continues, history)
        }
        if last < stages.count {
          stages[last].forwardLinear(clips, group: group, training: training)
        }
      }
      if last < stages.count {
        let layer = stages[last]
        layer.normalization?.join(groups, rowsPerClip: layer.rowCount)
      }
      first = last + 1
    }
    gatherLogits(workspace, clipCount: clipCount)
    return workspace.logits
  }

  private func finish(
    _ index: Int, _ clips: Range<Int>, _ continues: [Bool], _ history: StreamHistory?
  ) {
    guard stages[index].operation != nil else { return }
    stages[index].forwardOutput(clips)
    let slot = slotOfLayer[index]
    workspace?.values[slot].exchangeHistory(
      clips, continues: continues, history: history?.buffers[slot])
  }

  /// Fills the gradient of every parameter from that of the logits, `[clip, label]`, of the newest
  /// forward pass, which must have been a training one.
  package func backward(logitsGradient: SharedBuffer<Float>, clipCount: Int) {
    guard let workspace, workspace.trains else {
      preconditionFailure("backward needs a forward pass in training mode")
    }
    let groups = ClipGroups(clipCount: clipCount)
    let live = backwardOrder
    var first = 0
    while first <= live.count {
      // The segment starts behind a meeting point, with the operation of that layer.
      let next = live[first...].firstIndex { stages[$0].normalization != nil } ?? live.count
      let segment = first..<next
      perform(groups) { group, clips in
        let base = group * partialCount
        if first == 0 {
          clearPartials(workspace, group: group)
          spreadLogitsGradient(logitsGradient, clips)
        } else {
          stages[live[first - 1]].backwardLinear(
            clips, partials: workspace.partials, base: base)
        }
        for index in segment {
          let stage = stages[live[index]]
          stage.backwardOutput(
            clips, group: group, partials: workspace.partials, base: base)
          stage.backwardLinear(clips, partials: workspace.partials, base: base)
        }
        if next < live.count {
          stages[live[next]].backwardOutput(
            clips, group: group, partials: workspace.partials, base: base)
        }
      }
      if next < live.count {
        let layer = stages[live[next]]
        layer.normalization?.joinGradient(groups, rowsPerClip: layer.rowCount)
      }
      first = next + 1
    }
    joinPartials(workspace, groupCount: groups.count)
  }

  private func perform(_ groups: ClipGroups, _ body: (Int, Range<Int>) -> Void) {
    Workers(threadCount: threadCount).perform(groups.count) { body($0, groups.clips($0)) }
  }

  private func prepareWorkspace(clipCount: Int, frameCount: Int, training: Bool) -> Workspace {
    if let workspace, workspace.frameCount == frameCount, workspace.clipCapacity >= clipCount,
      workspace.trains || !training
    {
      return workspace
    }
    let old = workspace?.frameCount == frameCount ? workspace : nil
    let created = Workspace(
      network: self, frameCount: frameCount, clipCapacity: max(clipCount, old?.clipCapacity ?? 0),
      trains: training || old?.trains ?? false)
    workspace = created
    return created
  }
}
