// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/requantize.h"
#include "int8_kernels.h"
#include "positions.h"

// The sums of one block of 16 outputs of a group at one position.
static void accumulate(const kws_int8_convolution *op, const kws_group *group, int block,
                       const uint8_t *input, int32_t sums[KWS_INT8_OUTPUT_BLOCK]) {
  const int8_t *weights = group->weights + 4 * KWS_INT8_OUTPUT_BLOCK * block;
  const int step = 4 * KWS_INT8_OUTPUT_BLOCK * group->block_count;
  memcpy(sums, op->bias + group->first + block * KWS_INT8_OUTPUT_BLOCK,
         KWS_INT8_OUTPUT_BLOCK * sizeof *sums);
  for (int tap = 0; tap < op->tap_count; tap++, input += op->tap_stride) {
    for (int k = 0; k < op->run_length; k += 4, weights += step) {
      for (int output = 0; output < KWS_INT8_OUTPUT_BLOCK; output++) {
        for (int i = 0; i < 4; i++) sums[output] += input[k + i] * weights[4 * output + i];
      }
    }
  }
}

// All positions; with `logits` as real numbers, else as steps.
static void run(const kws_int8_convolution *op, kws_position start, float *logits, size_t count) {
  const kws_requantization *r = &op->requantization;
  for (int index = 0; index < kws_group_count(op); index++) {
    const kws_group group = kws_group_at(op, index);
    kws_positions positions = {start, start, 0};
    float *real = logits;
    for (size_t left = count * (size_t)op->bin_count; left > 0; left--) {
      const kws_position at = kws_next_position(&positions, op);
      for (int block = 0; block < group.block_count; block++) {
        int32_t sums[KWS_INT8_OUTPUT_BLOCK];
        accumulate(op, &group, block, at.input, sums);
        const int first = group.first + block * KWS_INT8_OUTPUT_BLOCK;
        for (int i = 0; i < KWS_INT8_OUTPUT_BLOCK && first + i < op->output_count; i++) {
          const float multiplier = r->multipliers[first + i];
          if (real) {
            real[first + i] = (float)sums[i] * multiplier;
          } else {
            at.output[first + i] = kws_requantize(
                sums[i], multiplier, at.residual ? at.residual + first + i : NULL, r);
          }
        }
      }
      if (real) real += op->output_count;
    }
  }
}

void kws_int8_convolution_scalar(const kws_int8_convolution *op, const uint8_t *input,
                                 const uint8_t *residual, uint8_t *output, size_t count) {
  run(op, (kws_position){input, residual, output}, NULL, count);
}

void kws_int8_dense_scalar(const kws_int8_convolution *op, const uint8_t *input, float *logits,
                           size_t count) {
  run(op, (kws_position){input, NULL, NULL}, logits, count);
}
