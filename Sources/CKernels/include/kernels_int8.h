// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KWS_KERNELS_INT8_H
#define KWS_KERNELS_INT8_H

#include <stddef.h>
#include <stdint.h>

#endif
