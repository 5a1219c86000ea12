// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import Glibc
import Testing

/// The natural logarithm in double precision.
func logarithm(_ x: Double) -> Double { log(x) }

struct KernelTests {
  static let names: [String] = {
    var names: [String] = []
    while let table = unsafe kws_feature_kernels_at(Int32(names.count)) {
      unsafe names.append(String(cString: table.pointee.name))
    }
    return names
  }()

  private func logarithms(_ index: Int, _ values: [Float], floor: Float) throws -> [Float] {
    let table = unsafe try #require(kws_feature_kernels_at(Int32(index)))
    var result = [Float](repeating: 0, count: values.count)
    unsafe result.withUnsafeMutableBufferPointer { target in
      unsafe values.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        unsafe table.pointee.logarithm(values.count, source, floor, target)
      }
    }
    return result
  }

  @Test(arguments: names.indices)
  func `the logarithm keeps its error bound`(index: Int) throws {
    // 1e-7 to 1e6, densely, and more densely about 1, where the result passes zero.
    var values = (0..<1 << 20).map { Float(pow(10, -7 + 13 * Double($0) / Double(1 << 20))) }
    values += (0..<1 << 16).map { 0.5 + Float($0) / Float(1 << 16) }
    let found = try logarithms(index, values, floor: Float.leastNormalMagnitude)
    var (absolute, relative) = (0.0, 0.0)
    for (x, y) in zip(values, found) {
      let expected = log(Double(x))
      let error = abs(Double(y) - expected)
      absolute = max(absolute, error)
      relative = max(relative, error / max(abs(expected), 1))
    }
    print("logarithm, \(Self.names[index]): error \(absolute), of max(|y|, 1) \(relative)")
    #expect(relative < 2e-7)
    #expect(absolute < 2e-6)
  }

  @Test(arguments: names.indices)
  func `the logarithm passes NaN and infinity through`(index: Int) throws {
    var values = [Float](repeating: 1, count: 16)
    values[3] = .nan
    values[5] = .infinity
    values[7] = .greatestFiniteMagnitude
    values[9] = 0
    let found = try logarithms(index, values, floor: 1e-30)
    #expect(found[3].isNaN)
    #expect(found[5] == .infinity)
    #expect(abs(found[7] - 88.72284) < 1e-4)
    #expect(abs(found[9] + 69.07755) < 1e-4)
    #expect(abs(found[0]) < 1e-9)
  }
}
