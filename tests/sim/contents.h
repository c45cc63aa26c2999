/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_CONTENTS_H
#define REPOINTD_SIM_CONTENTS_H

/*
 * Where: the simulator; the one form in which server, judges and liveness speak of what stands at a record's two
 *        names.
 * What:  the addresses of the managed types in one sorted list, and the marker.
 * Why:   a form of its own, so that the core's comparisons are not judged by themselves.
 */

#include "core/plan.h"
#include "model/settings.h"
#include "zone.h"

#define CONTENTS_MAX 48

struct contents {
    uint32_t count;
    struct address addresses[CONTENTS_MAX];
    uint32_t ttl_s; /* of the first set that is there; 0: none */
    bool mixed_ttl;
    bool cname; /* other data beside, which has no place there: a CNAME, or addresses beside one */
    enum marker_form form;
    struct marker marker;
};

void contents_of_nodes(const struct settings *settings, const struct nodes *nodes, uint32_t record,
                       struct contents *ret);
void contents_of_sets(const struct record_settings *record, const struct rrset sets[2], struct contents *ret);
void contents_of_target(const struct settings *settings, uint32_t target, struct contents *ret);

bool contents_same_addresses(const struct contents *a, const struct contents *b);
bool contents_same_marker(const struct contents *a, const struct contents *b);
bool contents_same(const struct contents *a, const struct contents *b); /* both */
bool marker_same(const struct marker *a, const struct marker *b);
void contents_sort(struct contents *contents);

/*
 * The place of the target within its record that holds every one of the addresses, ID_NONE if there is none or no
 * address.
 */
uint32_t contents_target(const struct settings *settings, uint32_t record, const struct contents *contents);

/* The same as a daemon sees it: without `publish: healthy` the whole target, and no part of it. */
uint32_t contents_place(const struct settings *settings, uint32_t record, const struct contents *contents);

/* What a signed read reports of them; `storage` has room for both sets. */
#define CONTENTS_STORAGE (CONTENTS_MAX * 24)
void contents_show(const struct record_settings *record, const struct contents *contents,
                   uint8_t storage[CONTENTS_STORAGE], struct observed *ret);

/* The TXT record of a marker. */
void marker_rr(const struct marker *marker, struct rr *rr);
void address_rr(const struct address *address, struct rr *rr);

void contents_format(const struct contents *contents, char *text, size_t size);

#endif
