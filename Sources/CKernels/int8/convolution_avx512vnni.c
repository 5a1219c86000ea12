// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"
#include "positions.h"

#if KWS_X86_64

// Positions and blocks of 16 outputs that share their loads.
enum { POSITIONS = 4, BLOCKS = 4 };

// vpdpbusd sums four products u8 * s8 into 32 bits without saturation.
KWS_BODY KWS_TARGET_VNNI void accumulate(const kws_int8_convolution *op, const kws_position *at,
                                         int positions, int blocks, int first,
                                         __m512i sums[POSITIONS][BLOCKS]) {
  const size_t stride = kws_block_stride(op);
  const int8_t *weights = op->weights + (size_t)(first / KWS_INT8_OUTPUT_BLOCK) * stride;
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    KWS_UNROLL for (int b = 0; b < blocks; b++) {
      sums[p][b] = _mm512_load_si512(op->bias + first + b * KWS_INT8_OUTPUT_BLOCK);
    }
  }
  const int run_length = op->run_length;
  for (int tap = 0; tap < op->tap_count; tap++) {
    for (int k = 0; k < run_length; k += 4) {
      __m512i w[BLOCKS];
      KWS_UNROLL for (int b = 0; b < blocks; b++) {
        w[b] = _mm512_load_si512(weights + (size_t)b * stride);
      }
      weights += 4 * KWS_INT8_OUTPUT_BLOCK;
      KWS_UNROLL for (int p = 0; p < positions; p++) {
        int32_t four;
        memcpy(&four, at[p].input + tap * op->tap_stride + k, sizeof four);
        __m512i x = _mm512_set1_epi32(four);
        KWS_UNROLL for (int b = 0; b < blocks; b++) {
          sums[p][b] = _mm512_dpbusd_epi32(sums[p][b], x, w[b]);
        }
      }
    }
  }
}

KWS_BODY KWS_TARGET_VNNI __mmask16 block_mask(const kws_int8_convolution *op, int first) {
  int left = op->output_count - first;
  return left >= KWS_INT8_OUTPUT_BLOCK ? (__mmask16)0xFFFF : (__mmask16)((1u << left) - 1);
}

KWS_BODY KWS_TARGET_VNNI void tile(const kws_int8_convolution *op, const kws_position *at,
                                   int positions, int blocks, int first) {
  const kws_requantization *r = &op->requantization;
  __m512i sums[POSITIONS][BLOCKS];
  accumulate(op, at, positions, blocks, first, sums);
  KWS_UNROLL for (int b = 0; b < blocks; b++) {
    const int channel = first + b * KWS_INT8_OUTPUT_BLOCK;
    const __mmask16 mask = block_mask(op, channel);
    const __m512 multiplier = _mm512_load_ps(r->multipliers + channel);
    KWS_UNROLL for (int p = 0; p < positions; p++) {
      const int has_residual = at[p].residual != NULL;
      __m512i residual = _mm512_setzero_si512();
      if (has_residual) {
        residual = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, at[p].residual + channel));
      }
      __m512i q = kws_requantize_avx512(sums[p][b], multiplier, has_residual, residual, r);
      _mm_mask_storeu_epi8(at[p].output + channel, mask, _mm512_cvtepi32_epi8(q));
    }
  }
}

KWS_BODY KWS_TARGET_VNNI void tiles(const kws_int8_convolution *op, const kws_position *at,
                                    int positions) {
  int blocks = (op->output_count + KWS_INT8_OUTPUT_BLOCK - 1) / KWS_INT8_OUTPUT_BLOCK;
  int first = 0;
  for (; blocks >= 4; blocks -= 4, first += 64) tile(op, at, positions, 4, first);
  for (; blocks >= 2; blocks -= 2, first += 32) tile(op, at, positions, 2, first);
  if (blocks) tile(op, at, positions, 1, first);
}

KWS_TARGET_VNNI void kws_int8_convolution_avx512vnni(const kws_int8_convolution *op,
                                                     const uint8_t *input,
                                                     const uint8_t *residual, uint8_t *output,
                                                     size_t count) {
  // A copy that no store to the output can alias.
  const kws_int8_convolution local = *op;
  kws_positions positions = {{input, residual, output}, {input, residual, output}, 0};
  size_t left = count * (size_t)local.bin_count;
  kws_position at[POSITIONS];
  for (; left >= POSITIONS; left -= POSITIONS) {
    for (int i = 0; i < POSITIONS; i++) at[i] = kws_next_position(&positions, &local);
    tiles(&local, at, POSITIONS);
  }
  for (; left > 0; left--) {
    at[0] = kws_next_position(&positions, &local);
    tiles(&local, at, 1);
  }
}

KWS_TARGET_VNNI void kws_int8_dense_avx512vnni(const kws_int8_convolution *op,
                                               const uint8_t *input, float *logits,
                                               size_t count) {
  for (size_t column = 0; column < count; column++) {
    const kws_position at = {input, NULL, NULL};
    for (int first = 0; first < op->output_count; first += KWS_INT8_OUTPUT_BLOCK) {
      __m512i sums[POSITIONS][BLOCKS];
      accumulate(op, &at, 1, 1, first, sums);
      __m512 multiplier = _mm512_load_ps(op->requantization.multipliers + first);
      __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[0][0]), multiplier);
      _mm512_mask_storeu_ps(logits + first, block_mask(op, first), real);
    }
    input += op->column_stride;
    logits += op->output_count;
  }
}

#endif
