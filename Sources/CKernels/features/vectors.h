// SPDX-License-Identifier: GPL-3.0-or-later
//
// Vectors of floats at any address. A body's file is included with KWS_ISA (target attributes),
// KWS_NAME(stem) (the variant's name of an operator) and KWS_LANES (floats per register, 8 or 16).
#ifndef KWS_FEATURES_VECTORS_H
#define KWS_FEATURES_VECTORS_H

#include "variants.h"

typedef float kws_lanes
    __attribute__((vector_size(KWS_LANES * 4), aligned(4), may_alias));

#define KWS_UNROLL _Pragma("clang loop unroll(full)")

#endif
