/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_GROUP_SITE_H
#define REPOINTD_TESTS_GROUP_SITE_H

/*
 * Where: unit tests of calculated, inverted and pushed checks.
 * What:  a site of one record whose two targets are judged by a row of checks each: what some of them say makes up the
 *        others, and the last one is what the record uses.
 */

#include "door.h"

#define GROUP_CHECKS 8

/* Children are places in the same row, below their own. `least` 0: no calculated one. */
struct group_check {
    struct check_settings check;
    uint32_t least, child_count, children[GROUP_CHECKS];
};

/* A check of every 10 s like the site's own. */
struct group_check group_probe(const char *name);
struct group_check group_heartbeat(const char *name, uint32_t silence_ms);
/* At least `least` of the first `count` of the row. */
struct group_check group_of(const char *name, uint32_t least, uint32_t count);

struct site *group_site(const struct group_check *row, uint32_t count);

/* The watch of the n-th check of the row at a target, 0 or 1. */
uint32_t group_watch(const struct site *site, uint32_t target, uint32_t nth);

/* Door on such a site: the zone has the primary, all has been looked at and is up after a minute. */
struct door *group_door(const struct group_check *row, uint32_t count);
void group_close(struct door *door);

const struct health *group_health(const struct door *door, uint32_t target, uint32_t nth);
void group_push(struct door *door, uint32_t target, uint32_t nth, enum verdict verdict);

#endif
