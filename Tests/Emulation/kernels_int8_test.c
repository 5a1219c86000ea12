// SPDX-License-Identifier: GPL-3.0-or-later
//
// Compares every int8 variant that this processor can run with the scalar form, bit for bit, at
// awkward sizes and on random numbers. Plain C, so that it can be cross-compiled and emulated; the
// layouts are those of kernels_int8.h, whose padding may hold anything here: both sides read it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels_int8.h"

enum { ROOM = 1 << 18, MAX_CONSTANTS = 1 << 16 };

static uint8_t input[ROOM], residual[ROOM], expected[ROOM], found[ROOM];
_Alignas(64) static int8_t weights[ROOM];
_Alignas(64) static int32_t bias[MAX_CONSTANTS];
_Alignas(64) static float multipliers[MAX_CONSTANTS];
static int32_t offsets[256];
static float reals[2][MAX_CONSTANTS];
static int failures, checks;

static uint32_t state = 1;
static uint32_t next(void) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}
static int between(int low, int high) { return low + (int)(next() % (uint32_t)(high - low + 1)); }

static void fill(void) {
  for (int i = 0; i < ROOM; i++) {
    input[i] = (uint8_t)next();
    residual[i] = (uint8_t)next();
    weights[i] = (int8_t)between(-127, 127);
  }
  for (int i = 0; i < MAX_CONSTANTS; i++) {
    bias[i] = between(-20000, 20000);
    multipliers[i] = (float)between(-1000, 1000) * 2e-6f;
  }
}

static kws_requantization rule(int kind) {
  kws_requantization r = {.multipliers = multipliers, .residual_multiplier = 0.37f,
                          .residual_zero_point = between(0, 255),
                          .output_zero_point = between(0, 255)};
  r.lower = kind == 1 ? 0.0f : (float)-r.output_zero_point;
  r.upper = (float)(255 - r.output_zero_point);
  if (kind == 2) {
    r.has_hard_swish = 1;
    r.hard_swish = 1.9f;
  }
  return r;
}

static void compare(const char *isa, const char *op, const void *a, const void *b, size_t size) {
  checks++;
  if (memcmp(a, b, size) == 0) return;
  failures++;
  fprintf(stderr, "%s of %s differs from the scalar form\n", op, isa);
}

static void convolutions(const kws_int8_kernels *k, const kws_int8_kernels *scalar) {
  static const int outputs[] = {1, 3, 12, 16, 17, 40, 64, 70, 130};
  static const int runs[] = {1, 4, 5, 12, 30, 64};
  for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++)
    for (size_t n = 0; n < sizeof runs / sizeof *runs; n++) {
      fill();
      const int bins = between(1, 5);
      const size_t count = (size_t)between(1, 7);
      kws_int8_convolution op = {
          .weights = weights, .bias = bias, .tap_count = between(1, 4), .run_length = runs[n],
          .tap_stride = 700, .column_stride = 900, .bin_stride = runs[n], .bin_count = bins,
          .output_count = outputs[o], .output_column_stride = bins * outputs[o] + 3,
          .residual_column_stride = bins * outputs[o] + 5,
          .requantization = rule(between(0, 2))};
      const uint8_t *added = between(0, 1) ? residual : NULL;
      memset(expected, 7, ROOM);
      memset(found, 7, ROOM);
      scalar->convolution(&op, input, added, expected, count);
      k->convolution(&op, input, added, found, count);
      compare(k->name, "convolution", expected, found, ROOM);
      // A layer of logits has one bin and no tensor to write to.
      op.bin_count = 1;
      op.output_column_stride = op.residual_column_stride = 0;
      memset(reals, 0, sizeof reals);
      scalar->dense(&op, input, reals[0], count);
      k->dense(&op, input, reals[1], count);
      compare(k->name, "dense", reals[0], reals[1], sizeof reals[0]);
    }
}

static void depthwises(const kws_int8_kernels *k, const kws_int8_kernels *scalar) {
  static const int lengths[] = {1, 3, 15, 16, 17, 63, 64, 65, 130, 200};
  for (size_t n = 0; n < sizeof lengths / sizeof *lengths; n++)
    for (int taps = 4; taps <= 52; taps += 16) {
      fill();
      const int length = lengths[n], runs = between(1, 3);
      const int blocks = (length + KWS_INT8_CHANNEL_BLOCK - 1) / KWS_INT8_CHANNEL_BLOCK;
      for (int i = 0; i < taps; i++) offsets[i] = between(0, 3000);
      const kws_int8_depthwise op = {
          .weights = weights, .bias = bias, .tap_offsets = offsets,
          .shared_tap_offsets = offsets, .tap_count = taps, .shift_count = 1,
          .run_length = length, .run_count = runs, .weight_block_count = between(1, blocks),
          .parameter_block_count = between(1, blocks), .column_stride = 800, .run_stride = 211,
          .output_column_stride = runs * length + 3, .residual_column_stride = runs * length + 1,
          .requantization = rule(between(0, 2))};
      const uint8_t *added = between(0, 1) ? residual : NULL;
      const size_t count = (size_t)between(1, 6);
      memset(expected, 7, ROOM);
      memset(found, 7, ROOM);
      scalar->depthwise(&op, input, added, expected, count);
      k->depthwise(&op, input, added, found, count);
      compare(k->name, "depthwise", expected, found, ROOM);
    }
}

static void others(const kws_int8_kernels *k, const kws_int8_kernels *scalar) {
  static const int sizes[] = {1, 3, 8, 15, 16, 33, 64, 65, 100};
  for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
    fill();
    const int channels = sizes[n], bins = between(1, 5);
    const size_t count = (size_t)between(1, 6);
    const int column = bins * channels;
    const kws_int8_average_pool pool = {
        .length = 9, .bin_count = bins, .channel_count = channels, .zero_sum = 1000,
        .multiplier = 0.021f, .lower = -30, .upper = 225, .output_zero_point = 30,
        .column_stride = column, .output_column_stride = channels};
    int32_t sums[2][100];
    for (int i = 0; i < channels; i++) sums[0][i] = sums[1][i] = between(0, 9000);
    memset(expected, 7, ROOM);
    memset(found, 7, ROOM);
    scalar->average_pool(&pool, input + 9 * column, sums[0], expected, count, 0);
    k->average_pool(&pool, input + 9 * column, sums[1], found, count, 0);
    compare(k->name, "average pool", expected, found, ROOM);
    compare(k->name, "average pool's sums", sums[0], sums[1], 4 * (size_t)channels);

    const kws_int8_frequency_average mean = {
        .bin_count = bins, .channel_count = channels, .zero_sum = bins * 90, .multiplier = 0.3f,
        .lower = -30, .upper = 225, .output_zero_point = 30, .column_stride = column,
        .output_column_stride = channels};
    scalar->frequency_average(&mean, input, expected, count);
    k->frequency_average(&mean, input, found, count);
    compare(k->name, "frequency average", expected, found, ROOM);

    const kws_int8_term terms[2] = {
        {.multiplier = 0.61f, .zero_point = 17, .column_stride = column, .run_stride = channels},
        {.multiplier = 0.45f, .zero_point = 99, .column_stride = channels, .run_stride = 0}};
    const uint8_t *inputs[2] = {input, residual};
    const kws_int8_sum sum = {.terms = terms, .term_count = 2, .run_count = bins,
                              .run_length = channels, .output_column_stride = column,
                              .requantization = rule(between(0, 2))};
    scalar->sum(&sum, inputs, expected, count);
    k->sum(&sum, inputs, found, count);
    compare(k->name, "sum", expected, found, ROOM);

    for (int i = 0; i < 1000; i++) reals[0][i] = (float)between(-4000, 4000) * 1e-3f;
    const kws_int8_input features = {.mean = multipliers, .scale = reals[0],
                                     .coefficient_count = channels, .zero_point = 120,
                                     .step = 0.031f, .output_column_stride = channels + 2};
    scalar->quantize(&features, reals[0], expected, count);
    k->quantize(&features, reals[0], found, count);
    compare(k->name, "quantize", expected, found, ROOM);
  }
}

int main(void) {
  int last = 0;
  while (kws_int8_kernels_at(last + 1)) last++;
  const kws_int8_kernels *scalar = kws_int8_kernels_at(last);
  for (int index = 0; index < last; index++) {
    const kws_int8_kernels *k = kws_int8_kernels_at(index);
    const int before = failures, done = checks;
    convolutions(k, scalar);
    depthwises(k, scalar);
    others(k, scalar);
    printf("%s: %d of %d differ from %s\n", k->name, failures - before, checks - done,
           scalar->name);
  }
  if (last == 0) printf("only %s can run here\n", scalar->name);
  return failures != 0 || last == 0;
}
