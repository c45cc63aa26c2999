/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBE_KIND_H
#define REPOINTD_IO_PROBE_KIND_H

/*
 * Where: io, between prober and what it can do.
 * What:  one row a kind of check: how its gear is built, how a look begins, how it is given up.
 * Why:   the prober keeps limits, order and deadlines, which are the same for all; a new kind is a row and a file.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "core/message.h"
#include "io/connect.h"
#include "io/judge.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* What gear is built from; borrowed for as long as it lives. */
struct probe_site {
    struct loop *loop;
    const struct settings *settings;
    struct connector *connector;
    uint32_t most; /* probes at a time, of all kinds together */
};

/*
 * A probe has come this far; in order, at most once for each phase, before its end; a redirect begins it anew with
 * PROBE_CONNECT. Nothing may be begun or ended.
 */
typedef void probe_phase_fn(enum probe_phase phase, void *ctx);

/* Comes from a later turn than the start; then the probe is gone. `facts` and what they point to die with the call. */
typedef void probe_end_fn(const struct probe_facts *facts, const struct phase_times *times, void *ctx);

struct probe_order {
    uint32_t number; /* of the watch */
    const struct watch_settings *watch;
    const struct check_settings *check;
    struct address address; /* where to */
    int64_t started_us; /* when it began: phases are counted from here */
    probe_phase_fn *phase;
    probe_end_fn *end;
    void *ctx;
};

struct probe_kind {
    /* NULL with err: it cannot be. Whatever is under way at the close ends without a callback. */
    void *(*open)(const struct probe_site *site, struct error *err);
    void (*close)(void *gear);
    /* The caller keeps the deadline, never has more than `most` under way, and never gets NULL: what fails ends. */
    void *(*start)(void *gear, const struct probe_order *order);
    /* Ends it without a callback. `ret_times`: how far it came. Returns the status of an HTTP answer, else 0. */
    uint16_t (*cancel)(void *probe, struct phase_times *ret_times);
    /*
     * The time is over: what has come so far is judged, by `end` from inside the call. False: nothing has come, cancel
     * it. NULL: an answer that is not whole is none.
     */
    bool (*conclude)(void *probe);
    bool runs_programs; /* of these only as many at a time as probe_load_programs says */
    enum check_kind gear_of; /* whose gear it uses: then it has no open and no close; 0: its own */
};

#define PROBE_KINDS 16 /* above each check_kind */

/* NULL: nobody looks by itself for a check of that kind. */
const struct probe_kind *probe_kind_of(enum check_kind kind);

/* Gear of each kind that the settings use, by its number; what is there on failure is for probe_gear_close as well. */
NODISCARD bool probe_gear_open(const struct probe_site *site, void *gear[PROBE_KINDS], struct error *err);
void probe_gear_close(void *gear[PROBE_KINDS]);

/* Not one phase was reached. */
#define PHASE_TIMES_NONE ((struct phase_times){-1, -1, -1, -1, -1})

/* The local address that the check wants; family ADDRESS_NONE: any. */
const struct address *probe_source(const struct probe_order *order);

/* Since the start of a probe. */
int32_t probe_elapsed_us(const struct loop *loop, int64_t started_us);

#endif
