/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_RDATA_H
#define REPOINTD_MODEL_RDATA_H

/*
 * Where: model; what a set is made of, what a target is published as.
 * What:  one member of a set, its type and its data in wire form, between what people write and what servers hold: an
 *        address (A, AAAA) or a host name (CNAME).
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "model/address.h"
#include "model/dname.h"

#include <stdbool.h>
#include <stdint.h>

enum rrtype { RRTYPE_A = 1, RRTYPE_CNAME = 5, RRTYPE_SOA = 6, RRTYPE_TXT = 16, RRTYPE_AAAA = 28 };

const char *rrtype_name(enum rrtype type);

struct rdata {
    enum rrtype type;
    uint16_t length;
    const uint8_t *bytes; /* a view */
};

struct rdata rdata_of_address(const struct address *address);
struct rdata rdata_of_name(const struct dname *name);

/* An address, else a name as in zone files; `ret` views `storage`. */
NODISCARD bool rdata_parse(const char *text, uint8_t storage[DNAME_WIRE_MAX], struct rdata *ret, struct error *err);

bool rdata_is(const struct rdata *rdata, enum rrtype type, const uint8_t *bytes, uint16_t length);

/*
 * "192.0.2.1", "lb1.example.org": as rdata_parse reads it. What is of another type, or not of the form of its type, is
 * shown sanitised.
 */
void rdata_format(const struct rdata *rdata, struct text *out);

#endif
