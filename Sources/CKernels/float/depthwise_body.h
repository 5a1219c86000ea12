// SPDX-License-Identifier: GPL-3.0-or-later
//
// Depthwise convolution: channels lie in registers, a few rows (or taps) are computed at once.
#include "vectors.h"

#define KWS_DEPTHWISE_ROWS 8

#define KWS_DEFINE_DEPTHWISE(TYPE)                                                            \
  KWS_BODY KWS_ISA void rows_##TYPE(const kws_depthwise *p, size_t row, size_t channel,       \
                                    const int rows) {                                         \
    TYPE sum[KWS_DEPTHWISE_ROWS];                                                             \
    float *z = p->z + (ptrdiff_t)row * p->z_row + channel;                                    \
    const float *x = p->x + (ptrdiff_t)row * p->x_row + channel;                              \
    KWS_UNROLL for (int r = 0; r < rows; r++)                                                 \
      sum[r] = p->accumulate ? *(const TYPE *)(z + r * p->z_row) : (TYPE){0};                 \
    for (size_t i = 0; i < p->taps; i++)                                                      \
      for (size_t j = 0; j < p->inner_taps; j++) {                                            \
        const TYPE w = *(const TYPE *)(p->w + (ptrdiff_t)i * p->w_tap +                       \
                                       (ptrdiff_t)j * p->w_inner + channel);                  \
        const float *from = x + (ptrdiff_t)i * p->x_tap + (ptrdiff_t)j * p->x_inner;          \
        KWS_UNROLL for (int r = 0; r < rows; r++)                                             \
          sum[r] += w * *(const TYPE *)(from + r * p->x_row);                                 \
      }                                                                                       \
    KWS_UNROLL for (int r = 0; r < rows; r++) *(TYPE *)(z + r * p->z_row) = sum[r];           \
  }                                                                                           \
  KWS_BODY KWS_ISA void taps_##TYPE(const kws_depthwise_gradient *p, size_t tap,              \
                                    size_t channel, const int taps) {                         \
    TYPE sum[8];                                                                              \
    KWS_UNROLL for (int i = 0; i < taps; i++) sum[i] = (TYPE){0};                             \
    for (size_t q = 0; q < p->blocks; q++) {                                                  \
      const float *x = p->x + (ptrdiff_t)q * p->x_block + (ptrdiff_t)tap * p->x_tap + channel; \
      const float *d = p->d + (ptrdiff_t)q * p->d_block + channel;                            \
      for (size_t r = 0; r < p->rows; r++) {                                                  \
        const TYPE g = *(const TYPE *)d;                                                      \
        KWS_UNROLL for (int i = 0; i < taps; i++)                                             \
          sum[i] += g * *(const TYPE *)(x + i * p->x_tap);                                    \
        x += p->x_row;                                                                        \
        d += p->d_row;                                                                        \
      }                                                                                       \
    }                                                                                         \
    KWS_UNROLL for (int i = 0; i < taps; i++)                                                 \
      *(TYPE *)(p->g + (ptrdiff_t)(tap + i) * p->g_tap + channel) += sum[i];                  \
  }

#if KWS_LANES == 16
KWS_DEFINE_DEPTHWISE(kws_f16)
#endif
KWS_DEFINE_DEPTHWISE(kws_f8)
KWS_DEFINE_DEPTHWISE(kws_f4)
KWS_DEFINE_DEPTHWISE(kws_f1)

#define KWS_ROWS(TYPE, LANES, VECTORS)                                        \
  for (size_t row = 0; row < p->rows;) {                                      \
    if (row + KWS_DEPTHWISE_ROWS <= p->rows) {                                \
      KWS_UNROLL for (int v = 0; v < VECTORS; v++)                            \
        rows_##TYPE(p, row, channel + v * LANES, KWS_DEPTHWISE_ROWS);         \
      row += KWS_DEPTHWISE_ROWS;                                              \
    } else {                                                                  \
      KWS_UNROLL for (int v = 0; v < VECTORS; v++)                            \
        rows_##TYPE(p, row, channel + v * LANES, 1);                          \
      row += 1;                                                               \
    }                                                                         \
  }

KWS_ISA void KWS_NAME(kws_depthwise)(const kws_depthwise *p) {
  KWS_FOR_PIECES(p->channels, channel, KWS_ROWS)
}

#define KWS_TAPS_CASE(TYPE, COUNT) \
  case COUNT: taps_##TYPE(p, tap, channel + v * lanes, COUNT); break;

#define KWS_TAPS(TYPE, LANES, VECTORS)                                        \
  for (size_t v = 0; v < VECTORS; v++) {                                      \
    const size_t lanes = LANES;                                               \
    switch (count) {                                                          \
      KWS_TAPS_CASE(TYPE, 1)                                                  \
      KWS_TAPS_CASE(TYPE, 2)                                                  \
      KWS_TAPS_CASE(TYPE, 3)                                                  \
      KWS_TAPS_CASE(TYPE, 4)                                                  \
      KWS_TAPS_CASE(TYPE, 5)                                                  \
      KWS_TAPS_CASE(TYPE, 6)                                                  \
      KWS_TAPS_CASE(TYPE, 7)                                                  \
      KWS_TAPS_CASE(TYPE, 8)                                                  \
    }                                                                         \
  }

KWS_ISA void KWS_NAME(kws_depthwise_gradient)(const kws_depthwise_gradient *p) {
  // Chunks of nearly equal length, at most 8: every accumulator chain is then short of company
  // only when the kernel itself is.
  const size_t chunks = (p->taps + 7) / 8;
  for (size_t chunk = 0, tap = 0; chunk < chunks; chunk++) {
    const size_t count = (p->taps - tap + chunks - chunk - 1) / (chunks - chunk);
    KWS_FOR_PIECES(p->channels, channel, KWS_TAPS)
    tap += count;
  }
}
