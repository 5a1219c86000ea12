// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"
#include "positions.h"

#if KWS_X86_64

// A tile is up to 6 positions times a group of up to 4 blocks of 16 outputs. Its sums fill 24 of
// the 32 registers; each load of weights serves all positions, each load of input all blocks. The
// weights of a group stay in the first cache while the positions go by.
enum { POSITIONS = 6, BLOCKS = KWS_INT8_GROUP_BLOCKS };

// vpdpbusd sums four products u8 * s8 into 32 bits without saturation.
KWS_BODY KWS_TARGET_VNNI void accumulate(const kws_int8_convolution *op, const kws_position *at,
                                         int positions, const kws_group *group, int blocks,
                                         __m512i sums[POSITIONS][BLOCKS]) {
  const int8_t *weights = group->weights;
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    KWS_UNROLL for (int b = 0; b < blocks; b++) {
      sums[p][b] = _mm512_load_si512(op->bias + group->first + b * KWS_INT8_OUTPUT_BLOCK);
    }
  }
  const uint8_t *input[POSITIONS];
  KWS_UNROLL for (int p = 0; p < positions; p++) input[p] = at[p].input;
  const int run_length = op->run_length;
  for (int tap = 0; tap < op->tap_count; tap++) {
    for (int k = 0; k < run_length; k += 4) {
      __m512i w[BLOCKS];
      KWS_UNROLL for (int b = 0; b < blocks; b++) {
        w[b] = _mm512_load_si512(weights + 4 * KWS_INT8_OUTPUT_BLOCK * b);
      }
      weights += 4 * KWS_INT8_OUTPUT_BLOCK * blocks;
      KWS_UNROLL for (int p = 0; p < positions; p++) {
        int32_t four;
        memcpy(&four, input[p] + k, sizeof four);
        __m512i x = _mm512_set1_epi32(four);
        KWS_UNROLL for (int b = 0; b < blocks; b++) {
          sums[p][b] = _mm512_dpbusd_epi32(sums[p][b], x, w[b]);
        }
      }
    }
    KWS_UNROLL for (int p = 0; p < positions; p++) input[p] += op->tap_stride;
  }
}

// Stores the sums by the rule of requantize.h.
KWS_BODY KWS_TARGET_VNNI void store_steps(const kws_int8_convolution *op, const kws_position *at,
                                          int positions, const kws_group *group, int blocks,
                                          const __m512i sums[POSITIONS][BLOCKS]) {
#pragma STDC FP_CONTRACT OFF
  const kws_requantization *r = &op->requantization;
  __m512 x[POSITIONS][BLOCKS];
  KWS_UNROLL for (int b = 0; b < blocks; b++) {
    const __m512 multiplier =
        _mm512_load_ps(r->multipliers + group->first + b * KWS_INT8_OUTPUT_BLOCK);
    KWS_UNROLL for (int p = 0; p < positions; p++) {
      x[p][b] = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[p][b]), multiplier);
    }
  }
  if (at[0].residual) {
    KWS_UNROLL for (int p = 0; p < positions; p++) {
      KWS_UNROLL for (int b = 0; b < blocks; b++) {
        const uint8_t *residual = at[p].residual + group->first + b * KWS_INT8_OUTPUT_BLOCK;
        __m512i value = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)residual));
        x[p][b] = kws_add_term_avx512(x[p][b], value, r->residual_zero_point,
                                      r->residual_multiplier);
      }
    }
  }
  if (r->has_hard_swish) {
    KWS_UNROLL for (int p = 0; p < positions; p++) {
      KWS_UNROLL for (int b = 0; b < blocks; b++) {
        x[p][b] = kws_hard_swish_avx512(x[p][b], r->hard_swish);
      }
    }
  }
  const int left = op->output_count - group->first;
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    kws_store_avx512(at[p].output + group->first, kws_pack_in_order_avx512(x[p], blocks, r),
                     blocks * KWS_INT8_OUTPUT_BLOCK, left);
  }
}

// Stores the sums as real numbers.
KWS_BODY KWS_TARGET_VNNI void store_logits(const kws_int8_convolution *op, int positions,
                                           const kws_group *group, int blocks,
                                           const __m512i sums[POSITIONS][BLOCKS],
                                           float *logits) {
  KWS_UNROLL for (int b = 0; b < blocks; b++) {
    const int channel = group->first + b * KWS_INT8_OUTPUT_BLOCK;
    const __mmask16 mask = (__mmask16)kws_byte_mask(op->output_count - channel);
    const __m512 multiplier = _mm512_load_ps(op->requantization.multipliers + channel);
    KWS_UNROLL for (int p = 0; p < positions; p++) {
      __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[p][b]), multiplier);
      _mm512_mask_storeu_ps(logits + p * op->output_count + channel, mask, real);
    }
  }
}

// One tile; `logits` is null where the sums become steps.
KWS_BODY KWS_TARGET_VNNI void tile(const kws_int8_convolution *op, const kws_position *at,
                                   int positions, const kws_group *group, int blocks,
                                   float *logits) {
  __m512i sums[POSITIONS][BLOCKS];
  accumulate(op, at, positions, group, blocks, sums);
  if (logits) {
    store_logits(op, positions, group, blocks, sums, logits);
  } else {
    store_steps(op, at, positions, group, blocks, sums);
  }
}

// Positions of the next tile: as even as can be, so that none is left with few.
KWS_BODY int next_count(size_t left) {
  if (left <= POSITIONS) return (int)left;
  const size_t tiles = (left + POSITIONS - 1) / POSITIONS;
  return (int)((left + tiles - 1) / tiles);
}

KWS_BODY KWS_TARGET_VNNI void tile_of_width(const kws_int8_convolution *op,
                                            const kws_position *at, int positions,
                                            const kws_group *group, int blocks, float *logits) {
  // Constants, so that each number of positions is compiled for itself.
  switch (positions) {
    case 1: tile(op, at, 1, group, blocks, logits); break;
    case 2: tile(op, at, 2, group, blocks, logits); break;
    case 3: tile(op, at, 3, group, blocks, logits); break;
    case 4: tile(op, at, 4, group, blocks, logits); break;
    case 5: tile(op, at, 5, group, blocks, logits); break;
    case 6: tile(op, at, 6, group, blocks, logits); break;
  }
}

// All positions, group by group.
static KWS_TARGET_VNNI void tiles(const kws_int8_convolution *op, kws_position start,
                                    float *logits, size_t count) {
  // A copy that no store to the output can alias.
  const kws_int8_convolution local = *op;
  const int groups = kws_group_count(&local);
  for (int index = 0; index < groups; index++) {
    const kws_group group = kws_group_at(&local, index);
    kws_positions next = {start, start, 0};
    float *real = logits;
    size_t left = count * (size_t)local.bin_count;
    while (left > 0) {
      const int positions = next_count(left);
      kws_position at[POSITIONS];
      for (int i = 0; i < positions; i++) at[i] = kws_next_position(&next, &local);
      switch (group.block_count) {
        case 1: tile_of_width(&local, at, positions, &group, 1, real); break;
        case 2: tile_of_width(&local, at, positions, &group, 2, real); break;
        case 3: tile_of_width(&local, at, positions, &group, 3, real); break;
        case 4: tile_of_width(&local, at, positions, &group, 4, real); break;
      }
      left -= (size_t)positions;
      if (real) real += positions * local.output_count;
    }
  }
}

KWS_TARGET_VNNI void kws_int8_convolution_avx512vnni(const kws_int8_convolution *op,
                                                     const uint8_t *input,
                                                     const uint8_t *residual, uint8_t *output,
                                                     size_t count) {
  tiles(op, (kws_position){input, residual, output}, NULL, count);
}

KWS_TARGET_VNNI void kws_int8_dense_avx512vnni(const kws_int8_convolution *op,
                                               const uint8_t *input, float *logits,
                                               size_t count) {
  tiles(op, (kws_position){input, NULL, NULL}, logits, count);
}

#endif
