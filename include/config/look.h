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

/* Kind, request, what is expected, source and children; not names, times and thresholds. */
bool look_is_same(const struct settings *a, uint32_t check_a, const struct settings *b, uint32_t check_b);

#endif
