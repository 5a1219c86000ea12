// SPDX-License-Identifier: GPL-3.0-or-later
//
// Vectors of floats at any address, for the bodies that are compiled once per instruction set.
// A body's file is included with
//   KWS_ISA      the target attributes,
//   KWS_NAME(s)  the variant's name of an operator,
//   KWS_LANES    floats per register, 8 or 16.
#ifndef KWS_FLOAT_VECTORS_H
#define KWS_FLOAT_VECTORS_H

#include "variants.h"

#define KWS_VECTOR(count) \
  __attribute__((vector_size((count) * 4), aligned(4), may_alias))
typedef float kws_f16 KWS_VECTOR(16);
typedef float kws_f8 KWS_VECTOR(8);
typedef float kws_f4 KWS_VECTOR(4);
typedef float kws_f1 __attribute__((aligned(4)));

#define KWS_UNROLL _Pragma("clang loop unroll(full)")

// Splits `count` channels into pieces of 2 registers, 1 register and less:
// DO(type, lanes, vectors) is called with `channel` as the first channel of the piece.
#if defined(KWS_LANES) && KWS_LANES == 16
#define KWS_FOR_PIECES(count, channel, DO)                                     \
  for (size_t channel = 0; channel < (count);) {                               \
    size_t left_ = (count) - channel;                                          \
    if (left_ >= 32) { DO(kws_f16, 16, 2); channel += 32; }                    \
    else if (left_ >= 16) { DO(kws_f16, 16, 1); channel += 16; }               \
    else if (left_ >= 8) { DO(kws_f8, 8, 1); channel += 8; }                   \
    else if (left_ >= 4) { DO(kws_f4, 4, 1); channel += 4; }                   \
    else { DO(kws_f1, 1, 1); channel += 1; }                                   \
  }
#else
#define KWS_FOR_PIECES(count, channel, DO)                                     \
  for (size_t channel = 0; channel < (count);) {                               \
    size_t left_ = (count) - channel;                                          \
    if (left_ >= 16) { DO(kws_f8, 8, 2); channel += 16; }                      \
    else if (left_ >= 8) { DO(kws_f8, 8, 1); channel += 8; }                   \
    else if (left_ >= 4) { DO(kws_f4, 4, 1); channel += 4; }                   \
    else { DO(kws_f1, 1, 1); channel += 1; }                                   \
  }
#endif

#endif
