// SPDX-License-Identifier: GPL-3.0-or-later
//
// Filters in groups of one register: each filter keeps a register of partial sums, and the group's
// registers are then added crosswise so that lane i holds the sum of filter i.
#include "vectors.h"

// Four registers to one: every 128-bit part holds the sums over that part of a, b, c, d.
#if KWS_LANES == 16
#define KWS_LOW(a, b)                                                                          \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define KWS_HIGH(a, b)                                                                         \
  __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define KWS_LOW_PAIRS(a, b)                                                                    \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define KWS_HIGH_PAIRS(a, b)                                                                   \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#else
#define KWS_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define KWS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define KWS_LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define KWS_HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#endif

KWS_BODY KWS_ISA void KWS_NAME(sum_four)(const kws_lanes *v, kws_lanes *sums) {
  const kws_lanes t = KWS_LOW(v[0], v[1]) + KWS_HIGH(v[0], v[1]);
  const kws_lanes u = KWS_LOW(v[2], v[3]) + KWS_HIGH(v[2], v[3]);
  *sums = KWS_LOW_PAIRS(t, u) + KWS_HIGH_PAIRS(t, u);
}

// Adds the 128-bit parts: lane i becomes the whole sum of register i.
KWS_BODY KWS_ISA void KWS_NAME(sum_group)(const kws_lanes *v, kws_lanes *sums) {
  kws_lanes q[KWS_LANES / 4];
  KWS_UNROLL for (int i = 0; i < KWS_LANES / 4; i++) KWS_NAME(sum_four)(v + 4 * i, q + i);
#if KWS_LANES == 16
  const kws_lanes x =
      __builtin_shufflevector(q[0], q[1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
      __builtin_shufflevector(q[0], q[1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30,
                              31);
  const kws_lanes y =
      __builtin_shufflevector(q[2], q[3], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
      __builtin_shufflevector(q[2], q[3], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30,
                              31);
  *sums =
      __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
      __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
#else
  *sums = __builtin_shufflevector(q[0], q[1], 0, 1, 2, 3, 8, 9, 10, 11) +
          __builtin_shufflevector(q[0], q[1], 4, 5, 6, 7, 12, 13, 14, 15);
#endif
}

// `narrow` is a constant where this is inlined: every filter fits into one register.
KWS_BODY KWS_ISA void KWS_NAME(mel)(const kws_mel_filters *filters, const float *restrict power,
                                    float *restrict energies, const int narrow) {
  const size_t stride = filters->tap_stride;
  for (size_t group = 0; group < filters->padded_filter_count; group += KWS_LANES) {
    kws_lanes sums[KWS_LANES];
    KWS_UNROLL for (size_t i = 0; i < KWS_LANES; i++) {
      const float *weights = filters->weights + (group + i) * stride;
      const float *bins = power + filters->starts[group + i];
      const size_t count = (size_t)filters->tap_counts[group + i];
      sums[i] = *(const kws_lanes *)weights * *(const kws_lanes *)bins;
      for (size_t tap = KWS_LANES; tap < count && !narrow; tap += KWS_LANES)
        sums[i] += *(const kws_lanes *)(weights + tap) * *(const kws_lanes *)(bins + tap);
    }
    KWS_NAME(sum_group)(sums, (kws_lanes *)(energies + group));
  }
}

KWS_ISA void KWS_NAME(kws_mel)(const kws_mel_filters *filters, const float *restrict power,
                               float *restrict energies) {
  if (filters->tap_stride == KWS_LANES)
    KWS_NAME(mel)(filters, power, energies, 1);
  else
    KWS_NAME(mel)(filters, power, energies, 0);
}
