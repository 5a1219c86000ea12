// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Foundation
import Testing

@Suite struct SPSCRingTests {
  @Test func `the capacity is the next power of two`() {
    for (wanted, capacity) in [(1, 1), (2, 2), (3, 4), (1000, 1024), (1024, 1024)] {
      #expect(SPSCRing<Int>(minimumCapacity: wanted).capacity == capacity)
    }
  }

  @Test func `a full ring takes nothing, an empty one gives nothing`() {
    let ring = SPSCRing<Int>(minimumCapacity: 4)
    #expect(ring.pop() == nil && ring.count == 0 && ring.freeCount == 4)
    for value in 1...4 { #expect(ring.push(value)) }
    #expect(!ring.push(5) && ring.count == 4 && ring.freeCount == 0)
    #expect(ring.push(contentsOf: [6, 7].span) == 0)
    #expect(ring.pop() == 1 && ring.push(5))
    #expect((2...5).map { ring.pop() == $0 } == [true, true, true, true])
    #expect(ring.pop() == nil)
  }

  @Test func `blocks wrap around and are cut to what fits`() {
    let ring = SPSCRing<UInt8>(minimumCapacity: 8)
    var out = [UInt8](repeating: 0, count: 5)
    var next: UInt8 = 0
    var expected: UInt8 = 0
    for _ in 0..<100 {
      let block = (0..<6).map { next &+ $0 }
      let pushed = ring.push(contentsOf: block.span)
      next &+= UInt8(pushed)
      var room = out.mutableSpan
      let popped = ring.pop(into: &room)
      for index in 0..<popped {
        #expect(out[index] == expected)
        expected &+= 1
      }
      #expect(ring.count == Int(next &- expected))
    }
  }

  @Test(arguments: [1, 8, 1024])
  func `between two threads every element arrives once and in order`(capacity: Int) {
    let ring = SPSCRing<UInt64>(minimumCapacity: capacity)
    let total: UInt64 = 300_000
    Thread.detachNewThread {
      // Single elements and blocks of changing length by turns.
      var next: UInt64 = 0
      var block = [UInt64](repeating: 0, count: 37)
      while next < total {
        if next % 3 == 0 {
          if ring.push(next) { next += 1 } else { sched_yield() }
        } else {
          let count = min(Int(next % 37) + 1, Int(total - next))
          for index in 0..<count { block[index] = next + UInt64(index) }
          let pushed = ring.push(contentsOf: block.span.extracting(0..<count))
          if pushed == 0 { sched_yield() }
          next += UInt64(pushed)
        }
      }
    }
    var expected: UInt64 = 0
    var wrongCount = 0
    var block = [UInt64](repeating: 0, count: 23)
    while expected < total {
      if expected % 2 == 0 {
        guard let value = ring.pop() else {
          sched_yield()
          continue
        }
        if value != expected { wrongCount += 1 }
        expected += 1
      } else {
        var room = block.mutableSpan
        let count = ring.pop(into: &room)
        if count == 0 { sched_yield() }
        for index in 0..<count {
          if block[index] != expected { wrongCount += 1 }
          expected += 1
        }
      }
    }
    #expect(wrongCount == 0 && ring.pop() == nil)
  }
}
