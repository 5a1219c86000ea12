// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KWS_KERNELS_FEATURES_H
#define KWS_KERNELS_FEATURES_H

#include <stddef.h>
#include <stdint.h>

#endif
