/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_WRITER_H
#define REPOINTD_SIM_WRITER_H

/*
 * Where: the simulator; the other people who may write to a zone.
 * What:  edits of a record's addresses, TTL or marker, and their undoing.
 */

#include "contents.h"

struct world;

void writer_edit_sets(struct world *world,
                      uint32_t record); /* to another target, to strangers, one more, one less, none */
void writer_edit_marker(struct world *world,
                        uint32_t record); /* gone, another owner's, older, ours with a strange nonce, garbage, twice */
void writer_edit_ttl(struct world *world, uint32_t record);
void writer_put_cname(struct world *world, uint32_t record);

/* Exactly these contents, whatever was there. */
void writer_put(struct world *world, uint32_t record, const struct contents *contents);

/* What repointd wrote last, if it did. */
void writer_restore(struct world *world, uint32_t record);

/* What stands in the zone before the daemon starts for the first time. */
void writer_begin(struct world *world, uint32_t record);

#endif
