/* SPDX-License-Identifier: MIT */
/*
 * Where: io, between EFFECT_PROBE and the kinds of probe_kind; judge tells what their facts mean.
 * What:  the limit of probes at a time, the queue of those that wait, when each has had its time, the report.
 * Why:   All memory is taken at creation: a few octets a watch, and a run for each probe that may be under way.
 */

#include "io/prober.h"

#include "io/clock_doubt.h"
#include "io/due_queue.h"
#include "io/probe_budget.h"
#include "io/probe_kind.h"
#include "io/probe_named.h"
#include "io/prober_limit.h"
#include "model/probe_load.h"

#include <assert.h>
#include <stdlib.h>

/* Later than this to a deadline, beyond the grain of timers: we were not there when an answer may have come. */
#define LATE_MS 20

/* Turns that one probe needs from us: the connection, the request, the answer. */
#define STEPS 3

/*
 * More than this many are not begun in one turn, even if they are due: what is under way comes first. When there is
 * less of this host than there are probes to make, each one that began still ends in time, and those that wait lose
 * none of theirs; else all would be begun, none finished within its budget, and nothing known at all.
 */
#define BEGUN_A_TURN 64

/* A probe under way. */
struct run {
    struct prober *prober;
    struct op op;
    const struct check_settings *check;
    const struct probe_kind *kind;
    void *probe; /* the kind's */
    struct timer deadline;
    mono_ms started, due;
    mono_ms whole_due;  /* all phases together */
    uint32_t budget_ms; /* that is over when it is due */
    enum probe_phase phase;
    bool was_late;
    struct run *next; /* free */
};

/* What is kept for each watch. */
struct place {
    uint32_t ticket; /* 0: nothing asked */
    struct run *run; /* NULL: it waits */
};

/* Who waits for whom: programs among themselves, so that the others do not wait for them. */
enum { LANE_OTHERS, LANE_PROGRAMS };
struct lane {
    struct due_queue waiting;
    uint32_t most, under_way;
};

struct prober {
    struct loop *loop;
    const struct settings *settings;
    struct connector *connector;
    void *gear[PROBE_KINDS]; /* of the kinds that are used */
    void *namer;             /* of watches at host names; NULL: there are none */
    probe_done_fn *done;
    void *ctx;
    struct place *places; /* by watch */
    struct lane lanes[2];
    struct run *runs, *free;
    uint32_t most, touched, under_way;
    struct timer more; /* goes on beginning in the next turn */
    struct clock_doubt clock;
    int64_t turn_us; /* the turn that `begun` counts */
    uint32_t begun;
};

/* ---- deadlines ---- */

/* Never longer than the total, which redirects would else exceed. */
static void set_deadline(struct run *run, mono_ms from)
{
    run->budget_ms = probe_budget_ms(run->check, run->phase);
    run->due = mono_after(from, run->budget_ms);
    if (run->whole_due < run->due) {
        run->due = run->whole_due;
        run->budget_ms = run->check->total_ms;
    }
    loop_timer_set(run->prober->loop, &run->deadline, run->due);
}

static void on_phase(enum probe_phase phase, void *ctx)
{
    struct run *run = ctx;
    run->phase = phase;
    if (run->check->phased && phase != PROBE_TLS)
        set_deadline(run, loop_now(run->prober->loop));
}

/* ---- runs ---- */

static struct lane *lane_of(struct prober *prober, uint32_t watch)
{
    const struct check_settings *check = &prober->settings->checks[prober->settings->watches[watch].check];
    const struct probe_kind *kind = probe_kind_of(check->kind);
    assert(kind);
    return &prober->lanes[kind->runs_programs ? LANE_PROGRAMS : LANE_OTHERS];
}

static struct run *take_run(struct prober *prober)
{
    struct run *run = prober->free;
    if (run)
        prober->free = run->next;
    else
        run = &prober->runs[prober->touched++];
    prober->under_way++;
    return run;
}

static void put_run(struct run *run)
{
    struct prober *prober = run->prober;
    loop_timer_stop(prober->loop, &run->deadline);
    prober->places[run->op.subject] = (struct place){0};
    lane_of(prober, run->op.subject)->under_way--;
    run->next = prober->free;
    prober->free = run;
    prober->under_way--;
}

static void begin(struct prober *prober, uint32_t watch);

static bool has_room(const struct prober *prober, const struct lane *lane)
{
    return prober->under_way < prober->most && lane->under_way < lane->most;
}

static bool may_begin(struct prober *prober, const struct lane *lane)
{
    int64_t turn_us = loop_now_us(prober->loop);
    if (prober->turn_us != turn_us)
        prober->begun = 0;
    prober->turn_us = turn_us;
    return has_room(prober, lane) && prober->begun < BEGUN_A_TURN;
}

static void begin_waiting(struct prober *prober)
{
    for (size_t i = 0; i < ARRAY_COUNT(prober->lanes); i++) {
        struct lane *lane = &prober->lanes[i];
        while (lane->waiting.count > 0 && may_begin(prober, lane))
            begin(prober, due_queue_take(&lane->waiting));
        if (lane->waiting.count > 0 && has_room(prober, lane))
            loop_timer_set(prober->loop, &prober->more, loop_now(prober->loop));
    }
}

static void on_more(struct timer *timer)
{
    begin_waiting(CONTAINER_OF(timer, struct prober, more));
}

static void finish(struct run *run, const struct probe_facts *facts, const struct phase_times *times)
{
    struct prober *prober = run->prober;
    struct probe_report report = {.started = run->started,
                                  .phases = *times,
                                  .code = facts->status,
                                  .certificate_end_s = facts->certificate_end_s};
    report.reason = judge_probe(run->check, facts, report.detail);
    report.verdict = reason_verdict(report.reason);
    struct op op = run->op;
    put_run(run);
    begin_waiting(prober);
    prober->done(op, &report, prober->ctx);
}

static bool reads_the_clock(const struct check_settings *check)
{
    return check->kind == CHECK_TLS ||
           (check->kind == CHECK_HTTP && (check->how.http.secure || check->how.http.redirects_most > 0));
}

static void on_end(const struct probe_facts *facts, const struct phase_times *times, void *ctx)
{
    struct run *run = ctx;
    if (!reads_the_clock(run->check)) {
        finish(run, facts, times);
        return;
    }
    struct probe_facts judged = *facts;
    judged.clock_in_doubt = clock_doubt_look(&run->prober->clock, loop_now(run->prober->loop), run->check->interval_ms);
    judged.wall_s = run->check->expect.certificate_days > 0 ? loop_wall_ms() / 1000 : 0;
    finish(run, &judged, times);
}

/*
 * Being late ourselves is no failure of the target (fault 12). What has arrived counts in any case, as descriptors
 * come before timers; but a target that waited for us at each step had less than its budget:
 *
 *   deadline seen         first time                         again
 *   in time               timed out                          timed out
 *   late                  goes on: each step was as late     timed out
 *   late by half of it    goes on: each step was as late     LOCAL
 *   half gone to resolve  LOCAL, unless a map was given      -
 */
static void on_deadline(struct timer *timer)
{
    struct run *run = CONTAINER_OF(timer, struct run, deadline);
    mono_ms now = loop_now(run->prober->loop);
    uint32_t budget_ms = run->budget_ms;
    int64_t late_ms = now - run->due - TIMER_GRAIN_MS;
    if (late_ms > LATE_MS && !run->was_late) {
        run->was_late = true;
        int64_t grace_ms = late_ms * STEPS < budget_ms ? late_ms * STEPS : budget_ms;
        run->due = mono_after(now, grace_ms);
        run->whole_due = mono_after(run->whole_due, late_ms + grace_ms);
        loop_timer_set(run->prober->loop, &run->deadline, run->due);
        return;
    }
    if (run->kind->conclude && run->kind->conclude(run->probe))
        return;
    struct phase_times times;
    struct probe_facts facts = {.end = PROBE_TIMED_OUT, .phase = run->phase, .budget_ms = budget_ms};
    facts.status = run->kind->cancel(run->probe, &times);
    if (!run->check->phased && times.resolve_us / 500 > (int64_t)budget_ms) {
        facts.end = PROBE_LOCAL;
        facts.text = "the resolver of this host has used up most of the time";
    }
    if (late_ms > LATE_MS && late_ms > budget_ms / 2) {
        facts.end = PROBE_LOCAL;
        facts.text = "this host was too busy to probe in time";
    }
    finish(run, &facts, &times);
}

static void begin(struct prober *prober, uint32_t watch)
{
    const struct watch_settings *settings = &prober->settings->watches[watch];
    struct place *place = &prober->places[watch];
    struct run *run = take_run(prober);
    prober->begun++;
    lane_of(prober, watch)->under_way++;
    const bool named = settings->address.family == ADDRESS_NONE;
    *run = (struct run){.prober = prober, .op = {watch, place->ticket}, .deadline = {.fire = on_deadline}};
    run->phase = named ? PROBE_RESOLVE : PROBE_CONNECT;
    run->check = &prober->settings->checks[settings->check];
    run->started = loop_now(prober->loop);
    run->whole_due = mono_after(run->started, run->check->total_ms);
    place->run = run;
    set_deadline(run, run->started);
    struct probe_order order = {.number = watch,
                                .watch = settings,
                                .check = run->check,
                                .address = settings->address,
                                .started_us = loop_now_us(prober->loop),
                                .phase = on_phase,
                                .end = on_end,
                                .ctx = run};
    run->kind = named ? &probe_named : probe_kind_of(run->check->kind);
    run->probe = run->kind->start(named ? prober->namer : prober->gear[run->check->kind], &order);
}

/* ---- the face ---- */

void prober_start(struct prober *prober, struct op op, mono_ms due)
{
    assert(op.subject < prober->settings->watch_count && op.ticket != 0);
    struct place *place = &prober->places[op.subject];
    assert(place->ticket == 0);
    *place = (struct place){.ticket = op.ticket};
    struct lane *lane = lane_of(prober, op.subject);
    if (lane->waiting.count == 0 && may_begin(prober, lane)) {
        begin(prober, op.subject);
        return;
    }
    due_queue_put(&lane->waiting, op.subject, due);
    begin_waiting(prober);
}

void prober_cancel(struct prober *prober, struct op op)
{
    if (op.subject >= prober->settings->watch_count || op.ticket == 0)
        return;
    struct place *place = &prober->places[op.subject];
    if (place->ticket != op.ticket)
        return;
    if (place->run) {
        struct phase_times times;
        place->run->kind->cancel(place->run->probe, &times);
        put_run(place->run);
        begin_waiting(prober);
        return;
    }
    due_queue_remove(&lane_of(prober, op.subject)->waiting, op.subject);
    *place = (struct place){0};
}

uint32_t prober_concurrency(const struct prober *prober)
{
    return prober->most;
}

static bool open_lanes(struct prober *prober)
{
    uint32_t watches = prober->settings->watch_count;
    prober->lanes[LANE_OTHERS].most = prober->most;
    prober->lanes[LANE_PROGRAMS].most = probe_load_programs(prober->settings);
    return due_queue_init(&prober->lanes[LANE_OTHERS].waiting, watches) &&
           due_queue_init(&prober->lanes[LANE_PROGRAMS].waiting, watches);
}

static bool open_gear(struct prober *prober, struct error *err)
{
    const struct settings *settings = prober->settings;
    struct probe_site site = {prober->loop, settings, prober->connector, prober->most};
    if (!probe_gear_open(&site, prober->gear, err))
        return false;
    if (settings->name_count > 0)
        prober->namer = probe_named_new(&site, prober->gear, err);
    return settings->name_count == 0 || prober->namer;
}

struct prober *prober_new(struct loop *loop, const struct settings *settings, probe_done_fn *done, void *ctx,
                          struct error *err)
{
    struct prober *prober = calloc(1, sizeof *prober);
    if (!prober) {
        error_set(err, ERROR_SYSTEM, "out of memory for the prober");
        return NULL;
    }
    *prober = (struct prober){.loop = loop,
                              .settings = settings,
                              .done = done,
                              .ctx = ctx,
                              .more = {.fire = on_more},
                              .clock = clock_doubt_new(),
                              .most = prober_limit(settings)};
    prober->places = calloc(settings->watch_count + (size_t)1, sizeof *prober->places);
    prober->runs = calloc(prober->most, sizeof *prober->runs);
    if (!open_lanes(prober) || !prober->places || !prober->runs) {
        error_set(err, ERROR_SYSTEM, "out of memory for %u watches", (unsigned)settings->watch_count);
        prober_free(prober);
        return NULL;
    }
    prober->connector = connector_new(loop, prober->most, err);
    if (prober->connector && open_gear(prober, err))
        return prober;
    prober_free(prober);
    return NULL;
}

void prober_free(struct prober *prober)
{
    if (!prober)
        return;
    loop_timer_stop(prober->loop, &prober->more);
    for (uint32_t i = 0; prober->runs && i < prober->touched; i++)
        loop_timer_stop(prober->loop, &prober->runs[i].deadline);
    if (prober->namer)
        probe_named.close(prober->namer);
    probe_gear_close(prober->gear);
    connector_free(prober->connector);
    free(prober->places);
    due_queue_done(&prober->lanes[LANE_OTHERS].waiting);
    due_queue_done(&prober->lanes[LANE_PROGRAMS].waiting);
    free(prober->runs);
    free(prober);
}
