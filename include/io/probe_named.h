/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBE_NAMED_H
#define REPOINTD_IO_PROBE_NAMED_H

/*
 * Where: io, between prober and the kinds of checks, for watches at host names; above resolver.
 * What:  finds the addresses of the name, then has the check's kind look at the first of them, in the form of a kind.
 * Why:   the name is what is judged: its addresses may change with each probe and nobody above has to know. And no kind
 *        has to know of names.
 */

#include "io/probe_kind.h"

/* `open` is not for this one: it needs what the kinds have opened, by kind, borrowed. NULL with err: it cannot be. */
extern const struct probe_kind probe_named;
void *probe_named_new(const struct probe_site *site, void *const gear[PROBE_KINDS], struct error *err);

#endif
