// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels

/// What one call of `FeatureExtractor.push` did.
package struct FeatureProgress: Equatable, Sendable {
  /// Samples taken from the front of the input.
  package var consumedSampleCount: Int

  /// Frames written to the front of the output.
  package var frameCount: Int

  package init(consumedSampleCount: Int, frameCount: Int) {
    self.consumedSampleCount = consumedSampleCount
    self.frameCount = frameCount
  }
}

/// The features of one stream of samples.
///
/// Frame `t` is written as soon as the sample `t * hopLength + windowLength - 1` came. The frames
/// depend on the samples since `init` or `reset` alone, bit for bit, not on how they were cut into
/// calls: a whole clip in one call is the batch form.
///
/// A frame whose window holds NaN or infinity is not finite itself; later frames are not touched.
package struct FeatureExtractor: ~Copyable {
  /// What the frames are made with.
  package let plan: FeaturePlan

  private var frame: FrameBuffers
  private var history: SampleHistory

  /// Allocates the state of one stream.
  package init(plan: FeaturePlan) {
    self.plan = plan
    frame = FrameBuffers(plan)
    history = SampleHistory(plan.configuration)
  }

  /// Bytes that belong to this stream alone.
  package var stateByteCount: Int {
    frame.byteCount + history.byteCount + MemoryLayout<Self>.size
  }

  /// Forgets all samples: exactly the state after `init`.
  package mutating func reset() { history.reset() }

  /// Takes samples until they end or `frames` is full.
  ///
  /// Allocates nothing, takes no lock, makes no system call.
  ///
  /// - Parameters:
  ///   - samples: Mono at the configuration's rate, in -1..<1 (16-bit samples / 32768).
  ///   - frames: Receives `[frame, coefficientCount]`; only whole rows are used.
  /// - Returns: Samples taken and frames written. What was not taken is to be pushed again.
  package mutating func push(
    _ samples: Span<Float>, into frames: inout MutableSpan<Float>
  ) -> FeatureProgress {
    let width = plan.configuration.coefficientCount
    let room = frames.count / width
    let hop = plan.configuration.hopLength
    let window = plan.configuration.windowLength
    var written = 0
    var taken = 0
    unsafe samples.withUnsafeBufferPointer { source in
      unsafe frames.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        let count = samples.count
        while written < room, taken < count {
          taken += history.skip(atMost: count - taken)
          guard !history.isSkipping else { break }
          guard history.count <= taken else {
            // The next frame began in an earlier call.
            unsafe taken += history.append(source + taken, atMost: count - taken)
            guard history.isFull else { break }
            unsafe frame.compute(plan, history.first, target + written * width)
            written += 1
            history.advance()
            continue
          }
          // All that the next frame knows lies in this input: no need to copy it.
          var start = taken - history.count
          while written < room, start + window <= count {
            unsafe frame.compute(plan, source + start, target + written * width)
            written += 1
            taken = start + window
            start += hop
          }
          if written < room { taken = count }
          unsafe history.keep(source, from: start, to: taken)
        }
      }
    }
    return FeatureProgress(consumedSampleCount: taken, frameCount: written)
  }
}
