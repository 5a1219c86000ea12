// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

// Values that one pass takes: one 128-bit lane of the packed block of 64.
enum { LANE = 16 };

// Two vectors of [4 channels][2 sums of pairs] to eight sums in the order of the channels.
KWS_BODY KWS_TARGET_AVX2 __m256i join(__m256i first, __m256i second) {
  return _mm256_permute4x64_epi64(_mm256_hadd_epi32(first, second), 0xD8);
}

// Eight values of bias or multipliers, of the channel quads j and j + 1 of one lane.
KWS_BODY KWS_TARGET_AVX2 __m256i two_quads(const void *values, int j, int lane) {
  const int32_t *quads = (const int32_t *)values + 16 * j + 4 * lane;
  return _mm256_loadu2_m128i((const __m128i *)(quads + 16), (const __m128i *)quads);
}

// Up to 16 values of a run from `first` on, at one position.
KWS_BODY KWS_TARGET_AVX2 void lane_of_values(const kws_int8_depthwise *op, int first,
                                             const uint8_t *input, const uint8_t *residual,
                                             uint8_t *output) {
  const int left = op->run_length - first;
  const size_t bytes = (size_t)(left < LANE ? left : LANE);
  const int groups = op->tap_count / 4;
  const int lane = first % KWS_INT8_CHANNEL_BLOCK / LANE;
  const int block = first / KWS_INT8_CHANNEL_BLOCK;
  const int weight_block = block % op->weight_block_count;
  const int parameter = block % op->parameter_block_count * KWS_INT8_CHANNEL_BLOCK;
  const int8_t *weights =
      op->weights + (size_t)weight_block * (size_t)groups * 256 + 16 * lane;
  const int32_t *offsets = op->tap_offsets;
  __m256i pairs[4];
  KWS_UNROLL for (int j = 0; j < 4; j++) pairs[j] = _mm256_setzero_si256();
  for (int group = 0; group < groups; group++, offsets += 4, weights += 256) {
    __m128i a = _mm_loadu_si128((const __m128i *)(input + offsets[0]));
    __m128i b = _mm_loadu_si128((const __m128i *)(input + offsets[1]));
    __m128i c = _mm_loadu_si128((const __m128i *)(input + offsets[2]));
    __m128i d = _mm_loadu_si128((const __m128i *)(input + offsets[3]));
    __m128i ab_low = _mm_unpacklo_epi8(a, b), ab_high = _mm_unpackhi_epi8(a, b);
    __m128i cd_low = _mm_unpacklo_epi8(c, d), cd_high = _mm_unpackhi_epi8(c, d);
    __m128i x[4] = {_mm_unpacklo_epi16(ab_low, cd_low), _mm_unpackhi_epi16(ab_low, cd_low),
                    _mm_unpacklo_epi16(ab_high, cd_high), _mm_unpackhi_epi16(ab_high, cd_high)};
    KWS_UNROLL for (int j = 0; j < 4; j++) {
      __m128i w = _mm_load_si128((const __m128i *)(weights + 64 * j));
      __m256i product = _mm256_madd_epi16(_mm256_cvtepu8_epi16(x[j]), _mm256_cvtepi8_epi16(w));
      pairs[j] = _mm256_add_epi32(pairs[j], product);
    }
  }
  const kws_requantization *r = &op->requantization;
  const float *multipliers = r->multipliers + parameter;
  const int32_t *bias = op->bias + parameter;
  const int has_residual = residual != NULL;
  __m128i added = _mm_setzero_si128();
  if (has_residual) added = _mm_loadu_si128((const __m128i *)residual);
  __m256i low = _mm256_add_epi32(join(pairs[0], pairs[1]), two_quads(bias, 0, lane));
  __m256i high = _mm256_add_epi32(join(pairs[2], pairs[3]), two_quads(bias, 2, lane));
  low = kws_requantize_avx2(low, _mm256_castsi256_ps(two_quads(multipliers, 0, lane)),
                            has_residual, _mm256_cvtepu8_epi32(added), r);
  high = kws_requantize_avx2(high, _mm256_castsi256_ps(two_quads(multipliers, 2, lane)),
                             has_residual, _mm256_cvtepu8_epi32(_mm_srli_si128(added, 8)), r);
  __m128i q = kws_pack_avx2(low, high);
  if (bytes == LANE) {
    _mm_storeu_si128((__m128i *)output, q);
  } else {
    memcpy(output, &q, bytes);
  }
}

KWS_TARGET_AVX2 void kws_int8_depthwise_avx2(const kws_int8_depthwise *op, const uint8_t *input,
                                             const uint8_t *residual, uint8_t *output,
                                             size_t count) {
  // A copy that no store to the output can alias.
  const kws_int8_depthwise local = *op;
  for (int first = 0; first < local.run_length; first += LANE) {
    for (size_t column = 0; column < count; column++) {
      const uint8_t *in = input + (ptrdiff_t)column * local.column_stride + first;
      uint8_t *out = output + (ptrdiff_t)column * local.output_column_stride + first;
      const uint8_t *added =
          residual ? residual + (ptrdiff_t)column * local.residual_column_stride + first : NULL;
      for (int run = 0; run < local.run_count; run++) {
        lane_of_values(&local, first, in, added, out);
        in += local.run_stride;
        out += local.run_length;
        if (added) added += local.run_length;
      }
    }
  }
}

#endif
