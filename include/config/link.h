/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_LINK_H
#define REPOINTD_CONFIG_LINK_H

/*
 * Where: config, between the joined sections and the settings.
 * What:  names become indexes. Reads servers, checks and records and builds the arrays of the settings.
 * Why:   every object of the file has its place in its array, also one that is half wrong, so that one run finds
 *        everything; a half wrong one has zeros where a value was bad, and the rules leave zeros alone.
 */

#include "base/names.h"
#include "config/config.h"
#include "config/draft.h"
#include "config/join.h"
#include "config/list.h"
#include "config/origins.h"
#include "config/secret.h"

#include <stdbool.h>

struct linker {
    const struct config_environment *environment;
    const struct sections *sections;
    struct complaints *complaints;
    struct arena *arena; /* of the settings */
    struct secrets *secrets;
    struct config_origins *origins;
    struct names *server_names, *check_names, *notifier_names;
    struct names *zone_names;  /* "example.com", and "3 example.com" for server 3: the number of a zone */
    struct names *owner_names; /* "7 www.example.com" for zone 7: the number of a record */
    struct names *watch_names; /* "2 c0000201" for check 2 at 192.0.2.1, "2 @0" at host name 0: the number of a watch */
    struct names *host_names;  /* "lb1.example.org": the number of a host name */
    struct list servers, zones, checks, records, targets, values, watches, hosts, children, notifiers, routes;
    const struct node *routed; /* whose run of `routes` is the last: records that inherit it share it */
    uint32_t routed_first;
    bool groups_are_sound; /* calculated checks end somewhere, so they can be followed down */
    bool names_are_whole;  /* every file could be read, so a name that is not there is a slip */
    bool zones_are_whole;  /* no zone was bad, so a name outside all of them is a slip */
    uint32_t pings;        /* checks of that kind so far */
    uint32_t open_keys;    /* key files that others can read */
    struct place open_key; /* the first of them */
};

/* Fills `ret` but for daemon. The complaints say what was wrong. */
void link_settings(struct linker *linker, struct settings *ret);

/* The parts, each of which adds to the linker's lists. */
void link_servers(struct linker *linker);
void link_key(struct linker *linker, const struct server_draft *draft, struct key_settings *ret);
void link_checks(struct linker *linker);
void link_records(struct linker *linker);
void link_notifiers(struct linker *linker); /* after the records, of which it knows who names them */

/* The notifiers that a record names, or that its defaults do. */
void link_routes(struct linker *linker, const struct node *node, struct record_settings *ret);

/* Where a value is: an address, or with family ADDRESS_NONE a host name. */
struct spot {
    struct address address;
    uint32_t name; /* of linker->hosts; ID_NONE: an address */
};

/*
 * The number of the watch of this check there, a new one if need be; of a calculated check with those of its children
 * before it. A look that names the target is not shared with other targets.
 */
uint32_t link_watch(struct linker *linker, uint32_t check, const struct spot *spot, uint32_t target);

/* The calculated watches above each watch, near and far, as runs of one array; counts them in the watches. */
const uint32_t *link_above(struct linker *linker, struct watch_settings *watches, uint32_t watch_count,
                           const uint32_t *children, uint32_t *ret_count);

/* Fills in `slowest`: children stand before those that rest on them, so it is one walk. */
void link_slowest(struct watch_settings *watches, uint32_t watch_count, const uint32_t *children,
                  const struct check_settings *checks);

/* Last, since its checks and watches stand behind all others. */
void link_safety(struct linker *linker, struct safety_settings *ret);

void link_web(struct linker *linker, struct web_settings *ret);

/* Local addresses, one of each family; complains of a second one. */
void link_source(struct linker *linker, const struct node *node, struct address *source4, struct address *source6);

/* What a name in checks, servers or records may be: visible ASCII, 1 … `most` characters. Complains. */
bool link_name_is_good(struct linker *linker, const struct node *name, const char *what, size_t most);

/* The names of a mapping of things, numbered. NULL mapping: none. */
struct names *link_names_of(const struct node *mapping);

/* The number of what a node names; ID_NONE after "no check named 'smpt'; did you mean 'smtp'?" */
uint32_t link_reference(struct linker *linker, const struct names *names, const struct node *node, const char *what);

/* The items of a node that is one scalar or a list of them. */
uint32_t link_item_count(const struct node *node);
const struct node *link_item(const struct node *node, uint32_t index);

const char *link_copy(struct linker *linker, const char *text); /* NULL stays NULL */

#endif
