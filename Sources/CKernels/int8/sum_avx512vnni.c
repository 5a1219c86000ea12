// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

// Runs that lie side by side are summed as one. A term with one bin that is added to all is copied
// out before, once per run, so that short runs need not end in half-filled vectors.
enum { REPEATED = 1024, TERMS = 5 };

// Up to 64 values, at `inputs[t]` of term t.
KWS_BODY KWS_TARGET_VNNI void sum_block(const kws_int8_sum *op, const kws_int8_term *terms,
                                        const uint8_t *const *inputs, int width,
                                        uint8_t *output) {
#pragma STDC FP_CONTRACT OFF
  const kws_requantization *r = &op->requantization;
  __m512 x[4];
  for (int t = 0; t < op->term_count; t++) {
    const __m512i zero_point = _mm512_set1_epi32(terms[t].zero_point);
    const __m512 multiplier = _mm512_set1_ps(terms[t].multiplier);
    KWS_UNROLL for (int j = 0; j < 4; j++) {
      const __m128i *values = (const __m128i *)(inputs[t] + 16 * j);
      __m512i value = _mm512_cvtepu8_epi32(_mm_loadu_si128(values));
      __m512 term = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_sub_epi32(value, zero_point)),
                                  multiplier);
      x[j] = t == 0 ? term : _mm512_add_ps(x[j], term);
    }
  }
  if (r->has_hard_swish) {
    KWS_UNROLL for (int j = 0; j < 4; j++) x[j] = kws_hard_swish_avx512(x[j], r->hard_swish);
  }
  _mm512_mask_storeu_epi8(output, kws_byte_mask(width), kws_pack_in_order_avx512(x, 4, r));
}

KWS_TARGET_VNNI void kws_int8_sum_avx512vnni(const kws_int8_sum *op,
                                             const uint8_t *const *inputs, uint8_t *output,
                                             size_t count) {
  const kws_int8_sum local = *op;
  kws_int8_term terms[TERMS];
  memcpy(terms, op->terms, (size_t)local.term_count * sizeof *terms);
  const int length = local.run_length;
  // Runs that fit the copies, or one run where it alone is longer.
  const int at_once = length >= REPEATED ? 1 : REPEATED / length;
  _Alignas(64) uint8_t repeated[TERMS][REPEATED + KWS_INT8_READ_SLACK];
  for (size_t column = 0; column < count; column++) {
    for (int run = 0; run < local.run_count; run += at_once) {
      const int left = local.run_count - run;
      const int runs = left < at_once ? left : at_once;
      const uint8_t *from[TERMS];
      for (int t = 0; t < local.term_count; t++) {
        from[t] = inputs[t] + (ptrdiff_t)column * terms[t].column_stride +
                  run * terms[t].run_stride;
        if (terms[t].run_stride != 0 || runs == 1) continue;
        // Each copy may spill over into the next one, which comes after it.
        for (int i = 0; i < runs; i++) {
          for (int k = 0; k < length; k += 64) {
            _mm512_storeu_si512(repeated[t] + i * length + k,
                                _mm512_loadu_si512(from[t] + k));
          }
        }
        from[t] = repeated[t];
      }
      const int width = runs * length;
      uint8_t *to = output + run * length;
      for (int first = 0; first < width; first += 64) {
        const uint8_t *at[TERMS];
        for (int t = 0; t < local.term_count; t++) at[t] = from[t] + first;
        sum_block(&local, terms, at, width - first, to + first);
      }
    }
    output += local.output_column_stride;
  }
}

#endif
