// SPDX-License-Identifier: GPL-3.0-or-later

import Dispatch
package import SpeechDatasets
import Synchronization

/// Normalized batches in order, each made on a thread of its own while the one before is worked on.
///
/// A batch depends on its index alone, so that it is the same whether it is made ahead or not. At
/// most one is made ahead; an error is thrown where its batch would have come.
package final class BatchSequence: Sendable {
  private typealias Made = Result<Batch, DatasetError>

  private let count: Int
  private let makesAhead: Bool
  private let make: @Sendable (Int) throws(DatasetError) -> Batch

  private let queue = DispatchQueue(label: "kws.batches")
  private let isMade = DispatchSemaphore(value: 0)
  private let state = Mutex(State())

  private struct State {
    /// Index of the batch that is handed out next.
    var next = 0

    /// Whether that batch is being made, or is made.
    var isAhead = false

    /// The batch, once it is made.
    var made: Made?
  }

  /// Batches 0 to `count - 1` of `make`.
  ///
  /// - Parameter makesAhead: false makes each batch only when it is asked for, in the calling
  ///   thread: where one thread is all that may be used.
  package init(
    count: Int, makesAhead: Bool, normalizer: FeatureNormalizer,
    make: @escaping @Sendable (Int) throws(DatasetError) -> Batch
  ) {
    self.count = count
    self.makesAhead = makesAhead
    self.make = { (index) throws(DatasetError) in
      let batch = try make(index)
      normalizer.normalize(batch)
      return batch
    }
    state.withLock { makeAhead(&$0) }
  }

  /// The next batch; nil after the last.
  ///
  /// To be called from one thread.
  /// - Throws: `TrainingError.data` where it cannot be made; the one after it can be asked for.
  package func next() throws(TrainingError) -> Batch? {
    let (index, isAhead) = state.withLock { ($0.next, $0.isAhead) }
    guard index < count else { return nil }
    if isAhead { isMade.wait() }
    let made = state.withLock { state in
      let made = state.made
      state.next += 1
      (state.made, state.isAhead) = (nil, false)
      makeAhead(&state)
      return made
    }
    do throws(DatasetError) {
      return if let made { try made.get() } else { try make(index) }
    } catch { throw .data(error) }
  }

  private func makeAhead(_ state: inout State) {
    let index = state.next
    guard makesAhead, index < count else { return }
    state.isAhead = true
    // Whoever stops before the last batch lets this end by itself; it changes nothing else.
    queue.async { [self] in
      let made = Result { () throws(DatasetError) in try make(index) }
      self.state.withLock { $0.made = made }
      isMade.signal()
    }
  }
}
