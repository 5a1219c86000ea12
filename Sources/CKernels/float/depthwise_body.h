// SPDX-License-Identifier: GPL-3.0-or-later
//
// Depthwise convolution. Channels lie in registers; a block of output rows is computed at once, so
// that a weight, once loaded, serves all of them. Where the window moves by one tap per row, a row
// of x is loaded once too and meets every tap that it is under ("sliding"): with 7 taps 14 loads
// then feed 56 multiply-adds instead of 56.
#include "vectors.h"

#define KWS_DEPTHWISE_ROWS 8

#define KWS_DEFINE_DEPTHWISE(TYPE)                                                            \
  KWS_BODY KWS_ISA TYPE at_##TYPE(const float *p) { return *(const TYPE *)p; }                \
                                                                                              \
  KWS_BODY KWS_ISA void rows_##TYPE(const kws_depthwise *p, size_t row, size_t channel,       \
                                    const int taps, const int rows) {                         \
    TYPE sum[KWS_DEPTHWISE_ROWS];                                                             \
    float *z = p->z + (ptrdiff_t)row * p->z_row + channel;                                    \
    const float *x = p->x + (ptrdiff_t)row * p->x_row + channel;                              \
    KWS_UNROLL for (int r = 0; r < rows; r++)                                                 \
      sum[r] = p->accumulate ? at_##TYPE(z + r * p->z_row) : (TYPE){0};                       \
    for (size_t i = 0; i < p->taps; i++)                                                      \
      for (size_t j = 0; j < p->inner_taps; j++) {                                            \
        const TYPE w = at_##TYPE(p->w + (ptrdiff_t)i * p->w_tap +                             \
                                 (ptrdiff_t)j * p->w_inner + channel);                        \
        const float *from = x + (ptrdiff_t)i * p->x_tap + (ptrdiff_t)j * p->x_inner;          \
        KWS_UNROLL for (int r = 0; r < rows; r++) sum[r] += w * at_##TYPE(from + r * p->x_row); \
      }                                                                                       \
    KWS_UNROLL for (int r = 0; r < rows; r++) *(TYPE *)(z + r * p->z_row) = sum[r];           \
  }                                                                                           \
                                                                                              \
  KWS_BODY KWS_ISA void sliding_rows_##TYPE(const kws_depthwise *p, size_t row,               \
                                            size_t channel, const int taps, const int rows) { \
    TYPE sum[KWS_DEPTHWISE_ROWS];                                                             \
    float *z = p->z + (ptrdiff_t)row * p->z_row + channel;                                    \
    const float *x = p->x + (ptrdiff_t)row * p->x_row + channel;                              \
    KWS_UNROLL for (int r = 0; r < rows; r++)                                                 \
      sum[r] = p->accumulate ? at_##TYPE(z + r * p->z_row) : (TYPE){0};                       \
    for (size_t j = 0; j < p->inner_taps; j++) {                                              \
      TYPE w[7];                                                                              \
      const float *from = x + (ptrdiff_t)j * p->x_inner;                                      \
      KWS_UNROLL for (int i = 0; i < taps; i++)                                               \
        w[i] = at_##TYPE(p->w + (ptrdiff_t)i * p->w_tap + (ptrdiff_t)j * p->w_inner + channel); \
      KWS_UNROLL for (int t = 0; t < rows + taps - 1; t++) {                                  \
        const TYPE value = at_##TYPE(from + t * p->x_row);                                    \
        KWS_UNROLL for (int i = 0; i < taps; i++)                                             \
          if (t - i >= 0 && t - i < rows) sum[t - i] += w[i] * value;                         \
      }                                                                                       \
    }                                                                                         \
    KWS_UNROLL for (int r = 0; r < rows; r++) *(TYPE *)(z + r * p->z_row) = sum[r];           \
  }                                                                                           \
                                                                                              \
  KWS_BODY KWS_ISA void gradient_##TYPE(const kws_depthwise_gradient *p, size_t tap,          \
                                        size_t channel, const int taps) {                     \
    TYPE sum[8];                                                                              \
    KWS_UNROLL for (int i = 0; i < taps; i++) sum[i] = (TYPE){0};                             \
    for (size_t q = 0; q < p->blocks; q++) {                                                  \
      const float *x = p->x + (ptrdiff_t)q * p->x_block + (ptrdiff_t)tap * p->x_tap + channel; \
      const float *d = p->d + (ptrdiff_t)q * p->d_block + channel;                            \
      for (size_t r = 0; r < p->rows; r++, x += p->x_row, d += p->d_row) {                    \
        const TYPE g = at_##TYPE(d);                                                          \
        KWS_UNROLL for (int i = 0; i < taps; i++) sum[i] += g * at_##TYPE(x + i * p->x_tap);  \
      }                                                                                       \
    }                                                                                         \
    KWS_UNROLL for (int i = 0; i < taps; i++) {                                               \
      TYPE *target = (TYPE *)(p->g + (ptrdiff_t)(tap + i) * p->g_tap + channel);              \
      *target = p->accumulate ? *target + sum[i] : sum[i];                                    \
    }                                                                                         \
  }                                                                                           \
                                                                                              \
  /* Four rows at once, their even and odd rows in sums of their own: chains of additions are  \
     then short enough to hide behind each other, even with 3 taps. */                        \
  KWS_BODY KWS_ISA void sliding_gradient_##TYPE(const kws_depthwise_gradient *p,              \
                                                size_t channel, const int taps) {             \
    TYPE sum[2][7];                                                                           \
    const int sets = taps == 3 ? 2 : 1;                                                       \
    KWS_UNROLL for (int i = 0; i < taps; i++) sum[0][i] = sum[1][i] = (TYPE){0};              \
    for (size_t q = 0; q < p->blocks; q++) {                                                  \
      const float *x = p->x + (ptrdiff_t)q * p->x_block + channel;                            \
      const float *d = p->d + (ptrdiff_t)q * p->d_block + channel;                            \
      size_t r = 0;                                                                           \
      for (; r + 4 <= p->rows; r += 4, x += 4 * p->x_row, d += 4 * p->d_row) {                \
        TYPE g[4];                                                                            \
        KWS_UNROLL for (int k = 0; k < 4; k++) g[k] = at_##TYPE(d + k * p->d_row);            \
        KWS_UNROLL for (int t = 0; t < 4 + taps - 1; t++) {                                   \
          const TYPE value = at_##TYPE(x + t * p->x_row);                                     \
          KWS_UNROLL for (int k = 0; k < 4; k++)                                              \
            if (t - k >= 0 && t - k < taps) sum[k % sets][t - k] += g[k] * value;             \
        }                                                                                     \
      }                                                                                       \
      for (; r < p->rows; r++, x += p->x_row, d += p->d_row) {                                \
        const TYPE g = at_##TYPE(d);                                                          \
        KWS_UNROLL for (int i = 0; i < taps; i++)                                             \
          sum[0][i] += g * at_##TYPE(x + i * p->x_row);                                       \
      }                                                                                       \
    }                                                                                         \
    KWS_UNROLL for (int i = 0; i < taps; i++) {                                               \
      TYPE *target = (TYPE *)(p->g + (ptrdiff_t)i * p->g_tap + channel);                      \
      const TYPE total = sets == 2 ? sum[0][i] + sum[1][i] : sum[0][i];                       \
      *target = p->accumulate ? *target + total : total;                                      \
    }                                                                                         \
  }

#if KWS_LANES == 16
KWS_DEFINE_DEPTHWISE(kws_f16)
#endif
KWS_DEFINE_DEPTHWISE(kws_f8)
KWS_DEFINE_DEPTHWISE(kws_f4)
KWS_DEFINE_DEPTHWISE(kws_f1)

// Whether 3, 5 or 7 taps slide by one tap per row.
KWS_BODY int slides(size_t taps, ptrdiff_t row, ptrdiff_t tap) {
  return row == tap && (taps == 3 || taps == 5 || taps == 7);
}

// Blocks of 8 rows, then 4, 2 and 1.
#define KWS_ROW_BLOCKS(FUNCTION)                                              \
  {                                                                           \
    size_t row = 0;                                                           \
    for (; row + 8 <= p->rows; row += 8) FUNCTION(p, row, channel, taps, 8);  \
    if (row + 4 <= p->rows) { FUNCTION(p, row, channel, taps, 4); row += 4; } \
    if (row + 2 <= p->rows) { FUNCTION(p, row, channel, taps, 2); row += 2; } \
    if (row < p->rows) FUNCTION(p, row, channel, taps, 1);                    \
  }

// taps is 0 where the window does not slide.
#define KWS_DEFINE_PIECES(TYPE)                                               \
  KWS_BODY KWS_ISA void piece_##TYPE(const kws_depthwise *p, size_t channel,  \
                                     const int taps) {                        \
    if (taps == 0) KWS_ROW_BLOCKS(rows_##TYPE)                                \
    else KWS_ROW_BLOCKS(sliding_rows_##TYPE)                                  \
  }
#if KWS_LANES == 16
KWS_DEFINE_PIECES(kws_f16)
#endif
KWS_DEFINE_PIECES(kws_f8)
KWS_DEFINE_PIECES(kws_f4)
KWS_DEFINE_PIECES(kws_f1)

#define KWS_PIECE(TYPE, LANES, VECTORS)                                       \
  KWS_UNROLL for (int v = 0; v < VECTORS; v++) piece_##TYPE(p, channel + v * LANES, taps);

KWS_BODY KWS_ISA void pieces(const kws_depthwise *p, const int taps) {
  KWS_FOR_PIECES(p->channels, channel, KWS_PIECE)
}

KWS_ISA void KWS_NAME(kws_depthwise)(const kws_depthwise *p) {
  if (!slides(p->taps, p->x_row, p->x_tap))
    pieces(p, 0);
  else if (p->taps == 3)
    pieces(p, 3);
  else if (p->taps == 5)
    pieces(p, 5);
  else
    pieces(p, 7);
}

#define KWS_GRADIENT_CASE(TYPE, COUNT) \
  case COUNT: gradient_##TYPE(p, tap, channel + v * lanes, COUNT); break;

#define KWS_GRADIENT(TYPE, LANES, VECTORS)                                    \
  for (size_t v = 0; v < VECTORS; v++) {                                      \
    const size_t lanes = LANES;                                               \
    switch (count) {                                                          \
      KWS_GRADIENT_CASE(TYPE, 1)                                              \
      KWS_GRADIENT_CASE(TYPE, 2)                                              \
      KWS_GRADIENT_CASE(TYPE, 3)                                              \
      KWS_GRADIENT_CASE(TYPE, 4)                                              \
      KWS_GRADIENT_CASE(TYPE, 5)                                              \
      KWS_GRADIENT_CASE(TYPE, 6)                                              \
      KWS_GRADIENT_CASE(TYPE, 7)                                              \
      KWS_GRADIENT_CASE(TYPE, 8)                                              \
    }                                                                         \
  }

#define KWS_SLIDING_GRADIENT(TYPE, LANES, VECTORS)                            \
  KWS_UNROLL for (int v = 0; v < VECTORS; v++) {                              \
    const size_t first = channel + v * LANES;                                 \
    if (p->taps == 3)                                                         \
      sliding_gradient_##TYPE(p, first, 3);                                   \
    else if (p->taps == 5)                                                    \
      sliding_gradient_##TYPE(p, first, 5);                                   \
    else                                                                      \
      sliding_gradient_##TYPE(p, first, 7);                                   \
  }

KWS_ISA void KWS_NAME(kws_depthwise_gradient)(const kws_depthwise_gradient *p) {
  if (slides(p->taps, p->x_row, p->x_tap)) {
    KWS_FOR_PIECES(p->channels, channel, KWS_SLIDING_GRADIENT)
    return;
  }
  // Chunks of nearly equal length, at most 8: every accumulator chain is then short of company
  // only when the kernel itself is.
  const size_t chunks = (p->taps + 7) / 8;
  for (size_t chunk = 0, tap = 0; chunk < chunks; chunk++) {
    const size_t count = (p->taps - tap + chunks - chunk - 1) / (chunks - chunk);
    KWS_FOR_PIECES(p->channels, channel, KWS_GRADIENT)
    tap += count;
  }
}
