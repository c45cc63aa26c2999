/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_SITE_H
#define REPOINTD_TESTS_SITE_H

/*
 * A small configuration for the tests of plan, transaction, record and engine: records of the zone example.com on one
 * server, each with a primary 192.0.2.1 + n, a secondary 198.51.100.1 + n and, if wanted, a fallback; and sets built
 * from addresses.
 */

#include "core/plan.h"
#include "model/settings.h"

#define SITE_RECORDS_MAX 600
#define SITE_VALUES      (SITE_RECORDS_MAX * 4)

struct site {
    struct settings settings;
    struct check_settings check;
    struct check_settings checks[2]; /* with references: that one, and theirs */
    struct server_settings servers[2];
    struct zone_settings zones[8];
    struct record_settings records[SITE_RECORDS_MAX];
    struct target_settings targets[SITE_RECORDS_MAX * 3];
    struct value_settings values[SITE_VALUES];
    struct watch_settings watches[SITE_VALUES];
    uint32_t users[SITE_VALUES];
    uint32_t used; /* bytes of `bytes` */
    uint8_t bytes[4096];
};

/* One record with two targets of one IPv4 address each, a check at each. */
struct site *site_new(void);
void site_free(struct site *site);

/* So many records, spread over `zones` zones in turn; `shared`: one watch serves all their primaries. */
struct site *site_of(uint32_t records, uint32_t zones, bool shared);

/* Adds an address to the last target of the last record; its type and room follow. */
void site_add_value(struct site *site, uint32_t record, uint32_t place, const char *address, bool watched);

/* Adds a target of one address, with a check, as the last one of the last record. */
void site_add_target(struct site *site, const char *role, const char *address);

/*
 * So many references of connectivity, as the last watches: every 5 s, 2 s. What the check says has to be said before.
 */
void site_add_references(struct site *site, uint32_t count);

/* A set of these addresses ("192.0.2.1 192.0.2.9"; "" is none) in storage of the site. */
struct rrset site_set(struct site *site, enum rrtype type, uint32_t ttl_s, const char *addresses);

/* A trustworthy read: these A addresses with TTL 30; marker NULL: none. */
struct observed site_seen(struct site *site, const char *addresses, const struct marker *marker);

#endif
