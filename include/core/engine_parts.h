/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_ENGINE_PARTS_H
#define REPOINTD_CORE_ENGINE_PARTS_H

/* Where: core; what engine.c (events), engine_build.c (its life) and engine_view.c (reports) share. Nobody else's. */

#include "core/context.h"
#include "core/engine.h"

struct engine {
    struct context context;
};

#endif
