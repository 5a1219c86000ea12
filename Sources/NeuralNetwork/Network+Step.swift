// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
import CKernels
import ModelFormat

extension Network {
  /// One label count, the extent of the logits.
  package var labelCount: Int { geometry[geometry.count - 1].output.count }

  /// Logits `[clip, label]` of the newest forward pass, from the last column of the last layer.
  package var logits: SharedBuffer<Float>? { workspace?.logits }

  /// The newest output of a layer, after its activation; `[clip, time, frequency, channel]`. Nil
  /// before the first forward pass.
  ///
  /// - Allocates where the values are not kept: they are computed anew.
  package func output(layer index: Int) -> Tensor? {
    guard let workspace else { return nil }
    return workspace.slots[slotOfLayer[index]].copy(clipCount: workspace.clipCapacity)
  }

  /// The features of the newest forward pass, as a tensor of one channel.
  package var input: Tensor? { workspace?.slots[0].values }

  /// Runs a batch of clips forward and returns the logits `[clip, label]`.
  ///
  /// A clip that continues reads the columns that its slot's previous clip left in `history`; any
  /// other starts from zeros. Afterwards `history` holds the last columns of every clip. Strides
  /// and the pool's window count from the clip's first frame.
  ///
  /// The layers run one after the other on a block of clips that fits the cache. Where a batch
  /// normalization needs the moments of the whole batch, all blocks meet.
  ///
  /// - Parameters:
  ///   - features: normalized features `[clip, frame, coefficient]`.
  ///   - continues: one value per clip.
  ///   - history: of at least `clipCount` slots; nil where every clip starts from reset.
  ///   - draw: a number of its own for every training pass; dropout is a function of it.
  /// - Precondition: the clips are long enough for one column of every layer.
  /// - Allocates where a batch is larger or its clips are of another length than before.
  @discardableResult package func forward(
    _ features: SharedBuffer<Float>, clipCount: Int, frameCount: Int, continues: [Bool],
    history: StreamHistory?, mode: Mode, draw: UInt64 = 0
  ) -> SharedBuffer<Float> {
    let training = mode != .inference
    let drops = mode == .training
    precondition(clipCount > 0 && continues.count == clipCount, "one flag per clip")
    precondition(
      features.count >= clipCount * frameCount * architecture.coefficientCount, "features missing")
    precondition(history.map { $0.clipCount >= clipCount } ?? true, "history slots missing")
    precondition(
      frameCount >= geometry.map(\.timeStride).max() ?? 1, "clip shorter than the stride")
    let workspace = prepareWorkspace(
      clipCount: clipCount, frameCount: frameCount, training: training)
    for (index, stage) in stages.enumerated() {
      stage.prepare(forTraining: training)
      if !training { roundBias(layer: index) }
      if drops {
        stage.dropout?.draw(draw, layer: index, clipCount: clipCount, bias: stage.map)
      }
    }
    func finish(_ index: Int, _ clips: Range<Int>) {
      guard stages[index].isComputed else { return }
      stages[index].forwardOutput(clips, training: training, drops: drops)
      let slot = slotOfLayer[index]
      workspace.slots[slot].exchangeHistory(
        clips, continues: continues, history: history?.buffers[slot])
    }
    let groups = ClipGroups(clipCount: clipCount)
    var first = 0
    while first < stages.count {
      let last =
        training
        ? stages[first...].firstIndex { $0.normalization != nil } ?? stages.count
        : stages.count
      let segment = first..<last
      let blockSize = blockSize(max(first - 1, 0)..<min(last + 1, stages.count))
      perform(groups) { worker, group in
        let scratch = workspace.scratch[worker]
        for (turn, clips) in groups.blocks(group, size: blockSize).enumerated() {
          func linear(_ index: Int) {
            stages[index].forwardLinear(
              clips, group: group, isFirst: turn == 0, scratch: scratch, training: training)
          }
          if segment.lowerBound == 0 {
            copyFeatures(features, clips, training: training)
            workspace.slots[0].exchangeHistory(
              clips, continues: continues, history: history?.buffers[0])
          } else if training {
            finish(segment.lowerBound - 1, clips)
          }
          for index in segment {
            linear(index)
            finish(index, clips)
          }
          if last < stages.count { linear(last) }
        }
        if last < stages.count { stages[last].normalization?.fold(group: group) }
      }
      if last < stages.count {
        let layer = stages[last]
        layer.normalization?.join(groups, columnsPerClip: layer.columnCount)
      }
      first = last + 1
    }
    gatherLogits(workspace, clipCount: clipCount)
    return workspace.logits
  }

  /// Fills the gradient of every parameter from that of the logits, `[clip, label]`, of the newest
  /// forward pass, which must have been a training one.
  ///
  /// - Parameter parameters: whether they are asked for. Without them, where only the gradients of
  ///   tensors are, as by `gateGradients`, a third of the work is saved, and those of parameters mean
  ///   nothing.
  package func backward(
    logitsGradient: SharedBuffer<Float>, clipCount: Int, parameters: Bool = true
  ) {
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
      let members = live[max(first - 1, 0)..<min(next + 1, live.count)]
      let blockSize = blockSize(members)
      perform(groups) { worker, group in
        let scratch = workspace.scratch[worker]
        let partials = unsafe workspace.partials.unsafeBase + group * partialCount
        for (turn, clips) in groups.blocks(group, size: blockSize).enumerated() {
          let isFirst = turn == 0
          func output(_ stage: LayerStage) {
            unsafe stage.backwardOutput(
              clips, group: group, isFirst: isFirst, partials: partials)
          }
          func linear(_ stage: LayerStage) {
            unsafe stage.backwardLinear(
              clips, isFirst: isFirst, scratch: scratch, partials: parameters ? partials : nil)
          }
          if first == 0 {
            spreadLogitsGradient(logitsGradient, clips)
          } else {
            linear(stages[live[first - 1]])
          }
          for index in segment {
            output(stages[live[index]])
            linear(stages[live[index]])
          }
          if next < live.count { output(stages[live[next]]) }
        }
        if next < live.count { stages[live[next]].normalization?.fold(group: group) }
      }
      if next < live.count {
        let layer = stages[live[next]]
        layer.normalization?.joinGradient(groups, columnsPerClip: layer.columnCount)
      }
      first = next + 1
    }
    if parameters { joinPartials(workspace, groupCount: groups.count) }
    finishQuantization(groups)
  }

  private func perform(_ groups: ClipGroups, _ body: (Int, Int) -> Void) {
    Workers(threadCount: threadCount).perform(groups.count, body)
  }

  /// Clips that the given layers work on at once.
  private func blockSize(_ layers: some Sequence<Int>) -> Int {
    layers.map { stages[$0].blockSize }.min() ?? 1
  }

  private func prepareWorkspace(clipCount: Int, frameCount: Int, training: Bool) -> Workspace {
    if let workspace, workspace.frameCount == frameCount, workspace.clipCapacity >= clipCount,
      workspace.trains || !training, workspace.scratch.count >= threadCount
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
