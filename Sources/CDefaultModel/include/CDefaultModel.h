// SPDX-License-Identifier: GPL-3.0-or-later
//
// The default model, embedded so that one executable is all there is to install.
#ifndef KWS_DEFAULT_MODEL_H
#define KWS_DEFAULT_MODEL_H

#include <stddef.h>

// The first byte; valid for the life of the process.
extern const unsigned char *const kws_default_model;

extern const size_t kws_default_model_size;

#endif
