/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_CALCULATED_H
#define REPOINTD_CORE_CALCULATED_H

/*
 * Where: core, in the engine; beside watch, above tally.
 * What:  brings one calculated watch up to date with those below it (all-of, any-of, at-least).
 */

#include "core/context.h"

/*
 * Its children are up to date. `result`: something counted below it; else time passed, or something was forgotten or
 * LOCAL. Health, last reports and soundness of the watch follow; the reason is that of the child which decided, its
 * detail begins with that child's name.
 */
void calculated_follow(struct context *ctx, uint32_t index, bool result, mono_ms now);

#endif
