// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"
#include "positions.h"

#if KWS_X86_64

// Positions that share each load of weights.
enum { POSITIONS = 2 };

// The sums of 16 outputs as two vectors of eight.
//
// Both factors are widened to 16 bits: vpmaddubsw would saturate at 16 bits, vpmaddwd sums two
// products in 32 bits exactly.
KWS_BODY KWS_TARGET_AVX2 void accumulate(const kws_int8_convolution *op, const kws_position *at,
                                         int positions, int first,
                                         __m256i sums[POSITIONS][2]) {
  const int8_t *weights =
      op->weights + (size_t)(first / KWS_INT8_OUTPUT_BLOCK) * kws_block_stride(op);
  __m256i pairs[POSITIONS][4];
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    KWS_UNROLL for (int i = 0; i < 4; i++) pairs[p][i] = _mm256_setzero_si256();
  }
  const int run_length = op->run_length;
  for (int tap = 0; tap < op->tap_count; tap++) {
    for (int k = 0; k < run_length; k += 4) {
      __m256i w[4];
      KWS_UNROLL for (int i = 0; i < 4; i++) {
        w[i] = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)(weights + 16 * i)));
      }
      weights += 4 * KWS_INT8_OUTPUT_BLOCK;
      KWS_UNROLL for (int p = 0; p < positions; p++) {
        int32_t four;
        memcpy(&four, at[p].input + tap * op->tap_stride + k, sizeof four);
        __m256i x = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
        KWS_UNROLL for (int i = 0; i < 4; i++) {
          pairs[p][i] = _mm256_add_epi32(pairs[p][i], _mm256_madd_epi16(x, w[i]));
        }
      }
    }
  }
  KWS_UNROLL for (int p = 0; p < positions; p++) {
    KWS_UNROLL for (int half = 0; half < 2; half++) {
      __m256i sum = _mm256_hadd_epi32(pairs[p][2 * half], pairs[p][2 * half + 1]);
      sum = _mm256_permute4x64_epi64(sum, 0xD8);
      __m256i bias = _mm256_load_si256((const __m256i *)(op->bias + first + 8 * half));
      sums[p][half] = _mm256_add_epi32(sum, bias);
    }
  }
}

KWS_BODY size_t block_bytes(const kws_int8_convolution *op, int first) {
  int left = op->output_count - first;
  return (size_t)(left < KWS_INT8_OUTPUT_BLOCK ? left : KWS_INT8_OUTPUT_BLOCK);
}

KWS_BODY KWS_TARGET_AVX2 void tiles(const kws_int8_convolution *op, const kws_position *at,
                                    int positions) {
  const kws_requantization *r = &op->requantization;
  for (int first = 0; first < op->output_count; first += KWS_INT8_OUTPUT_BLOCK) {
    __m256i sums[POSITIONS][2];
    accumulate(op, at, positions, first, sums);
    const size_t bytes = block_bytes(op, first);
    KWS_UNROLL for (int p = 0; p < positions; p++) {
      const int has_residual = at[p].residual != NULL;
      __m128i residual = _mm_setzero_si128();
      if (has_residual) memcpy(&residual, at[p].residual + first, bytes);
      __m256i low = kws_requantize_avx2(sums[p][0], _mm256_load_ps(r->multipliers + first),
                                        has_residual, _mm256_cvtepu8_epi32(residual), r);
      __m256i high = kws_requantize_avx2(
          sums[p][1], _mm256_load_ps(r->multipliers + first + 8), has_residual,
          _mm256_cvtepu8_epi32(_mm_srli_si128(residual, 8)), r);
      __m128i q = kws_pack_avx2(low, high);
      memcpy(at[p].output + first, &q, bytes);
    }
  }
}

KWS_TARGET_AVX2 void kws_int8_convolution_avx2(const kws_int8_convolution *op,
                                               const uint8_t *input, const uint8_t *residual,
                                               uint8_t *output, size_t count) {
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

KWS_TARGET_AVX2 void kws_int8_dense_avx2(const kws_int8_convolution *op, const uint8_t *input,
                                         float *logits, size_t count) {
  for (size_t column = 0; column < count; column++) {
    const kws_position at = {input, NULL, NULL};
    for (int first = 0; first < op->output_count; first += KWS_INT8_OUTPUT_BLOCK) {
      __m256i sums[POSITIONS][2];
      accumulate(op, &at, 1, first, sums);
      float real[KWS_INT8_OUTPUT_BLOCK];
      KWS_UNROLL for (int half = 0; half < 2; half++) {
        __m256 multiplier = _mm256_load_ps(op->requantization.multipliers + first + 8 * half);
        _mm256_storeu_ps(real + 8 * half,
                         _mm256_mul_ps(_mm256_cvtepi32_ps(sums[0][half]), multiplier));
      }
      memcpy(logits + first, real, block_bytes(op, first) * sizeof *real);
    }
    input += op->column_stride;
    logits += op->output_count;
  }
}

#endif
