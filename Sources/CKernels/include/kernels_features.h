// SPDX-License-Identifier: GPL-3.0-or-later
//
// Feature kernels: everything around the Fourier transform, one frame per call. Lengths are in
// floats. None allocates; outputs may not overlap inputs unless said. NaN passes through.
#ifndef KWS_KERNELS_FEATURES_H
#define KWS_KERNELS_FEATURES_H

#include <stddef.h>
#include <stdint.h>

// Padded counts are multiples of this: floats of the widest register.
#define KWS_FEATURE_BLOCK 16

// Filters as runs of taps over the power spectrum: filter i weighs the bins
// starts[i] ..< starts[i] + tap_counts[i].
//
// Filters are padded to whole blocks with filters of no taps. A filter's taps are padded with zeros
// to tap_stride, a multiple of the block; the spectrum must be readable that far behind a start.
typedef struct kws_mel_filters {
  size_t padded_filter_count;
  size_t tap_stride;
  const int32_t *starts;
  const int32_t *tap_counts;
  // [filter, tap].
  const float *weights;
} kws_mel_filters;

typedef struct kws_feature_kernels {
  const char *name;

  // y[i] = x[i] * window[i].
  void (*window)(size_t count, const float *x, const float *window, float *y);
  // power[k] = re[k]^2 + im[k]^2, spectrum interleaved; a whole number of blocks.
  void (*power)(size_t padded_count, const float *spectrum, float *power);
  // energies[i] = sum over taps j of weights[i][j] * power[starts[i] + j].
  void (*mel)(const kws_mel_filters *filters, const float *power, float *energies);
  // y[i] = ln(x[i] + floor) for x >= 0 and a normal floor > 0, within 2e-7 of max(|y|, 1); y may
  // be x; a whole number of blocks.
  void (*logarithm)(size_t padded_count, const float *x, float floor, float *y);
  // y[j] = sum over i of x[i] * table[i * stride + j]; stride is a multiple of the block and the
  // table is padded with zeros.
  void (*cosine)(size_t input_count, size_t output_count, size_t stride, const float *table,
                 const float *x, float *y);
} kws_feature_kernels;

// The variants that this processor can run, best first; NULL past the last, which is scalar.
const kws_feature_kernels *kws_feature_kernels_at(int index);

#endif
