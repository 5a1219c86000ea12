// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"

#if KWS_X86_64

// Runs that lie side by side are summed as one. A term with one bin that is added to all is copied
// out before, once per run, so that short runs need not end in half-filled vectors; for several
// columns before the first is summed, because what was just stored in parts loads slowly.
enum { REPEATED = 4096, TERMS = 5 };

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
  kws_store_avx512(output, kws_pack_in_order_avx512(x, 4, r), 64, width);
}

// One bin, `runs` times. Each copy may spill over into the next one, which comes after it.
KWS_BODY KWS_TARGET_VNNI void repeat(const uint8_t *bin, int length, int runs, uint8_t *copies) {
  for (int i = 0; i < runs; i++, copies += length) {
    for (int k = 0; k < length; k += 32) {
      _mm256_storeu_si256((__m256i *)(copies + k),
                          _mm256_loadu_si256((const __m256i *)(bin + k)));
    }
  }
}

// Some runs of some columns; what is repeated of them fits the copies.
KWS_BODY KWS_TARGET_VNNI void sum_runs(const kws_int8_sum *op, const kws_int8_term *terms,
                                       const uint8_t *const *inputs, size_t columns, int runs,
                                       uint8_t *output) {
  const int width = runs * op->run_length;
  _Alignas(64) uint8_t repeated[TERMS][REPEATED + KWS_INT8_READ_SLACK];
  const uint8_t *from[TERMS];
  ptrdiff_t strides[TERMS];
  for (int t = 0; t < op->term_count; t++) {
    const int is_repeated = terms[t].run_stride == 0 && runs > 1;
    from[t] = is_repeated ? repeated[t] : inputs[t];
    strides[t] = is_repeated ? width : terms[t].column_stride;
    for (size_t column = 0; is_repeated && column < columns; column++) {
      repeat(inputs[t] + (ptrdiff_t)column * terms[t].column_stride, op->run_length, runs,
             repeated[t] + column * (size_t)width);
    }
  }
  for (size_t column = 0; column < columns; column++) {
    for (int first = 0; first < width; first += 64) {
      const uint8_t *at[TERMS];
      for (int t = 0; t < op->term_count; t++) {
        at[t] = from[t] + (ptrdiff_t)column * strides[t] + first;
      }
      sum_block(op, terms, at, width - first, output + first);
    }
    output += op->output_column_stride;
  }
}

KWS_TARGET_VNNI void kws_int8_sum_avx512vnni(const kws_int8_sum *op,
                                             const uint8_t *const *inputs, uint8_t *output,
                                             size_t count) {
  // Copies that no store to the output can alias.
  const kws_int8_sum local = *op;
  kws_int8_term terms[TERMS];
  memcpy(terms, op->terms, (size_t)local.term_count * sizeof *terms);
  const int length = local.run_length;
  // All runs of several columns, or some of one, or one run where it alone is long.
  const int whole = REPEATED / length < local.run_count ? 0 : local.run_count;
  const int runs_at_once = whole ? whole : length > REPEATED ? 1 : REPEATED / length;
  const size_t columns_at_once = whole ? (size_t)(REPEATED / (length * whole)) : 1;
  for (size_t column = 0; column < count; column += columns_at_once) {
    const size_t columns = count - column < columns_at_once ? count - column : columns_at_once;
    for (int run = 0; run < local.run_count; run += runs_at_once) {
      const int left = local.run_count - run;
      const uint8_t *at[TERMS];
      for (int t = 0; t < local.term_count; t++) {
        at[t] = inputs[t] + (ptrdiff_t)column * terms[t].column_stride + run * terms[t].run_stride;
      }
      sum_runs(&local, terms, at, columns, left < runs_at_once ? left : runs_at_once,
               output + (ptrdiff_t)column * local.output_column_stride + run * length);
    }
  }
}

#endif
