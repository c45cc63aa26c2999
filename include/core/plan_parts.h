/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_PLAN_PARTS_H
#define REPOINTD_CORE_PLAN_PARTS_H

/*
 * Where: core; what plan.c (records with a marker) and plan_bare.c (those without) give each other. Nobody else's.
 */

#include "core/belief.h"
#include "core/plan.h"

/* What is being judged. */
struct question {
    const struct settings *settings;
    const struct record_settings *record;
    const struct observed *seen;
    const struct belief *belief;
    const struct rrset *wanted; /* NULL: as it is */
    uint64_t nonce;
};

/* They are addresses of the target at this place: all of them; with `publish: healthy` a part will do. */
bool plan_target_fits(const struct settings *settings, const struct record_settings *record, uint32_t target,
                      const struct rrset sets[2]);

/* ownership: none. The read is authenticated and authoritative, and nothing hides the name. */
struct plan plan_bare(const struct question *q);

#endif
