// SPDX-License-Identifier: GPL-3.0-or-later
//
// The strided matrix product: a tile of rows x 2 registers of columns stays in registers while the
// depth runs. Columns that fill no register take a narrower one, so nothing is masked or padded.
#include "vectors.h"

#if KWS_LANES == 16
#define KWS_TILE_ROWS 8
#else
#define KWS_TILE_ROWS 6
#endif

// rows and vectors are constants where this is inlined, a_row or a_depth too.
#define KWS_DEFINE_TILE(TYPE, LANES)                                                          \
  KWS_BODY KWS_ISA void tile_##TYPE(const kws_product *p, const float *a, ptrdiff_t a_row,    \
                                    ptrdiff_t a_depth, const float *b, float *c,              \
                                    const int rows, const int vectors) {                      \
    TYPE sum[KWS_TILE_ROWS][2];                                                               \
    KWS_UNROLL for (int i = 0; i < rows; i++)                                                 \
      KWS_UNROLL for (int v = 0; v < vectors; v++)                                            \
        sum[i][v] = (TYPE){0};                                                                \
    for (size_t q = 0; q < p->blocks; q++) {                                                  \
      const float *aq = a + (ptrdiff_t)q * p->a_block;                                        \
      const float *bq = b + (ptrdiff_t)q * p->b_block;                                        \
      for (size_t k = 0; k < p->depth; k++) {                                                 \
        TYPE w[2];                                                                            \
        KWS_UNROLL for (int v = 0; v < vectors; v++) w[v] = *(const TYPE *)(bq + v * LANES);  \
        KWS_UNROLL for (int i = 0; i < rows; i++) {                                           \
          const float s = aq[i * a_row];                                                      \
          KWS_UNROLL for (int v = 0; v < vectors; v++) sum[i][v] += s * w[v];                 \
        }                                                                                     \
        aq += a_depth;                                                                        \
        bq += p->b_depth;                                                                     \
      }                                                                                       \
    }                                                                                         \
    KWS_UNROLL for (int i = 0; i < rows; i++)                                                 \
      KWS_UNROLL for (int v = 0; v < vectors; v++) {                                          \
        TYPE *target = (TYPE *)(c + i * p->c_row + v * LANES);                                \
        *target = p->accumulate ? *target + sum[i][v] : sum[i][v];                            \
      }                                                                                       \
  }

#if KWS_LANES == 16
KWS_DEFINE_TILE(kws_f16, 16)
#endif
KWS_DEFINE_TILE(kws_f8, 8)
KWS_DEFINE_TILE(kws_f4, 4)
KWS_DEFINE_TILE(kws_f1, 1)

// All rows of a panel of columns: its part of b then stays in the first-level cache while a streams
// by.
#define KWS_DEFINE_PANEL(TYPE)                                                                \
  KWS_BODY KWS_ISA void panel_##TYPE(const kws_product *p, size_t column, ptrdiff_t a_row,    \
                                     ptrdiff_t a_depth, const int vectors) {                  \
    const float *a = p->a, *b = p->b + column;                                                \
    float *c = p->c + column;                                                                 \
    size_t left = p->rows;                                                                    \
    for (; left >= KWS_TILE_ROWS; left -= KWS_TILE_ROWS) {                                    \
      tile_##TYPE(p, a, a_row, a_depth, b, c, KWS_TILE_ROWS, vectors);                        \
      a += KWS_TILE_ROWS * a_row;                                                             \
      c += KWS_TILE_ROWS * p->c_row;                                                          \
    }                                                                                         \
    if (left >= 4) {                                                                          \
      tile_##TYPE(p, a, a_row, a_depth, b, c, 4, vectors);                                    \
      a += 4 * a_row;                                                                         \
      c += 4 * p->c_row;                                                                      \
      left -= 4;                                                                              \
    }                                                                                         \
    if (left >= 2) {                                                                          \
      tile_##TYPE(p, a, a_row, a_depth, b, c, 2, vectors);                                    \
      a += 2 * a_row;                                                                         \
      c += 2 * p->c_row;                                                                      \
      left -= 2;                                                                              \
    }                                                                                         \
    if (left) tile_##TYPE(p, a, a_row, a_depth, b, c, 1, vectors);                            \
  }

#if KWS_LANES == 16
KWS_DEFINE_PANEL(kws_f16)
#endif
KWS_DEFINE_PANEL(kws_f8)
KWS_DEFINE_PANEL(kws_f4)
KWS_DEFINE_PANEL(kws_f1)

#define KWS_PANEL(TYPE, LANES, VECTORS) panel_##TYPE(p, column, a_row, a_depth, VECTORS)

KWS_BODY KWS_ISA void panels(const kws_product *p, ptrdiff_t a_row, ptrdiff_t a_depth) {
  KWS_FOR_PIECES(p->columns, column, KWS_PANEL)
}

KWS_ISA void KWS_NAME(kws_product)(const kws_product *p) {
  if (p->a_row == 1)
    panels(p, 1, p->a_depth);
  else if (p->a_depth == 1)
    panels(p, p->a_row, 1);
  else
    panels(p, p->a_row, p->a_depth);
}
