// SPDX-License-Identifier: GPL-3.0-or-later
//
// Squares of two registers of (re, im), then their even lanes plus their odd lanes. A plain loop
// takes ten times as long with AVX-512: the compiler gathers.
#include "vectors.h"

#if KWS_LANES == 16
#define KWS_EVEN(a, b)                                                                         \
  __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define KWS_ODD(a, b)                                                                          \
  __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#else
#define KWS_EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define KWS_ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#endif

KWS_ISA void KWS_NAME(kws_power)(size_t padded_count, const float *restrict spectrum,
                                 float *restrict power) {
  for (size_t k = 0; k < padded_count; k += KWS_LANES) {
    kws_lanes a = *(const kws_lanes *)(spectrum + 2 * k);
    kws_lanes b = *(const kws_lanes *)(spectrum + 2 * k + KWS_LANES);
    a *= a;
    b *= b;
    *(kws_lanes *)(power + k) = KWS_EVEN(a, b) + KWS_ODD(a, b);
  }
}
