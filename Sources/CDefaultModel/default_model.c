// SPDX-License-Identifier: GPL-3.0-or-later
#include "CDefaultModel.h"

// #embed is C23; clang takes it in every mode and says so with -Wc23-extensions.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char bytes[] = {
#embed "../../models/default.safetensors"
};

const unsigned char *const kws_default_model = bytes;
const size_t kws_default_model_size = sizeof bytes;
