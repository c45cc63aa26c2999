/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_LOOK_H
#define REPOINTD_CONFIG_LOOK_H

/*
 * Where: config; asked by app at a reload.
 * What:  whether two checks of two configurations look at a target in the same way.
 * Why:   what is known of a target stays true when only its thresholds or its rhythm change; a changed look has to see
 *        for itself.
 */

#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct looks;

/* Of two configurations, which are borrowed. */
struct looks *looks_new(const struct settings *fresh, const struct settings *old);
void looks_free(struct looks *looks); /* NULL is fine */

/*
 * A check of the fresh one and one of the old: kind, request, what is expected, source and children; not names, times
 * and thresholds.
 */
bool looks_are_same(const struct looks *looks, uint32_t fresh, uint32_t old);

#endif
