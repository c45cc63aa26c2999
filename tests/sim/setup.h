/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_SETUP_H
#define REPOINTD_SIM_SETUP_H

/*
 * Where: the simulator; takes the place of config.
 * What:  settings put together in C, one thing after the other, and the documented defaults to begin with.
 * Why:   config reads YAML and so belongs to another floor; what reaches the core are these structs, whoever wrote
 *        them.
 */

#include "base/arena.h"
#include "base/random.h"
#include "model/settings.h"

#define SETUP_CHILDREN_MAX 4 /* of a calculated check */

struct setup_rooms {
    uint32_t checks, servers, zones, records, targets, values;
};

struct setup {
    struct arena *arena;
    struct settings settings; /* complete after setup_finish */
    struct check_settings *checks;
    struct server_settings *servers;
    struct zone_settings *zones;
    struct record_settings *records;
    struct target_settings *targets;
    struct value_settings *values;
    struct name_settings *names;
    uint32_t *value_checks; /* the check of each value, or ID_NONE */
    struct setup_rooms room;
    uint32_t references;   /* of connectivity; 0: none */
    bool addresses_differ; /* no two values share one, so none has to be looked for */
};

void setup_begin(struct setup *setup, struct setup_rooms rooms);
void setup_done(struct setup *setup);

/* The defaults of docs and manual. */
struct check_settings setup_default_check(void);
struct server_settings setup_default_server(void);
struct record_settings setup_default_record(void);

uint32_t setup_add_check(struct setup *setup, const struct check_settings *check);
uint32_t setup_add_server(struct setup *setup, const struct server_settings *server);
uint32_t setup_add_zone(struct setup *setup, const char *name, uint32_t server);

/* A record; the targets that follow are its own, the values that follow those of the last target. */
uint32_t setup_add_record(struct setup *setup, const char *name, uint32_t zone, const struct record_settings *record);
uint32_t setup_add_target(struct setup *setup, const char *role, bool fallback);
uint32_t setup_add_value(struct setup *setup, const struct address *place, uint32_t check); /* compare host.h */

/* Finds the managed types, the room of each set, the watches and their users. */
void setup_finish(struct setup *setup);

/* Settings that nobody would write by hand and everybody might: valid, and otherwise left to chance. */
void setup_by_chance(struct setup *setup, struct random *chance);

/*
 * Those that the scenarios start from: "two-targets", "three-targets", "dual-stack", "with-fallback", "unchecked-
 * secondary".
 */
bool setup_by_name(struct setup *setup, const char *name);

/* `records` records of two targets over `zones` zones on one server. */
void setup_large(struct setup *setup, uint32_t records, uint32_t zones);

#endif
