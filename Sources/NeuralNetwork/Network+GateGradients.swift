// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

extension Network {
  /// How the loss would change with a gate on each of several layers, if the output of layer `output`
  /// were the sum of their outputs, each multiplied by its gate: the inner product of the output's
  /// gradient and of what the layer puts out, over the whole batch of the newest backward pass.
  ///
  /// The gates of ProxylessNAS (Cai et al., arXiv 1812.00332, section 3.2). Where `output` is a sum
  /// with an activation, the gradient is that before the activation.
  ///
  /// - Parameters:
  ///   - output: index of an observed layer that the gradient reached.
  ///   - candidates: indices of observed layers of the same output shape, without activation.
  ///   - clipCount: clips of the batch.
  /// - Returns: one value per candidate, whatever the number of threads.
  package func gateGradients(output: Int, candidates: [Int], clipCount: Int) -> [Double] {
    guard let workspace, let gradient = workspace.slots[slotOfLayer[output]].gradient else {
      preconditionFailure("gate gradients need a backward pass that reached the output")
    }
    let groups = ClipGroups(clipCount: clipCount)
    let stage = stages[output]
    let laneCount = stage.geometry.output.count
    let candidates = candidates.map { stages[$0] }
    for candidate in candidates {
      precondition(
        candidate.geometry.output == stage.geometry.output
          && candidate.geometry.layer.activation == .none, "a candidate of another kind")
    }
    let zeros = SharedBuffer<Float>(zeroed: laneCount)
    // `[group, candidate, 2, lane]`: sums of gradients, sums of products.
    let sums = SharedBuffer<Float>(zeroed: groups.count * candidates.count * 2 * laneCount)
    Workers(threadCount: threadCount).perform(groups.count) { worker, group in
      let scratch = workspace.scratch[worker]
      var identity = unsafe stage.activationOnly.kernelForm(activates: false)
      for clip in groups.clips(group) {
        let own = unsafe stage.gradientBeforeActivation(clip, gradient, scratch)
        for (place, candidate) in candidates.enumerated() {
          let target =
            unsafe sums.unsafeBase
            + (group * candidates.count + place) * 2 * laneCount
          // Normalization is a scale and a shift per lane: they can wait for the sums.
          let values = unsafe candidate.output.values?.start(clip) ?? candidate.linear.start(clip)
          unsafe Kernels.best.gradient_moments(
            gradient.timeCount, laneCount, own, values, &identity, zeros.unsafeBase, target,
            target + laneCount)
        }
      }
    }
    return candidates.enumerated().map { place, candidate in
      var total = 0.0
      for group in 0..<groups.count {
        let own = unsafe sums.unsafeBase + (group * candidates.count + place) * 2 * laneCount
        for lane in 0..<laneCount {
          let (sum, product) = unsafe (Double(own[lane]), Double(own[laneCount + lane]))
          guard candidate.output.values == nil else {
            total += product
            continue
          }
          let (scale, shift) = unsafe (
            candidate.map.scale.unsafeBase[lane], candidate.map.shift.unsafeBase[lane]
          )
          total += Double(scale) * product + Double(shift) * sum
        }
      }
      return total
    }
  }
}

extension LayerStage {
  /// The gradient before the activation of a clip's output. The backward pass leaves it in place where
  /// it leads the gradient through the activation by itself; else it is computed into `scratch`.
  @unsafe fileprivate func gradientBeforeActivation(
    _ clip: Int, _ gradient: Tensor, _ scratch: Scratch
  ) -> UnsafePointer<Float> {
    let own = unsafe gradient.start(clip)
    guard geometry.layer.activation != .none, !activatesGradientAlone else {
      return unsafe UnsafePointer(own)
    }
    var form = unsafe map.kernelForm()
    let target = unsafe scratch.gradient.unsafeBase
    unsafe Kernels.best.activation_gradient(
      columnCount, geometry.output.count, own, linear.start(clip), &form, nil, target)
    return unsafe UnsafePointer(target)
  }
}
