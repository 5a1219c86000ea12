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

KWS_BODY KWS_TARGET_VNNI __m512i kws_activate_avx512(__m512 x, const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  if (r->has_hard_swish) {
    __m512 gate = _mm512_add_ps(x, _mm512_set1_ps(3.0f));
    gate = _mm512_max_ps(gate, _mm512_setzero_ps());
    gate = _mm512_min_ps(gate, _mm512_set1_ps(6.0f));
    x = _mm512_mul_ps(_mm512_mul_ps(x, gate), _mm512_set1_ps(r->hard_swish));
  }
  x = _mm512_max_ps(x, _mm512_set1_ps(r->lower));
  x = _mm512_min_ps(x, _mm512_set1_ps(r->upper));
  return _mm512_add_epi32(_mm512_cvtps_epi32(x), _mm512_set1_epi32(r->output_zero_point));
}

// Sixteen sums, otherwise as above.
KWS_BODY KWS_TARGET_VNNI __m512i kws_requantize_avx512(__m512i sum, __m512 multiplier,
                                                       int has_residual, __m512i residual,
                                                       const kws_requantization *r) {
#pragma STDC FP_CONTRACT OFF
  __m512 x = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), multiplier);
  if (has_residual) {
    __m512i centred = _mm512_sub_epi32(residual, _mm512_set1_epi32(r->residual_zero_point));
    __m512 term =
        _mm512_mul_ps(_mm512_cvtepi32_ps(centred), _mm512_set1_ps(r->residual_multiplier));
    x = _mm512_add_ps(x, term);
  }
  return kws_activate_avx512(x, r);
}

#endif
#endif
