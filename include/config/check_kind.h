/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_CHECK_KIND_H
#define REPOINTD_CONFIG_CHECK_KIND_H

/*
 * Where: config, for link and describe.
 * What:  which key of a check says what kind it is, and which kinds the daemon carries out.
 */

#include "config/rows.h"

struct check_kind_row {
    const char *key;
    enum check_form form;
    enum check_kind kind;
    enum support support;
};

/* All of them, in the order of enum check_kind. */
extern const struct check_kind_row check_kinds[];
extern const uint32_t check_kind_count;

/*
 * The kind that a pair of a check names; NULL if it names none. `tls` is one as a port; as a mapping it belongs to
 * http.
 */
const struct check_kind_row *check_kind_of(const struct pair *pair);

/* The first kind in a check's mapping; NULL if there is none. */
const struct check_kind_row *check_kind_in(const struct node *mapping);

#endif
