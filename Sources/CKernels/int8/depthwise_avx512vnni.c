// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

// Where a block of 64 values of one output column comes from and goes to.
typedef struct block {
  const int8_t *weights;
  const int32_t *bias;
  const float *multipliers;
  // Values, if fewer than 64.
  int count;
} block;

// Four 64-byte rows to four vectors that hold, per channel, the bytes of the four rows side by
// side. Within 128-bit lanes vector j has the channels 4 * j ..< 4 * j + 4 of each lane.
KWS_BODY KWS_TARGET_VNNI void interleave(__m512i a, __m512i b, __m512i c, __m512i d,
                                         __m512i out[4]) {
  __m512i ab_low = _mm512_unpacklo_epi8(a, b);
  __m512i ab_high = _mm512_unpackhi_epi8(a, b);
  __m512i cd_low = _mm512_unpacklo_epi8(c, d);
  __m512i cd_high = _mm512_unpackhi_epi8(c, d);
  out[0] = _mm512_unpacklo_epi16(ab_low, cd_low);
  out[1] = _mm512_unpackhi_epi16(ab_low, cd_low);
  out[2] = _mm512_unpacklo_epi16(ab_high, cd_high);
  out[3] = _mm512_unpackhi_epi16(ab_high, cd_high);
}

// Packing by pairs undoes the interleaving.
KWS_BODY KWS_TARGET_VNNI void store(const __m512i sums[4], const block *at,
                                    const uint8_t *residual, uint8_t *output,
                                    const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  __m512 x[4];
  KWS_UNROLL for (int j = 0; j < 4; j++) {
    x[j] = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[j]), _mm512_load_ps(at->multipliers + 16 * j));
  }
  if (residual) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i added[4];
    interleave(_mm512_loadu_si512(residual), zero, zero, zero, added);
    KWS_UNROLL for (int j = 0; j < 4; j++) {
      x[j] = kws_add_term_avx512(x[j], added[j], r->residual_zero_point, r->residual_multiplier);
    }
  }
  if (r->has_hard_swish) {
    KWS_UNROLL for (int j = 0; j < 4; j++) x[j] = kws_hard_swish_avx512(x[j], r->hard_swish);
  }
  kws_store_avx512(output, kws_pack_avx512(x, 4, r), 64, at->count);
}

// The block in `columns` output columns that share their rows: one interleaving of four rows serves
// all of them, which else costs twice as much as the products.
KWS_BODY KWS_TARGET_VNNI void block_of_columns(const kws_int8_depthwise *op, const block *at,
                                               int columns, size_t shift_stride,
                                               const uint8_t *input, const uint8_t *residual,
                                               uint8_t *output) {
  const int8_t *weights = at->weights;
  const int32_t *offsets = columns > 1 ? op->shared_tap_offsets : op->tap_offsets;
  __m512i sums[KWS_INT8_SHIFTS][4];
  KWS_UNROLL for (int c = 0; c < columns; c++) {
    KWS_UNROLL for (int j = 0; j < 4; j++) sums[c][j] = _mm512_load_si512(at->bias + 16 * j);
  }
  for (int tap = 0; tap < op->tap_count; tap += 4, weights += 4 * KWS_INT8_CHANNEL_BLOCK) {
    __m512i x[4];
    interleave(_mm512_loadu_si512(input + offsets[tap]),
               _mm512_loadu_si512(input + offsets[tap + 1]),
               _mm512_loadu_si512(input + offsets[tap + 2]),
               _mm512_loadu_si512(input + offsets[tap + 3]), x);
    KWS_UNROLL for (int c = 0; c < columns; c++) {
      const int8_t *shifted = weights + (size_t)c * shift_stride;
      KWS_UNROLL for (int j = 0; j < 4; j++) {
        sums[c][j] = _mm512_dpbusd_epi32(sums[c][j], x[j], _mm512_load_si512(shifted + 64 * j));
      }
    }
  }
  KWS_UNROLL for (int c = 0; c < columns; c++) {
    store(sums[c], at, residual ? residual + c * op->residual_column_stride : NULL,
          output + c * op->output_column_stride, &op->requantization);
  }
}

KWS_TARGET_VNNI void kws_int8_depthwise_avx512vnni(const kws_int8_depthwise *op,
                                                   const uint8_t *input, const uint8_t *residual,
                                                   uint8_t *output, size_t count) {
  // A copy that no store to the output can alias.
  const kws_int8_depthwise local = *op;
  const size_t block_stride = (size_t)local.tap_count * KWS_INT8_CHANNEL_BLOCK;
  const size_t shift_stride = (size_t)local.weight_block_count * block_stride;
  const size_t shifts = (size_t)local.shift_count;
  // Blocks in turn, so that the weights of one stay in the first cache.
  int weight_block = 0, parameter_block = 0;
  for (int first = 0; first < local.run_length; first += KWS_INT8_CHANNEL_BLOCK) {
    const block at = {
        .weights = local.weights + (size_t)weight_block * block_stride,
        .bias = local.bias + parameter_block * KWS_INT8_CHANNEL_BLOCK,
        .multipliers = local.requantization.multipliers + parameter_block * KWS_INT8_CHANNEL_BLOCK,
        .count = local.run_length - first};
    if (++weight_block == local.weight_block_count) weight_block = 0;
    if (++parameter_block == local.parameter_block_count) parameter_block = 0;
    for (int run = 0; run < local.run_count; run++) {
      const ptrdiff_t to = (ptrdiff_t)run * local.run_length + first;
      const uint8_t *in = input + run * local.run_stride + first;
      const uint8_t *added = residual ? residual + to : NULL;
      uint8_t *out = output + to;
      for (size_t column = 0; column < count;) {
        size_t columns = 1;
        if (shifts == 4 && count - column >= 4) {
          columns = 4;
          block_of_columns(&local, &at, 4, shift_stride, in, added, out);
        } else if (shifts == 2 && count - column >= 2) {
          columns = 2;
          block_of_columns(&local, &at, 2, shift_stride, in, added, out);
        } else {
          block_of_columns(&local, &at, 1, shift_stride, in, added, out);
        }
        column += columns;
        in += (ptrdiff_t)columns * local.column_stride;
        out += (ptrdiff_t)columns * local.output_column_stride;
        if (added) added += (ptrdiff_t)columns * local.residual_column_stride;
      }
    }
  }
}

#endif
