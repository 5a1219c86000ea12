// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rounding to the grids of integers, in single precision.
#ifndef KWS_FLOAT_ROUNDING_H
#define KWS_FLOAT_ROUNDING_H

#include "../support/isa.h"

// Rounds |x| < 2^22 half to even: adding 1.5 * 2^23 leaves no fraction.
KWS_BODY float kws_nearest(float x) { return (x + 12582912.0f) - 12582912.0f; }

#endif
