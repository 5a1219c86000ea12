// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// Moving values between a step's memory and the world.
extension Network {
  func copyFeatures(_ features: SharedBuffer<Float>, _ clips: Range<Int>, training: Bool) {
    guard let tensor = input else { return }
    let count = tensor.timeCount * tensor.columnShape.count
    for clip in clips {
      let source = unsafe features.unsafeBase + clip * count
      guard let grid = inputMap.grid else {
        unsafe tensor.start(clip).update(from: source, count: count)
        continue
      }
      if training, clip == 0 {
        unsafe grid.observe(
          tensor.timeCount, tensor.columnShape.count, source,
          inputMap.kernelForm(clampsOnGrid: false), residual: nil)
      }
      unsafe inputMap.apply(tensor.timeCount, source, residual: nil, tensor.start(clip))
    }
  }

  /// Adds to the bias of the last layer, where it has one, a value per label.
  package func addToLastBias(_ values: [Float]) {
    guard let bias = stages[stages.count - 1].bias?.value else { return }
    var span = bias.mutableSpan
    for (index, value) in values.enumerated() { span[index] += value }
  }

  func gatherLogits(_ workspace: Workspace, clipCount: Int) {
    guard let tensor = stages[stages.count - 1].output.values else { return }
    let last = (tensor.timeCount - 1) * labelCount
    for clip in 0..<clipCount {
      unsafe (workspace.logits.unsafeBase + clip * labelCount).update(
        from: tensor.start(clip) + last, count: labelCount)
    }
  }

  func spreadLogitsGradient(_ gradient: SharedBuffer<Float>, _ clips: Range<Int>) {
    guard let tensor = stages[stages.count - 1].output.gradient else { return }
    let last = (tensor.timeCount - 1) * labelCount
    for clip in clips {
      let target = unsafe tensor.start(clip)
      unsafe target.update(repeating: 0, count: last)
      unsafe (target + last).update(
        from: gradient.unsafeBase + clip * labelCount, count: labelCount)
    }
  }

  /// Adds up the groups' gradients, in the order of the groups.
  func joinPartials(_ workspace: Workspace, groupCount: Int) {
    let live = backwardOrder
    Workers(threadCount: threadCount).perform(live.count) { _, place in
      let stage = stages[live[place]]
      join(stage.operation?.weight, at: stage.weightOffset)
      join(stage.bias, at: stage.biasOffset)
    }
    func join(_ parameter: Parameter?, at offset: Int) {
      guard let parameter else { return }
      let target = unsafe parameter.gradient.unsafeBase
      let source = unsafe workspace.partials.unsafeBase + offset
      unsafe target.update(from: source, count: parameter.count)
      for group in 1..<max(groupCount, 1) {
        unsafe Kernels.best.add(parameter.count, source + group * partialCount, target)
      }
    }
  }
}
