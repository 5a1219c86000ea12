// SPDX-License-Identifier: GPL-3.0-or-later
//
// All compute kernels of kws, by use. Each use has one table of functions per instruction set,
// best first; every variant of an operator is tested against the scalar form.
#ifndef KWS_CKERNELS_H
#define KWS_CKERNELS_H

#include "kernels_features.h"
#include "kernels_float.h"
#include "kernels_int8.h"

#endif
