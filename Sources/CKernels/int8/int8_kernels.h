// SPDX-License-Identifier: GPL-3.0-or-later
//
// The operators of every variant, for the dispatch table.
#ifndef KWS_INT8_KERNELS_H
#define KWS_INT8_KERNELS_H

#include "kernels_int8.h"

#define KWS_INT8_DECLARE(isa)                                                                  \
  void kws_int8_quantize_##isa(const kws_int8_input *op, const float *frames, uint8_t *output, \
                               size_t count);                                                  \
  void kws_int8_convolution_##isa(const kws_int8_convolution *op, const uint8_t *input,        \
                                  const uint8_t *residual, uint8_t *output, size_t count);     \
  void kws_int8_depthwise_##isa(const kws_int8_depthwise *op, const uint8_t *input,            \
                                const uint8_t *residual, uint8_t *output, size_t count);       \
  void kws_int8_average_pool_##isa(const kws_int8_average_pool *op, const uint8_t *newest,     \
                                   int32_t *sums, uint8_t *output, size_t count,               \
                                   size_t unasked);                                            \
  void kws_int8_frequency_average_##isa(const kws_int8_frequency_average *op,                  \
                                        const uint8_t *input, uint8_t *output, size_t count);  \
  void kws_int8_sum_##isa(const kws_int8_sum *op, const uint8_t *const *inputs,                \
                          uint8_t *output, size_t count);                                      \
  void kws_int8_dense_##isa(const kws_int8_convolution *op, const uint8_t *input,              \
                            float *logits, size_t count);                                      \
  size_t kws_int8_peak_##isa(size_t count);

KWS_INT8_DECLARE(scalar)
KWS_INT8_DECLARE(avx2)
KWS_INT8_DECLARE(avx512vnni)
KWS_INT8_DECLARE(neondot)

#define KWS_INT8_VARIANT(isa)                             \
  {.name = #isa,                                          \
   .quantize = kws_int8_quantize_##isa,                   \
   .convolution = kws_int8_convolution_##isa,             \
   .depthwise = kws_int8_depthwise_##isa,                 \
   .average_pool = kws_int8_average_pool_##isa,           \
   .frequency_average = kws_int8_frequency_average_##isa, \
   .sum = kws_int8_sum_##isa,                             \
   .dense = kws_int8_dense_##isa,                         \
   .peak = kws_int8_peak_##isa}

#endif
