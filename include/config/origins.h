/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_ORIGINS_H
#define REPOINTD_CONFIG_ORIGINS_H

/*
 * Where: config; made by link, asked by check and describe.
 * What:  where in the files each object of the settings stands.
 * Why:   the settings know nothing of files; whoever complains of them or prints them asks here.
 */

#include "config/join.h"
#include "config/schema.h"
#include "model/settings.h"

#include <stdbool.h>

struct config_origins {
    struct arena *arena; /* the tree; freed with this */
    struct sections sections;
};

/*
 * The n-th check or record of the settings is the n-th pair of its section. Everything takes origins == NULL (then
 * places are nowhere), so that rules can be tested without a file.
 */
struct place origins_record(const struct config_origins *origins, uint32_t record);
struct place origins_target(const struct config_origins *origins, const struct settings *settings, uint32_t target);

/* Where the value of a key of a record was written: there, else in the defaults, else the record itself. */

/*
 * Where the check itself says one of two keys, the first before the second; then *ret_own is true. Else where the
 * defaults do; else the check's own name, *ret_own true.
 */
struct place origins_check_pair(const struct config_origins *origins, uint32_t check, const char *first,
                                const char *second, bool *ret_own);
struct place origins_record_key(const struct config_origins *origins, uint32_t record, const char *key);
/* There is a connectivity block, be it a bad one. */
bool origins_has_connectivity(const struct config_origins *origins);

struct place origins_daemon_key(const struct config_origins *origins, const char *key);

#endif
