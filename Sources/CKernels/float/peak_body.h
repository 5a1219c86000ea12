// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rate of arithmetic that nothing holds up: no memory, and more sums in flight than the
// multiply-add units have stages (2 units of 4 or 5 stages on today's processors).
#include "vectors.h"

#if !defined(KWS_LANES)
#define KWS_PEAK_VECTOR kws_f4
#define KWS_PEAK_LANES 4
#define KWS_PEAK_SUMS 10
#elif KWS_LANES == 16
#define KWS_PEAK_VECTOR kws_f16
#define KWS_PEAK_LANES 16
#define KWS_PEAK_SUMS 16
#else
#define KWS_PEAK_VECTOR kws_f8
#define KWS_PEAK_LANES 8
#define KWS_PEAK_SUMS 12
#endif

KWS_ISA size_t KWS_NAME(kws_peak)(size_t rounds, float factor, float addend, float *total) {
  KWS_PEAK_VECTOR sums[KWS_PEAK_SUMS];
  KWS_UNROLL for (int j = 0; j < KWS_PEAK_SUMS; j++) sums[j] = (KWS_PEAK_VECTOR){0} + (float)j;
  for (size_t i = 0; i < rounds; i++)
    KWS_UNROLL for (int j = 0; j < KWS_PEAK_SUMS; j++) sums[j] = sums[j] * factor + addend;
  float sum = 0;
  for (int j = 0; j < KWS_PEAK_SUMS; j++)
    for (int lane = 0; lane < KWS_PEAK_LANES; lane++) sum += sums[j][lane];
  *total = sum;
  return rounds * KWS_PEAK_SUMS * KWS_PEAK_LANES;
}
