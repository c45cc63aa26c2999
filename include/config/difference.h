/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_DIFFERENCE_H
#define REPOINTD_CONFIG_DIFFERENCE_H

/*
 * Where: config; for app at a reload.
 * What:  what of one configuration is in another, by number and in words.
 */

#include "base/text.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct difference {
    uint32_t records_new, records_gone, records_changed; /* by their keys in the file */
    uint32_t checks_new, checks_gone, checks_changed;
};

/* The former number of each check, watch and record, or ID_NONE. Arrays of the new settings' sizes, the caller's. */
void difference_of_watches(const struct settings *fresh, const struct settings *old, uint32_t *ret_watches);
void difference_of_records(const struct settings *fresh, const struct settings *old, uint32_t *ret_records);

struct difference difference_of(const struct settings *fresh, const struct settings *old);

/* "+1 record, ~1 check, -0" */
void difference_format(const struct difference *difference, struct text *out);

#endif
