// SPDX-License-Identifier: GPL-3.0-or-later
#define KWS_ISA
#define KWS_NAME(stem) stem##_scalar
#include "ranges_body.h"
