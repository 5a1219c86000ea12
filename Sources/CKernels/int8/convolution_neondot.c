// SPDX-License-Identifier: GPL-3.0-or-later
#include "int8_kernels.h"
#include "positions.h"
#include "requantize_neon.h"

#if KWS_AARCH64

// Positions that share each load of weights, which are a block of 16 outputs: their sums fill 16 of
// the 32 registers, the weights and their own sums 8 more.
enum { POSITIONS = 4, QUADS = KWS_INT8_OUTPUT_BLOCK / 4 };

// The sums of a block of 16 outputs, four to a vector.
//
// sdot multiplies signed bytes only, so what is multiplied is x - 128, and 128 times the sum of the
// weights, which all positions share, is added in the end.
KWS_BODY KWS_TARGET_NEONDOT void accumulate(const kws_int8_convolution *op,
                                            const kws_position *at, int positions,
                                            const kws_group *group, int block,
                                            int32x4_t sums[POSITIONS][QUADS]) {
  const int8_t *weights = group->weights + 4 * KWS_INT8_OUTPUT_BLOCK * block;
  const int step = 4 * KWS_INT8_OUTPUT_BLOCK * group->block_count;
  const int32_t *bias = op->bias + group->first + KWS_INT8_OUTPUT_BLOCK * block;
  const int8x16_t ones = vdupq_n_s8(1);
  const int8x16_t sign = vdupq_n_s8(-128);
  int32x4_t totals[QUADS];
  KWS_UNROLL for (int j = 0; j < QUADS; j++) {
    totals[j] = vdupq_n_s32(0);
    KWS_UNROLL for (int p = 0; p < positions; p++) sums[p][j] = vld1q_s32(bias + 4 * j);
  }
  const uint8_t *input[POSITIONS];
  KWS_UNROLL for (int p = 0; p < positions; p++) input[p] = at[p].input;
  for (int tap = 0; tap < op->tap_count; tap++) {
    for (int k = 0; k < op->run_length; k += 4, weights += step) {
      int8x16_t w[QUADS];
      KWS_UNROLL for (int j = 0; j < QUADS; j++) {
        w[j] = vld1q_s8(weights + 16 * j);
        totals[j] = vdotq_s32(totals[j], w[j], ones);
      }
      KWS_UNROLL for (int p = 0; p < positions; p++) {
        int32_t four;
        memcpy(&four, input[p] + k, sizeof four);
        const int8x16_t x = veorq_s8(vreinterpretq_s8_s32(vdupq_n_s32(four)), sign);
        KWS_UNROLL for (int j = 0; j < QUADS; j++) {
          sums[p][j] = vdotq_s32(sums[p][j], w[j], x);
        }
      }
    }
    KWS_UNROLL for (int p = 0; p < positions; p++) input[p] += op->tap_stride;
  }
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    KWS_UNROLL for (int j = 0; j < QUADS; j++) {
      sums[p][j] = vaddq_s32(sums[p][j], vshlq_n_s32(totals[j], 7));
    }
  }
}

// One block of outputs; `logits` is null where the sums become steps.
KWS_BODY KWS_TARGET_NEONDOT void tile(const kws_int8_convolution *op, const kws_position *at,
                                      int positions, const kws_group *group, int block,
                                      float *logits) {
  const kws_requantization *r = &op->requantization;
  int32x4_t sums[POSITIONS][QUADS];
  accumulate(op, at, positions, group, block, sums);
  const int first = group->first + KWS_INT8_OUTPUT_BLOCK * block;
  const int left = op->output_count - first;
  const size_t width = (size_t)(left < KWS_INT8_OUTPUT_BLOCK ? left : KWS_INT8_OUTPUT_BLOCK);
  float32x4_t multipliers[QUADS];
  KWS_UNROLL for (int j = 0; j < QUADS; j++) {
    multipliers[j] = vld1q_f32(r->multipliers + first + 4 * j);
  }
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    if (logits) {
      float real[KWS_INT8_OUTPUT_BLOCK];
      KWS_UNROLL for (int j = 0; j < QUADS; j++) {
        vst1q_f32(real + 4 * j, vmulq_f32(vcvtq_f32_s32(sums[p][j]), multipliers[j]));
      }
      memcpy(logits + p * op->output_count + first, real, width * sizeof *real);
    } else {
      const uint8_t *residual = at[p].residual ? at[p].residual + first : NULL;
      kws_store_neon(at[p].output + first,
                     kws_requantize_neon(sums[p], multipliers, residual, width, r), width);
    }
  }
}

// All positions, block by block, so that the weights of one stay in the first cache.
static KWS_TARGET_NEONDOT void tiles(const kws_int8_convolution *op, kws_position start,
                                     float *logits, size_t count) {
  // A copy that no store to the output can alias.
  const kws_int8_convolution local = *op;
  const int groups = kws_group_count(&local);
  for (int index = 0; index < groups; index++) {
    const kws_group group = kws_group_at(&local, index);
    for (int block = 0; block < group.block_count; block++) {
      kws_positions next = {start, start, 0};
      float *real = logits;
      kws_position at[POSITIONS];
      size_t left = count * (size_t)local.bin_count;
      for (; left >= POSITIONS; left -= POSITIONS) {
        for (int i = 0; i < POSITIONS; i++) at[i] = kws_next_position(&next, &local);
        tile(&local, at, POSITIONS, &group, block, real);
        if (real) real += POSITIONS * local.output_count;
      }
      for (; left > 0; left--) {
        at[0] = kws_next_position(&next, &local);
        tile(&local, at, 1, &group, block, real);
        if (real) real += local.output_count;
      }
    }
  }
}

KWS_TARGET_NEONDOT void kws_int8_convolution_neondot(const kws_int8_convolution *op,
                                                     const uint8_t *input,
                                                     const uint8_t *residual, uint8_t *output,
                                                     size_t count) {
  tiles(op, (kws_position){input, residual, output}, NULL, count);
}

KWS_TARGET_NEONDOT void kws_int8_dense_neondot(const kws_int8_convolution *op,
                                               const uint8_t *input, float *logits,
                                               size_t count) {
  tiles(op, (kws_position){input, NULL, NULL}, logits, count);
}

#endif
