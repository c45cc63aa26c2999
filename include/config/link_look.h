/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_LINK_LOOK_H
#define REPOINTD_CONFIG_LINK_LOOK_H

/*
 * Where: config, what link_checks shares with its parts.
 * What:  what a check sends and expects, and of which others it is calculated.
 */

#include "config/link.h"

/* By `ret->kind`: `ret->how` and `ret->expect`. */
void link_look(struct linker *linker, const struct check_draft *draft, struct check_settings *ret);

void link_expect(struct linker *linker, const struct check_draft *draft, struct expect_settings *ret);

/* Complains of what contradicts itself within an http check. */
void link_request(struct linker *linker, const struct check_draft *draft, const struct http_settings *http);

/* The files must be there and readable; who only checks is told by a warning what may not be read by him. */
void link_tls(struct linker *linker, const struct tls_draft *draft, struct tls_settings *ret);

/* The children of a calculated check. */
void link_group(struct linker *linker, const struct check_draft *draft, enum check_kind kind,
                struct group_settings *ret);

/* Once all checks are there: no calculated one rests on itself, none on too many below each other. */
void link_groups_done(struct linker *linker);

#endif
