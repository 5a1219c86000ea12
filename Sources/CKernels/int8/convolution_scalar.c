// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"
#include "positions.h"

// The sums of one block of 16 outputs at one position.
static void accumulate(const kws_int8_convolution *op, int first, const uint8_t *input,
                       int32_t sums[KWS_INT8_OUTPUT_BLOCK]) {
  const int8_t *weights =
      op->weights + (size_t)(first / KWS_INT8_OUTPUT_BLOCK) * kws_block_stride(op);
  memcpy(sums, op->bias + first, KWS_INT8_OUTPUT_BLOCK * sizeof *sums);
  for (int tap = 0; tap < op->tap_count; tap++, input += op->tap_stride) {
    for (int k = 0; k < op->run_length; k += 4, weights += 4 * KWS_INT8_OUTPUT_BLOCK) {
      for (int output = 0; output < KWS_INT8_OUTPUT_BLOCK; output++) {
        for (int i = 0; i < 4; i++) sums[output] += input[k + i] * weights[4 * output + i];
      }
    }
  }
}

static int block_count(const kws_int8_convolution *op, int first) {
  int left = op->output_count - first;
  return left < KWS_INT8_OUTPUT_BLOCK ? left : KWS_INT8_OUTPUT_BLOCK;
}

void kws_int8_convolution_scalar(const kws_int8_convolution *op, const uint8_t *input,
                                 const uint8_t *residual, uint8_t *output, size_t count) {
  const kws_requantization *r = &op->requantization;
  kws_positions positions = {{input, residual, output}, {input, residual, output}, 0};
  for (size_t left = count * (size_t)op->bin_count; left > 0; left--) {
    const kws_position at = kws_next_position(&positions, op);
    for (int first = 0; first < op->output_count; first += KWS_INT8_OUTPUT_BLOCK) {
      int32_t sums[KWS_INT8_OUTPUT_BLOCK];
      accumulate(op, first, at.input, sums);
      for (int i = 0; i < block_count(op, first); i++) {
        at.output[first + i] =
            kws_requantize(sums[i], r->multipliers[first + i],
                           at.residual ? at.residual + first + i : NULL, r);
      }
    }
  }
}

void kws_int8_dense_scalar(const kws_int8_convolution *op, const uint8_t *input, float *logits,
                           size_t count) {
  for (size_t column = 0; column < count; column++) {
    for (int first = 0; first < op->output_count; first += KWS_INT8_OUTPUT_BLOCK) {
      int32_t sums[KWS_INT8_OUTPUT_BLOCK];
      accumulate(op, first, input, sums);
      for (int i = 0; i < block_count(op, first); i++) {
        logits[first + i] = (float)sums[i] * op->requantization.multipliers[first + i];
      }
    }
    input += op->column_stride;
    logits += op->output_count;
  }
}
