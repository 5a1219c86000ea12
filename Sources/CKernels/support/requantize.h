// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one rule by which an int32 sum becomes an unsigned 8-bit value:
//
//   x = float(sum) * multiplier                      each operation rounded to single precision,
//   x = x + float(residual - zero) * multiplier_r    never contracted to a fused multiply-add
//   x = (x * min(max(x + 3, 0), 6)) * hard_swish     only with hard-swish
//   q = rint_half_even(min(max(x, lower), upper)) + zero_point
//
// What XNNPACK and ONNX Runtime do. ReLU is lower = 0, ReLU6 also limits upper; bounds lie within
// -255..255, so clamping before the conversion leaves nothing undefined. Multipliers lead to steps
// of the output, before hard-swish to real values: its two constants are real ones. Its own factor
// is 1 / 6 and the way from there to steps of the output, in one. Multipliers of either sign are as
// good: those of SubSpectralNorm carry the sign of the normalization. The sum of tensors has one
// more line like the second per addend. Multiplications and additions are separate intrinsics,
// which clang would contract only under -ffp-contract=fast.
#ifndef KWS_REQUANTIZE_H
#define KWS_REQUANTIZE_H

#include <stdint.h>
#include <string.h>

#include "isa.h"
#include "kernels_int8.h"

// Before a loop of few turns over an array of vectors: only unrolled is the array in registers.
#define KWS_UNROLL _Pragma("clang loop unroll(full)")

// Rounds |x| < 2^22 to an integer, half to even: adding 1.5 * 2^23 leaves the integer in the low
// bits of the mantissa.
KWS_BODY int32_t kws_round_half_even(float x) {
#pragma STDC FP_CONTRACT OFF
  float shifted = x + 12582912.0f;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  return bits - 0x4B400000;
}

// Comparison order as in maxps and minps: a NaN becomes the lower bound.
KWS_BODY float kws_clamp(float x, float lower, float upper) {
  x = x > lower ? x : lower;
  return x < upper ? x : upper;
}

// The last two lines of the rule.
KWS_BODY uint8_t kws_activate(float x, const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  if (r->has_hard_swish) {
    float gate = kws_clamp(x + 3.0f, 0.0f, 6.0f);
    float product = x * gate;
    x = product * r->hard_swish;
  }
  x = kws_clamp(x, r->lower, r->upper);
  return (uint8_t)(kws_round_half_even(x) + r->output_zero_point);
}

KWS_BODY uint8_t kws_requantize(int32_t sum, float multiplier, const uint8_t *residual,
                                const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  float x = (float)sum * multiplier;
  if (residual) {
    float term = (float)(*residual - r->residual_zero_point) * r->residual_multiplier;
    x = x + term;
  }
  return kws_activate(x, r);
}

#if KWS_X86_64

KWS_BODY KWS_TARGET_AVX2 __m256i kws_activate_avx2(__m256 x, const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  if (r->has_hard_swish) {
    __m256 gate = _mm256_add_ps(x, _mm256_set1_ps(3.0f));
    gate = _mm256_max_ps(gate, _mm256_setzero_ps());
    gate = _mm256_min_ps(gate, _mm256_set1_ps(6.0f));
    x = _mm256_mul_ps(_mm256_mul_ps(x, gate), _mm256_set1_ps(r->hard_swish));
  }
  x = _mm256_max_ps(x, _mm256_set1_ps(r->lower));
  x = _mm256_min_ps(x, _mm256_set1_ps(r->upper));
  return _mm256_add_epi32(_mm256_cvtps_epi32(x), _mm256_set1_epi32(r->output_zero_point));
}

// Eight sums; `residual` holds the values of the residual as 32-bit integers and counts only if
// `has_residual`. The result is eight 32-bit integers in 0..255.
KWS_BODY KWS_TARGET_AVX2 __m256i kws_requantize_avx2(__m256i sum, __m256 multiplier,
                                                     int has_residual, __m256i residual,
                                                     const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  __m256 x = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), multiplier);
  if (has_residual) {
    __m256i centred = _mm256_sub_epi32(residual, _mm256_set1_epi32(r->residual_zero_point));
    __m256 term =
        _mm256_mul_ps(_mm256_cvtepi32_ps(centred), _mm256_set1_ps(r->residual_multiplier));
    x = _mm256_add_ps(x, term);
  }
  return kws_activate_avx2(x, r);
}

// Two results to sixteen bytes.
KWS_BODY KWS_TARGET_AVX2 __m128i kws_pack_avx2(__m256i low, __m256i high) {
  __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8);
  return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

// The second line of the rule for sixteen values, and the third.
KWS_BODY KWS_TARGET_VNNI __m512 kws_add_term_avx512(__m512 x, __m512i value, int32_t zero_point,
                                                    float multiplier) {
#pragma STDC FP_CONTRACT OFF
  __m512i centred = _mm512_sub_epi32(value, _mm512_set1_epi32(zero_point));
  __m512 term = _mm512_mul_ps(_mm512_cvtepi32_ps(centred), _mm512_set1_ps(multiplier));
  return _mm512_add_ps(x, term);
}

KWS_BODY KWS_TARGET_VNNI __m512 kws_hard_swish_avx512(__m512 x, float factor) {
#pragma STDC FP_CONTRACT OFF
  __m512 gate = _mm512_add_ps(x, _mm512_set1_ps(3.0f));
  gate = _mm512_max_ps(gate, _mm512_setzero_ps());
  gate = _mm512_min_ps(gate, _mm512_set1_ps(6.0f));
  return _mm512_mul_ps(_mm512_mul_ps(x, gate), _mm512_set1_ps(factor));
}

// The last line of the rule for `vectors` times sixteen values: lane i of the result is lane i of
// the first vector in four bytes, of the second, and so on.
//
// Only the upper bound is applied to the real values: vcvtps2dq turns what is too large for 32 bits
// into the most negative integer, which is right for what is too small. Then packing saturates at
// 16 bits, adding the zero point too, packing again at 0..255, where the rule's bounds end, and
// what is left is the lower bound of ReLU. The order does not matter: all bounds are integers.
KWS_BODY KWS_TARGET_VNNI __m512i kws_pack_avx512(const __m512 *x, int vectors,
                                                 const kws_requantization *r) {
  const __m512 upper = _mm512_set1_ps(r->upper);
  const __m512i zero_point = _mm512_set1_epi16((int16_t)r->output_zero_point);
  const __m512i lowest = _mm512_set1_epi8((char)((int32_t)r->lower + r->output_zero_point));
  __m512i steps[4];
  KWS_UNROLL for (int j = 0; j < vectors; j++) {
    steps[j] = _mm512_cvtps_epi32(_mm512_min_ps(x[j], upper));
  }
  __m512i low = _mm512_packs_epi32(steps[0], steps[vectors > 1 ? 1 : 0]);
  low = _mm512_adds_epi16(low, zero_point);
  __m512i high = low;
  if (vectors > 2) {
    high = _mm512_packs_epi32(steps[2], steps[vectors > 3 ? 3 : 2]);
    high = _mm512_adds_epi16(high, zero_point);
  }
  return _mm512_max_epu8(_mm512_packus_epi16(low, high), lowest);
}

// The same with the bytes in the order of the vectors.
KWS_BODY KWS_TARGET_VNNI __m512i kws_pack_in_order_avx512(const __m512 *x, int vectors,
                                                          const kws_requantization *r) {
  const __m512i order =
      _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, kws_pack_avx512(x, vectors, r));
}

// The first `count` of 64 bytes; all of them if there are more.
KWS_BODY KWS_TARGET_VNNI __mmask64 kws_byte_mask(int count) {
  return count >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << count) - 1;
}

// Stores the first `count` of `width` bytes, all of them if there are more; `width` is 16, 32 or
// more. No wider than need be, because a store across cache lines takes twice as long, and without a
// mask where it can be: the next layer's loads do not wait for such a store to reach the cache.
KWS_BODY KWS_TARGET_VNNI void kws_store_avx512(uint8_t *output, __m512i q, int width, int count) {
  const __m128i quarter = _mm512_castsi512_si128(q);
  const __m256i half = _mm512_castsi512_si256(q);
  if (count >= width && width == 16) {
    _mm_storeu_si128((__m128i *)output, quarter);
  } else if (count >= width && width == 32) {
    _mm256_storeu_si256((__m256i *)output, half);
  } else if (count >= width && width == 64) {
    _mm512_storeu_si512(output, q);
  } else {
    const __mmask64 mask = kws_byte_mask(count < width ? count : width);
    if (width == 16) {
      _mm_mask_storeu_epi8(output, (__mmask16)mask, quarter);
    } else if (width == 32) {
      _mm256_mask_storeu_epi8(output, (__mmask32)mask, half);
    } else {
      _mm512_mask_storeu_epi8(output, mask, q);
    }
  }
}

#endif
#endif
