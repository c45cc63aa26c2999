/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBER_H
#define REPOINTD_IO_PROBER_H

/*
 * Where: io, behind EFFECT_PROBE; above http, connect and judge.
 * What:  turns "probe this watch" into a call of the right kind, and its end into a probe_report.
 * Why:   one place holds the limit of probes at a time and starts those that wait in order of their due time. A probe
 *        never fails to start: what goes wrong arrives by `done`, on a later turn, as LOCAL where it is our own
 *        fault.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "core/message.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdint.h>

struct prober;

typedef void probe_done_fn(struct op op, const struct probe_report *report, void *ctx);

/* `settings` is borrowed. */
struct prober *prober_new(struct loop *loop, const struct settings *settings, probe_done_fn *done, void *ctx,
                          struct error *err);
void prober_free(struct prober *prober); /* NULL is fine; no callback comes any more */

/* op.subject is the watch. */
void prober_start(struct prober *prober, struct op op, mono_ms due);
void prober_cancel(struct prober *prober, struct op op); /* unknown ones are ignored; no callback comes for it */

/* Most probes at a time that this prober allows itself. */
uint32_t prober_concurrency(const struct prober *prober);

/*
 * What probe-concurrency: auto comes to: 1.25 × the sum of timeout / interval, at least 16, at most what the
 * open-file limit leaves.
 */
uint32_t prober_concurrency_auto(const struct settings *settings, uint32_t open_files_most);

#endif
