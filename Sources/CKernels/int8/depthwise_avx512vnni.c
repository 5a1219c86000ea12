// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

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

// Up to 64 channels, a packed block, at one position.
KWS_BODY KWS_TARGET_VNNI void block_of_channels(const kws_int8_depthwise *op, int first,
                                                __mmask64 mask, const uint8_t *input,
                                                const uint8_t *residual, uint8_t *output) {
  const int groups = (op->tap_count + 3) / 4;
  const int8_t *weights = op->weights + (size_t)first * (size_t)groups * 4;
  const int32_t *offsets = op->tap_offsets;
  __m512i sums[4];
  KWS_UNROLL for (int j = 0; j < 4; j++) sums[j] = _mm512_load_si512(op->bias + first + 16 * j);
  for (int group = 0; group < groups; group++, offsets += 4, weights += 256) {
    __m512i x[4];
    interleave(_mm512_loadu_si512(input + offsets[0]), _mm512_loadu_si512(input + offsets[1]),
               _mm512_loadu_si512(input + offsets[2]), _mm512_loadu_si512(input + offsets[3]), x);
    KWS_UNROLL for (int j = 0; j < 4; j++) {
      sums[j] = _mm512_dpbusd_epi32(sums[j], x[j], _mm512_load_si512(weights + 64 * j));
    }
  }
  const kws_requantization *r = &op->requantization;
  const int has_residual = residual != NULL;
  const __m512i zero = _mm512_setzero_si512();
  __m512i added[4] = {zero, zero, zero, zero};
  if (has_residual) interleave(_mm512_maskz_loadu_epi8(mask, residual), zero, zero, zero, added);
  KWS_UNROLL for (int j = 0; j < 4; j++) {
    __m512 multiplier = _mm512_load_ps(r->multipliers + first + 16 * j);
    sums[j] = kws_requantize_avx512(sums[j], multiplier, has_residual, added[j], r);
  }
  // Packing by pairs undoes the interleaving.
  __m512i q = _mm512_packus_epi16(_mm512_packs_epi32(sums[0], sums[1]),
                                  _mm512_packs_epi32(sums[2], sums[3]));
  _mm512_mask_storeu_epi8(output, mask, q);
}

KWS_TARGET_VNNI void kws_int8_depthwise_avx512vnni(const kws_int8_depthwise *op,
                                                   const uint8_t *input, const uint8_t *residual,
                                                   uint8_t *output, size_t count) {
  // A copy that no store to the output can alias.
  const kws_int8_depthwise local = *op;
  for (int first = 0; first < local.channel_count; first += KWS_INT8_CHANNEL_BLOCK) {
    const int left = local.channel_count - first;
    const __mmask64 mask = left >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << left) - 1;
    for (size_t column = 0; column < count; column++) {
      const uint8_t *in = input + (ptrdiff_t)column * local.column_stride + first;
      uint8_t *out = output + (ptrdiff_t)column * local.output_column_stride + first;
      const uint8_t *added =
          residual ? residual + (ptrdiff_t)column * local.residual_column_stride + first : NULL;
      for (int bin = 0; bin < local.bin_count; bin++) {
        block_of_channels(&local, first, mask, in, added, out);
        in += local.bin_stride;
        out += local.channel_count;
        if (added) added += local.channel_count;
      }
    }
  }
}

#endif
