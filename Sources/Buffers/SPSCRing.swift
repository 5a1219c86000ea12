// SPDX-License-Identifier: GPL-3.0-or-later

public import Synchronization

/// A queue of fixed size from one thread to one other, wait-free at both ends.
///
/// One thread calls the `push` methods, one the `pop` methods; neither ever waits for the other,
/// allocates or makes a system call. What does not fit is not taken. Elements arrive whole and in
/// order: the release of an index publishes every element before it.
@safe public final class SPSCRing<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline let base: UnsafeMutablePointer<Element>

  /// Elements that fit at most: a power of two.
  public let capacity: Int

  /// Elements pushed and popped since the beginning; only their own end stores each.
  @usableFromInline let pushed = RingIndex()
  @usableFromInline let popped = RingIndex()

  /// Allocates room for at least `minimumCapacity` elements.
  ///
  /// - Precondition: `minimumCapacity` is in 1...2^40.
  public init(minimumCapacity: Int) {
    precondition((1...1 << 40).contains(minimumCapacity), "ring capacity out of range")
    var capacity = 1
    while capacity < minimumCapacity { capacity *= 2 }
    self.capacity = capacity
    unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
  }

  deinit {
    unsafe base.deallocate()
  }

  /// Elements in the ring: for the popping thread at least, for the pushing thread at most as many.
  @inlinable public var count: Int {
    // In this order, the difference cannot be negative.
    let popped = self.popped.value.load(ordering: .acquiring)
    return min(pushed.value.load(ordering: .acquiring) - popped, capacity)
  }

  /// Elements that still fit: for the pushing thread at least as many.
  @inlinable public var freeCount: Int { capacity - count }

  /// Appends one element; false, and nothing done, where the ring is full.
  @inlinable public func push(_ element: Element) -> Bool {
    let pushed = self.pushed.value.load(ordering: .relaxed)
    guard pushed - popped.value.load(ordering: .acquiring) < capacity else { return false }
    unsafe (base + (pushed & (capacity - 1))).initialize(to: element)
    self.pushed.value.store(pushed + 1, ordering: .releasing)
    return true
  }

  /// Appends as many of `elements` as fit, from the first on, and returns how many.
  @inlinable public func push(contentsOf elements: Span<Element>) -> Int {
    let pushed = self.pushed.value.load(ordering: .relaxed)
    let free = capacity - (pushed - popped.value.load(ordering: .acquiring))
    let count = min(free, elements.count)
    for index in 0..<count {
      unsafe (base + ((pushed + index) & (capacity - 1))).initialize(to: elements[index])
    }
    self.pushed.value.store(pushed + count, ordering: .releasing)
    return count
  }

  /// Takes the oldest element out; nil where the ring is empty.
  @inlinable public func pop() -> Element? {
    let popped = self.popped.value.load(ordering: .relaxed)
    guard popped < pushed.value.load(ordering: .acquiring) else { return nil }
    let element = unsafe base[popped & (capacity - 1)]
    self.popped.value.store(popped + 1, ordering: .releasing)
    return element
  }

  /// Takes the oldest elements out, to the front of `elements`, and returns how many: what is
  /// there, what has room and `limit` at most.
  @inlinable public func pop(
    into elements: inout MutableSpan<Element>, limit: Int = .max
  ) -> Int {
    let popped = self.popped.value.load(ordering: .relaxed)
    let available = pushed.value.load(ordering: .acquiring) - popped
    let count = min(available, elements.count, limit)
    for index in 0..<count {
      elements[index] = unsafe base[(popped + index) & (capacity - 1)]
    }
    self.popped.value.store(popped + count, ordering: .releasing)
    return count
  }
}

/// An index on cache lines of its own, so that the ends of a ring do not slow each other.
///
/// Two lines on either side, as processors fetch lines in pairs.
@usableFromInline struct RingIndex: ~Copyable, Sendable {
  private let before = InlineArray<16, Int>(repeating: 0)
  @usableFromInline let value = Atomic<Int>(0)
  private let after = InlineArray<15, Int>(repeating: 0)

  @usableFromInline init() {}
}
