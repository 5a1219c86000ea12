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

#define KWS_TILE(TYPE, LANES, VECTORS)                                                        \
  tile_##TYPE(p, a, a_row, a_depth, p->b + column, c + column, rows, VECTORS)

KWS_BODY KWS_ISA void panel(const kws_product *p, size_t row, ptrdiff_t a_row,
                            ptrdiff_t a_depth, const int rows) {
  const float *a = p->a + (ptrdiff_t)row * a_row;
  float *c = p->c + (ptrdiff_t)row * p->c_row;
  KWS_FOR_PIECES(p->columns, column, KWS_TILE)
}

KWS_BODY KWS_ISA void panels(const kws_product *p, ptrdiff_t a_row, ptrdiff_t a_depth) {
  size_t row = 0;
  for (; row + KWS_TILE_ROWS <= p->rows; row += KWS_TILE_ROWS)
    panel(p, row, a_row, a_depth, KWS_TILE_ROWS);
  if (row + 4 <= p->rows) {
    panel(p, row, a_row, a_depth, 4);
    row += 4;
  }
  if (row + 2 <= p->rows) {
    panel(p, row, a_row, a_depth, 2);
    row += 2;
  }
  if (row < p->rows) panel(p, row, a_row, a_depth, 1);
}

KWS_ISA void KWS_NAME(kws_product)(const kws_product *p) {
  if (p->a_row == 1)
    panels(p, 1, p->a_depth);
  else if (p->a_depth == 1)
    panels(p, p->a_row, 1);
  else
    panels(p, p->a_row, p->a_depth);
}
