/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_DNAME_H
#define REPOINTD_MODEL_DNAME_H

/*
 * Where: model; owner names, zones, key names.
 * What:  an absolute domain name in lower-case wire form (RFC 1035 3.1), a view of bytes that somebody else keeps.
 * Why:   in one case and one form equality is one memcmp. A view, since a marker's name holds its record's name as its
 *        tail.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define DNAME_WIRE_MAX 255
#define DNAME_TEXT_MAX 1024 /* every octet escaped, and the NUL */

struct dname {
    const uint8_t *wire; /* ends with the root's zero octet */
    uint16_t length;     /* 1 … 255; 0: no name */
};

/*
 * Reads text as in zone files ("www.example.com", final dot optional, \DDD and \C understood), writes the wire form to
 * `storage` and lets `ret` view it. Labels are 1 … 63 octets, names at most 255.
 */
NODISCARD bool dname_parse(const char *text, uint8_t storage[DNAME_WIRE_MAX], struct dname *ret, struct error *err);

/* Without the final dot (the root is "."); anything but letters, digits, hyphen, underscore and asterisk is escaped. */
void dname_format(const struct dname *name, char text[DNAME_TEXT_MAX]);
bool dname_equal(const struct dname *a, const struct dname *b);

/* The zone itself counts as within. */
bool dname_is_within(const struct dname *name, const struct dname *zone);
uint32_t dname_label_count(const struct dname *name); /* without the root */

/* "_repointd" in front of a name; false if the result would be too long. `ret` views `storage`. */
NODISCARD bool dname_prepend_label(const char *label, const struct dname *name, uint8_t storage[DNAME_WIRE_MAX],
                                   struct dname *ret);

#endif
