// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"
#include "positions.h"

#if KWS_X86_64

// Positions that share each load of weights, which are a block of 16 outputs: their sums, as four
// vectors of [4 outputs][2 sums of pairs], fill 8 of the 16 registers.
enum { POSITIONS = 2 };

// The sums of 16 outputs as two vectors of eight.
//
// Both factors are widened to 16 bits: vpmaddubsw would saturate at 16 bits, vpmaddwd sums two
// products in 32 bits exactly.
KWS_BODY KWS_TARGET_AVX2 void accumulate(const kws_int8_convolution *op, const kws_position *at,
                                         int positions, const kws_group *group, int block,
                                         __m256i sums[POSITIONS][2]) {
  const int8_t *weights = group->weights + 4 * KWS_INT8_OUTPUT_BLOCK * block;
  const int step = 4 * KWS_INT8_OUTPUT_BLOCK * group->block_count;
  const int32_t *bias = op->bias + group->first + KWS_INT8_OUTPUT_BLOCK * block;
  __m256i pairs[POSITIONS][4];
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    KWS_UNROLL for (int i = 0; i < 4; i++) pairs[p][i] = _mm256_setzero_si256();
  }
  const uint8_t *input[POSITIONS];
  KWS_UNROLL for (int p = 0; p < positions; p++) input[p] = at[p].input;
  const int run_length = op->run_length;
  for (int tap = 0; tap < op->tap_count; tap++) {
    for (int k = 0; k < run_length; k += 4) {
      __m256i w[4];
      KWS_UNROLL for (int i = 0; i < 4; i++) {
        w[i] = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)(weights + 16 * i)));
      }
      weights += step;
      KWS_UNROLL for (int p = 0; p < positions; p++) {
        int32_t four;
        memcpy(&four, input[p] + k, sizeof four);
        __m256i x = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
        KWS_UNROLL for (int i = 0; i < 4; i++) {
          pairs[p][i] = _mm256_add_epi32(pairs[p][i], _mm256_madd_epi16(x, w[i]));
        }
      }
    }
    KWS_UNROLL for (int p = 0; p < positions; p++) input[p] += op->tap_stride;
  }
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    KWS_UNROLL for (int half = 0; half < 2; half++) {
      __m256i sum = _mm256_hadd_epi32(pairs[p][2 * half], pairs[p][2 * half + 1]);
      sum = _mm256_permute4x64_epi64(sum, 0xD8);
      sums[p][half] =
          _mm256_add_epi32(sum, _mm256_load_si256((const __m256i *)(bias + 8 * half)));
    }
  }
}

// Outputs of the block that begins with `first`.
KWS_BODY size_t block_width(const kws_int8_convolution *op, int first) {
  int left = op->output_count - first;
  return (size_t)(left < KWS_INT8_OUTPUT_BLOCK ? left : KWS_INT8_OUTPUT_BLOCK);
}

// One block of outputs; `logits` is null where the sums become steps.
KWS_BODY KWS_TARGET_AVX2 void tile(const kws_int8_convolution *op, const kws_position *at,
                                   int positions, const kws_group *group, int block,
                                   float *logits) {
  const kws_requantization *r = &op->requantization;
  __m256i sums[POSITIONS][2];
  accumulate(op, at, positions, group, block, sums);
  const int first = group->first + KWS_INT8_OUTPUT_BLOCK * block;
  const size_t width = block_width(op, first);
  const __m256 multipliers[2] = {_mm256_load_ps(r->multipliers + first),
                                 _mm256_load_ps(r->multipliers + first + 8)};
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    if (logits) {
      float real[KWS_INT8_OUTPUT_BLOCK];
      KWS_UNROLL for (int half = 0; half < 2; half++) {
        _mm256_storeu_ps(real + 8 * half, _mm256_mul_ps(_mm256_cvtepi32_ps(sums[p][half]),
                                                        multipliers[half]));
      }
      memcpy(logits + p * op->output_count + first, real, width * sizeof *real);
      continue;
    }
    const int has_residual = at[p].residual != NULL;
    __m128i residual = _mm_setzero_si128();
    if (has_residual) residual = _mm_loadu_si128((const __m128i *)(at[p].residual + first));
    __m256i low = kws_requantize_avx2(sums[p][0], multipliers[0], has_residual,
                                      _mm256_cvtepu8_epi32(residual), r);
    __m256i high = kws_requantize_avx2(sums[p][1], multipliers[1], has_residual,
                                       _mm256_cvtepu8_epi32(_mm_srli_si128(residual, 8)), r);
    __m128i q = kws_pack_avx2(low, high);
    if (width == KWS_INT8_OUTPUT_BLOCK) {
      _mm_storeu_si128((__m128i *)(at[p].output + first), q);
    } else {
      memcpy(at[p].output + first, &q, width);
    }
  }
}

// All positions, block by block, so that the weights of one stay in the first cache.
static KWS_TARGET_AVX2 void tiles(const kws_int8_convolution *op, kws_position start,
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

KWS_TARGET_AVX2 void kws_int8_convolution_avx2(const kws_int8_convolution *op,
                                               const uint8_t *input, const uint8_t *residual,
                                               uint8_t *output, size_t count) {
  tiles(op, (kws_position){input, residual, output}, NULL, count);
}

KWS_TARGET_AVX2 void kws_int8_dense_avx2(const kws_int8_convolution *op, const uint8_t *input,
                                         float *logits, size_t count) {
  tiles(op, (kws_position){input, NULL, NULL}, logits, count);
}

#endif
