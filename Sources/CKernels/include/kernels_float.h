// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KWS_KERNELS_FLOAT_H
#define KWS_KERNELS_FLOAT_H

#include <stddef.h>
#include <stdint.h>

#endif
