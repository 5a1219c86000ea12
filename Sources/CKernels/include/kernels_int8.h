// SPDX-License-Identifier: GPL-3.0-or-later
//
// Integer inference. Activations are unsigned 8 bits with a zero point, weights signed 8 bits in
// -127..127, sums 32 bits; every variant of an operator gives the same bits.
//
// A tensor is a run of columns [frequency][channel], channel fastest. Kernels may read up to 63
// bytes behind the last column they are given; those bytes meet weights that are zero.
#ifndef KWS_KERNELS_INT8_H
#define KWS_KERNELS_INT8_H

#include <stddef.h>
#include <stdint.h>

// Bytes that must be readable behind the last column of a tensor.
#define KWS_INT8_READ_SLACK 64

// Output channels of one block of packed convolution weights, and most blocks of a group.
#define KWS_INT8_OUTPUT_BLOCK 16
#define KWS_INT8_GROUP_BLOCKS 4

// Values of one block of packed depthwise weights, and most output columns that one interleaving of
// inputs serves.
#define KWS_INT8_CHANNEL_BLOCK 64
#define KWS_INT8_SHIFTS 4

// How sums become the values of the output tensor; the rule stands in support/requantize.h.
typedef struct kws_requantization {
  // One factor per output channel, in the order of the packed bias.
  const float *multipliers;
  // Factor of (residual - residual_zero_point).
  float residual_multiplier;
  int32_t residual_zero_point;
  int32_t output_zero_point;
  // Bounds of the rescaled sum before the zero point is added.
  float lower;
  float upper;
  // Whether hard-swish follows, and 1 / (6 * the output's scale) if so.
  int32_t has_hard_swish;
  float hard_swish;
} kws_requantization;

// A convolution, or a dense layer that feeds another layer.
//
// The window of one output is tap_count runs of run_length contiguous bytes. Blocks of 16 outputs
// stand in groups of at most four, as even as can be, the wider ones first: the outputs of a group
// are summed together. Weights are packed as [group][tap][run / 4][block][16 outputs][4 bytes of the
// run], padded with zeros.
typedef struct kws_int8_convolution {
  const int8_t *weights;
  // [output], padded to whole blocks, with the input's zero point folded in.
  const int32_t *bias;
  int32_t tap_count;
  int32_t run_length;
  // Bytes from one run to the next.
  ptrdiff_t tap_stride;
  // Input bytes from one output column to the next, and from one output bin to the next.
  ptrdiff_t column_stride;
  ptrdiff_t bin_stride;
  int32_t bin_count;
  int32_t output_count;
  ptrdiff_t output_column_stride;
  ptrdiff_t residual_column_stride;
  kws_requantization requantization;
} kws_int8_convolution;

// A convolution of each channel by itself.
//
// A column is run_count runs of run_length values that are contiguous in input and output. Where the
// stride along frequency is 1, that is the whole column in one run: value i of the output has its
// taps at i + tap_offsets[...], whichever bin it belongs to, and vectors do not end with a bin.
// Otherwise each bin is a run.
//
// A run is cut into blocks of 64 values. Weights are packed as [shift][block][tap / 4][position]
// [4 taps]; position i of a block holds value ((i / 4) % 4) * 16 + (i / 16) * 4 + i % 4, the order in
// which interleaving four rows of bytes leaves them. Bias and multipliers have the same order. The
// channels of a run's values repeat, and so may its blocks: block b has the weights of block
// b % weight_block_count and the parameters of block b % parameter_block_count.
//
// With shift_count s > 1, s output columns that follow each other are computed from the same
// interleaved rows: four taps of a group are four columns that follow each other, and the weights
// of the output column j stand j taps later than those of the first: [shift] is j. Then
// shared_tap_offsets lead to the rows of all s columns, tap_offsets to those of one. Taps that are
// padding have weight zero and lead to some row that exists.
typedef struct kws_int8_depthwise {
  const int8_t *weights;
  const int32_t *bias;
  // Bytes from the first tap to each tap: tap_count of them, a multiple of four.
  const int32_t *tap_offsets;
  const int32_t *shared_tap_offsets;
  int32_t tap_count;
  int32_t shift_count;
  int32_t run_length;
  int32_t run_count;
  int32_t weight_block_count;
  int32_t parameter_block_count;
  // Input bytes from one output column to the next, and from one run to the next.
  ptrdiff_t column_stride;
  ptrdiff_t run_stride;
  ptrdiff_t output_column_stride;
  ptrdiff_t residual_column_stride;
  kws_requantization requantization;
} kws_int8_depthwise;

// The mean over all bins and the newest `length` columns, as a running sum per channel.
typedef struct kws_int8_average_pool {
  int32_t length;
  int32_t bin_count;
  int32_t channel_count;
  // What the sum is when every value is the input's zero point.
  int32_t zero_sum;
  float multiplier;
  float lower;
  float upper;
  int32_t output_zero_point;
  ptrdiff_t column_stride;
  ptrdiff_t output_column_stride;
} kws_int8_average_pool;

// The mean over all bins of each column by itself.
typedef struct kws_int8_frequency_average {
  int32_t bin_count;
  int32_t channel_count;
  // What the sum is when every value is the input's zero point.
  int32_t zero_sum;
  float multiplier;
  float lower;
  float upper;
  int32_t output_zero_point;
  ptrdiff_t column_stride;
  ptrdiff_t output_column_stride;
} kws_int8_frequency_average;

// One tensor that a sum adds, each value as float(value - zero_point) * multiplier.
typedef struct kws_int8_term {
  float multiplier;
  int32_t zero_point;
  ptrdiff_t column_stride;
  // Bytes from one run to the next; 0 for one bin that is added to all.
  ptrdiff_t run_stride;
} kws_int8_term;

// The sum of two or more tensors, added in their order.
//
// A column is run_count runs of run_length values: one run, or one per bin where a term has only
// one bin.
typedef struct kws_int8_sum {
  const kws_int8_term *terms;
  int32_t term_count;
  int32_t run_count;
  int32_t run_length;
  ptrdiff_t output_column_stride;
  // Without multipliers and residual.
  kws_requantization requantization;
} kws_int8_sum;

// Normalization and quantization of feature frames.
typedef struct kws_int8_input {
  const float *mean;
  const float *scale;
  int32_t coefficient_count;
  int32_t zero_point;
  // Real value of one step.
  float step;
  ptrdiff_t output_column_stride;
} kws_int8_input;

// The operators of one instruction set.
typedef struct kws_int8_kernels {
  const char *name;

  // Normalizes and quantizes `count` frames [coefficient].
  void (*quantize)(const kws_int8_input *op, const float *frames, uint8_t *output, size_t count);

  // Computes `count` output columns; `input` is the first tap of the first output. `residual` may
  // be null.
  void (*convolution)(const kws_int8_convolution *op, const uint8_t *input,
                      const uint8_t *residual, uint8_t *output, size_t count);
  void (*depthwise)(const kws_int8_depthwise *op, const uint8_t *input, const uint8_t *residual,
                    uint8_t *output, size_t count);

  // Adds `count` columns, the first at `newest`, to `sums` and writes the mean after each but the
  // first `unasked`.
  void (*average_pool)(const kws_int8_average_pool *op, const uint8_t *newest, int32_t *sums,
                       uint8_t *output, size_t count, size_t unasked);

  // Averages `count` columns, the first at `input`.
  void (*frequency_average)(const kws_int8_frequency_average *op, const uint8_t *input,
                            uint8_t *output, size_t count);

  // Adds `count` columns of the terms, the first of term i at `inputs[i]`.
  void (*sum)(const kws_int8_sum *op, const uint8_t *const *inputs, uint8_t *output,
              size_t count);

  // A convolution whose sums become real numbers, logits [column][output]: acc * multiplier.
  void (*dense)(const kws_int8_convolution *op, const uint8_t *input, float *logits,
                size_t count);

  // For benchmarks: multiply-accumulates in registers as the kernels do them, in `count` turns of a
  // loop. Returns how many.
  size_t (*peak)(size_t count);
} kws_int8_kernels;

// The variants that this processor can run, best first; null past the end.
const kws_int8_kernels *kws_int8_kernels_at(int index);

// Softmax of `count` logits, in single precision, by the C library's expf.
void kws_int8_softmax(const float *logits, float *posteriors, size_t count);

#endif
