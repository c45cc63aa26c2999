/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_OVERRIDE_H
#define REPOINTD_CORE_OVERRIDE_H

/*
 * Where: core, in the engine; asked by record before policy.
 * What:  what operators laid over the automatic view: a target that is forced, targets or addresses that are drained,
 *        records that are held. Each ends at its time or when it is released.
 * Why:   probing and deciding go on below as if there were none, so that both can be shown and the end of an override
 *        finds everything as it is. Who, why and since when are texts of the shell's; here an override is a number.
 */

#include "base/time.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum override_kind {
    OVERRIDE_FAILOVER = 1, /* `record` answers with `target`, whatever its health */
    OVERRIDE_DRAIN,        /* `address`, a host name, or every target with `label`, is taken by no decision */
    OVERRIDE_HOLD          /* nothing is written for `record`, or for all */
};

struct override {
    uint32_t id; /* the shell's, never 0; unique among those in force */
    enum override_kind kind;
    uint32_t record;        /* FAILOVER, HOLD: whose; ID_NONE: of all (HOLD alone) */
    uint32_t target;        /* FAILOVER: place within the record */
    struct address address; /* DRAIN; family ADDRESS_NONE: by label, or by name */
    const char *label;      /* … borrowed, outlives the override; NULL: by name */
    uint32_t name;          /* … into settings->names */
    mono_ms until;          /* MONO_NEVER: until it is released */
};

const char *override_kind_name(enum override_kind kind); /* "failover" */

/* In the storage given to overrides_init, of OVERRIDES_MAX; in no order. */
struct overrides {
    struct override *items;
    uint32_t count;
};

/* What they mean for one record. */
struct override_view {
    bool held;
    mono_ms hold_until;
    uint32_t forced; /* place, or ID_NONE */
    mono_ms forced_until;
    uint32_t hold_id, forced_id; /* which say so; 0: none. Of two holds the one that ends last */
};

void overrides_init(struct overrides *overrides, struct override *storage);

/* One of the same kind about the same is replaced. False: there are OVERRIDES_MAX, nothing has changed. */
bool overrides_set(struct overrides *overrides, const struct override *override);

/* False: there is none with this id. `ret` may be NULL. */
bool overrides_release(struct overrides *overrides, uint32_t id, struct override *ret);

/* Takes out one whose time is over; false: there is none. Call it until then. */
bool overrides_expire(struct overrides *overrides, mono_ms now, struct override *ret);

/* When the next one ends; MONO_NEVER: none does by itself. */
mono_ms overrides_deadline(const struct overrides *overrides);

struct override_view overrides_of(const struct overrides *overrides, uint32_t record);

/* Is this value drained by it, or by any: by address, host name or its target's label? `label` NULL: it has none. */
bool override_drains(const struct override *override, const struct value_settings *value, const char *label);
bool overrides_drain(const struct overrides *overrides, const struct value_settings *value, const char *label);

#endif
