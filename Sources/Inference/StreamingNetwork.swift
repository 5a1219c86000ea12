// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// A quantized network on one stream of feature frames.
///
/// Every layer computes only its new columns. The posteriors depend on the frames since `init` or
/// `reset` alone, not on how they were cut into calls. Before the first frame everything that a
/// layer looks back on is real 0.0, the window of the average pool too.
package struct StreamingNetwork: ~Copyable {
  /// What is executed.
  package let plan: InferencePlan

  var state: StreamState

  /// Allocates the state of one stream.
  package init(plan: InferencePlan) {
    self.plan = plan
    state = StreamState(plan: plan)
  }

  /// Bytes of state that belong to this stream alone.
  package var stateByteCount: Int { plan.stateByteCount }

  /// Forgets all frames: exactly the state after `init`.
  package mutating func reset() { state.reset(plan) }

  /// Runs the network on new frames.
  ///
  /// Allocates nothing, takes no lock, makes no system call.
  ///
  /// - Parameters:
  ///   - frames: Raw features `[frame, coefficient]`, not yet normalized; any number of frames.
  ///   - posteriors: Receives `[column, label]`, each row in 0...1 with sum 1; needs room for
  ///     `plan.largestColumnCount(frameCount:)` columns, or for those that really come.
  ///   - answers: Which columns are answered; with `.newest` one row is enough.
  /// - Returns: The columns written, `((t + n) / s) - (t / s)` for `n` frames after `t` earlier
  ///   ones at `s = plan.framesPerColumn`, or at most 1 of them.
  /// - Precondition: Whole frames; enough room.
  package mutating func process(
    _ frames: Span<Float>, into posteriors: inout MutableSpan<Float>,
    answers: AnsweredColumns = .all
  ) -> Int {
    let coefficientCount = plan.coefficientCount
    let labelCount = plan.labels.count
    precondition(frames.count % coefficientCount == 0, "frames are not whole")
    let total = frames.count / coefficientCount
    let columns =
      (state.frameCount + total) / plan.framesPerColumn - state.frameCount / plan.framesPerColumn
    let asked = answers == .all ? columns : min(columns, 1)
    precondition(posteriors.count >= asked * labelCount, "no room for the posteriors")
    let plan = self.plan
    unsafe frames.withUnsafeBufferPointer { source in
      unsafe posteriors.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        var (done, columnsBefore, written) = (0, 0, 0)
        while done < total {
          let count = min(plan.blockFrameCount, total - done)
          let new = unsafe state.run(plan, source + done * coefficientCount, count, answers)
          columnsBefore += new
          done += count
          let answered = answers == .all ? new : columnsBefore == columns ? min(new, 1) : 0
          for column in 0..<answered {
            unsafe kws_int8_softmax(
              state.logits.unsafeBase + column * labelCount,
              target + (written + column) * labelCount, labelCount)
          }
          written += answered
        }
      }
    }
    return asked
  }
}

/// Which of the columns that a call completes are answered with posteriors.
package enum AnsweredColumns: Sendable {
  case all

  /// The newest, which is all that matters of a clip: pools and the layers behind them compute one
  /// column. The same bits as the last row of `all`.
  case newest
}
