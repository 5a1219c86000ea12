// SPDX-License-Identifier: GPL-3.0-or-later
//
// Window and logarithm: plain loops, which the compiler vectorizes for each instruction set.
#include <string.h>

#include "variants.h"

KWS_ISA void KWS_NAME(kws_window)(size_t count, const float *restrict x,
                                  const float *restrict window, float *restrict y) {
  for (size_t i = 0; i < count; i++) y[i] = x[i] * window[i];
}

// x = m * 2^e with m in sqrt(1/2) ..< sqrt(2), then the polynomial of Cephes' logf for ln(m)
// (Moshier, https://netlib.org/cephes, single/logf.c). ln(2) is split into two parts, the first of
// few bits, so that e * ln(2) is exact enough.
KWS_BODY float KWS_NAME(logarithm)(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  const int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23;
  bits -= (uint32_t)exponent << 23;
  float r;
  memcpy(&r, &bits, 4);
  r -= 1;
  const float e = (float)exponent, square = r * r;
  float p = 7.0376836292e-2f;
  p = p * r - 1.1514610310e-1f;
  p = p * r + 1.1676998740e-1f;
  p = p * r - 1.2420140846e-1f;
  p = p * r + 1.4249322787e-1f;
  p = p * r - 1.6668057665e-1f;
  p = p * r + 2.0000714765e-1f;
  p = p * r - 2.4999993993e-1f;
  p = p * r + 3.3333331174e-1f;
  p = p * r * square - 2.12194440e-4f * e - 0.5f * square;
  const float y = r + p + 0.693359375f * e;
  // Infinity and NaN have no exponent to take apart.
  return x < __builtin_inff() ? y : x;
}

KWS_ISA void KWS_NAME(kws_logarithm)(size_t padded_count, const float *x, float floor, float *y) {
  for (size_t block = 0; block < padded_count; block += KWS_FEATURE_BLOCK) {
#pragma clang loop vectorize(assume_safety)
    for (size_t i = block; i < block + KWS_FEATURE_BLOCK; i++)
      y[i] = KWS_NAME(logarithm)(x[i] + floor);
  }
}
