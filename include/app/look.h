/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_LOOK_H
#define REPOINTD_APP_LOOK_H

/*
 * Where: app; under probe_once (without a daemon) and looks (in the daemon).
 * What:  one look by hand: a configured check at any place, by a prober of its own.
 * Why:   a person who looks wants to see what the daemon sees, so it is the same prober, with one watch that is made up
 *        for the occasion; and what the daemon believes, and when it looks by itself, has nothing to do with it.
 */

#include "app/spot.h"
#include "base/attributes.h"
#include "base/error.h"
#include "core/message.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdint.h>

struct look;

/* The report is as it was seen: an inverted check has not been turned round yet. The look may not be freed in here. */
typedef void look_done_fn(const struct probe_report *report, void *ctx);

/*
 * The check of that name, if one can look by it: nobody can for a heartbeat, and of a calculated one only at what it is
 * made of. ID_NONE with err, which says what there is instead.
 */
uint32_t look_find_check(const struct settings *settings, const char *name, struct error *err);

/* All are borrowed until the end. Begins at once, and is over within the check's timeout. NULL with err. */
struct look *look_new(struct loop *loop, const struct settings *settings, uint32_t check, const struct spot *spot,
                      look_done_fn *done, void *ctx, struct error *err);
void look_free(struct look *look); /* NULL is fine; one that is under way ends without a word */

/* What counts: with `invert` the reverse of what was seen. */
struct probe_report look_counted(const struct check_settings *check, const struct probe_report *report);

#endif
