// SPDX-License-Identifier: GPL-3.0-or-later

/// Owning storage of fixed size, zero at first, aligned to 64 bytes (one cache line, one AVX-512
/// register).
///
/// A noncopyable owner that a runtime stage keeps for its whole life. Elements are reached through
/// spans, which are checked; the pointer accessors are for files that call C.
@safe public struct AlignedBuffer<Element: BitwiseCopyable>: ~Copyable {
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

  deinit {
    unsafe UnsafeMutableRawPointer(base).deallocate()
  }

  /// The elements, read only.
  @inlinable public var span: Span<Element> {
    @_lifetime(borrow self)
    borrowing get {
      let span = unsafe Span(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The elements, to be changed in place.
  @inlinable public var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableSpan(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// The address of the first element, for a C kernel.
  ///
  /// Valid while the buffer lives.
  @inlinable @unsafe public var unsafeBase: UnsafeMutablePointer<Element> {
    borrowing get { unsafe base }
  }
}
