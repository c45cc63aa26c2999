/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_ZONE_H
#define REPOINTD_SIM_ZONE_H

/*
 * Where: the simulator, under server: what a primary name server holds.
 * What:  resource records by name, and RFC 2136 section 3 over them: prerequisites (3.2), prescan and update (3.4),
 *        serial (3.6).
 * Why:   it is written from the RFC and knows nothing of plans, so a wrong plan fails here as it would on a real
 *        server.
 */

#include "model/rrset.h"

#include <stdbool.h>
#include <stdint.h>

#define RDATA_MAX 112

enum rr_class { CLASS_IN = 1, CLASS_NONE = 254, CLASS_ANY = 255 };
enum { TYPE_ANY = 255 };
enum rcode {
    RCODE_NOERROR = 0,
    RCODE_FORMERR = 1,
    RCODE_SERVFAIL = 2,
    RCODE_NXDOMAIN = 3,
    RCODE_NOTIMP = 4,
    RCODE_REFUSED = 5,
    RCODE_YXDOMAIN = 6,
    RCODE_YXRRSET = 7,
    RCODE_NXRRSET = 8,
    RCODE_NOTAUTH = 9
};

/* One record of a message: in a zone `class` is always IN and `name` is where it stands. */
struct rr {
    uint32_t name;
    uint16_t type, class, length;
    uint32_t ttl_s;
    uint8_t data[RDATA_MAX];
};

struct node {
    struct rr *rrs;
    uint32_t count, room;
};

/* Names are small numbers: two for each record, see name_of_owner. All zones of all servers stand in one table. */
struct nodes {
    struct node *items;
    uint32_t count;
};

static inline uint32_t name_of_owner(uint32_t record)
{
    return 2 * record;
}

static inline uint32_t name_of_marker(uint32_t record)
{
    return 2 * record + 1;
}

struct rr_list {
    struct rr *items;
    uint32_t count, room;
};

void nodes_init(struct nodes *nodes, uint32_t count);
void nodes_done(struct nodes *nodes);

struct rr *rr_list_add(struct rr_list *list, uint32_t name, uint16_t type, uint16_t class, uint32_t ttl_s);
void rr_list_done(struct rr_list *list);

bool rr_same(const struct rr *a, const struct rr *b); /* name, type and RDATA */

/* RFC 2136 3.2: NOERROR if all hold. */
enum rcode zone_judge_prerequisites(const struct nodes *nodes, const struct rr_list *prerequisites);

/* RFC 2136 3.4: carries all out, in order. True if anything changed, so that the serial has to move. */
bool zone_update(struct nodes *nodes, const struct rr_list *updates);

/* Puts one record there, without any rule: what other people do to a zone. */
void node_put(struct node *node, const struct rr *rr);
void node_clear(struct node *node, uint16_t type); /* TYPE_ANY: all */
uint32_t node_count_of(const struct node *node, uint16_t type);
void node_copy(const struct node *from, struct node *to);

#endif
