// SPDX-License-Identifier: GPL-3.0-or-later

/// Owning storage of fixed size that several owners share by reference, zero at first, aligned to
/// 64 bytes.
///
/// For immutable tables that many streams read, and for tensors of the training stack, whose
/// kernels write disjoint parts from several threads. Nothing synchronizes access: whoever writes
/// while others read must keep them apart.
@safe public final class SharedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline let base: UnsafeMutablePointer<Element>

  /// Number of elements.
  public let count: Int

  /// Allocates `count` elements and sets every byte to zero.
  ///
  /// - Precondition: `count >= 0`; zero bytes are a valid `Element`.
  public init(zeroed count: Int) {
    precondition(count >= 0, "negative element count")
    let byteCount = max(count * MemoryLayout<Element>.stride, 1)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    unsafe self.base = raw.assumingMemoryBound(to: Element.self)
    self.count = count
  }

  /// Copies `elements`.
  public convenience init(_ elements: [Element]) {
    self.init(zeroed: elements.count)
    var target = mutableSpan
    for index in elements.indices { target[index] = elements[index] }
  }

  deinit {
    unsafe UnsafeMutableRawPointer(base).deallocate()
  }

  /// The elements, read only.
  @inlinable public var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let span = unsafe Span(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The elements, to be changed in place.
  ///
  /// The span does not hold exclusive access: keep writers apart.
  @inlinable public var mutableSpan: MutableSpan<Element> {
    @_lifetime(borrow self)
    get {
      let span = unsafe MutableSpan(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The elements of `range`, to be changed in place.
  ///
  /// The span does not hold exclusive access: keep writers apart.
  /// - Precondition: `range` lies within the buffer.
  @inlinable @_lifetime(borrow self)
  public func mutableSpan(_ range: Range<Int>) -> MutableSpan<Element> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
    let span = unsafe MutableSpan(_unsafeStart: base + range.lowerBound, count: range.count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The address of the first element, for a C kernel.
  ///
  /// Valid while the object lives.
  @inlinable @unsafe public var unsafeBase: UnsafeMutablePointer<Element> { unsafe base }
}
