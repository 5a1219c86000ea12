// SPDX-License-Identifier: GPL-3.0-or-later

/// ln(x) for positive finite x, within 2e-5.
///
/// A straight line of arithmetic that vectorizes: the exponent by its bits, and a quintic for
/// log2 of the mantissa on [1, 2), fitted at Chebyshev nodes. For augmentation, whose spectra carry
/// 0.1 of rounding anyway.
@inline(__always) func fastLogarithm(_ x: Float) -> Float {
  let bits = x.bitPattern
  let exponent = Float(Int32(bitPattern: bits >> 23) - 127)
  let m = Float(bitPattern: bits & 0x007F_FFFF | 0x3F80_0000)
  var sum: Float = 0.0430049578
  sum = sum * m + -0.402513394
  sum = sum * m + 1.58947429
  sum = sum * m + -3.48987855
  sum = sum * m + 5.04785541
  sum = sum * m + -2.78792621
  return (sum + exponent) * 0.6931471805599453
}

/// e^x for |x| up to 80, within 3e-6 of its value.
///
/// 2^n by its bits and a Taylor polynomial of degree 6 for the rest, |r| <= ln(2) / 2.
@inline(__always) func fastExponential(_ x: Float) -> Float {
  let n = (x * 1.4426950408889634).rounded(.toNearestOrEven)
  let r = x - n * 0.6931471805599453
  var sum: Float = 1.0 / 720
  sum = sum * r + 1.0 / 120
  sum = sum * r + 1.0 / 24
  sum = sum * r + 1.0 / 6
  sum = sum * r + 0.5
  sum = sum * r + 1
  sum = sum * r + 1
  return sum * Float(bitPattern: UInt32(bitPattern: Int32(n) + 127) << 23)
}
