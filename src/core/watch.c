/* SPDX-License-Identifier: MIT */
/*
 * Where: core, between the engine and health.
 * What:  the cadence of one watch, its probe in flight and the ticket that its answer must carry.
 * Why:   the steady cadence is a grid computed from one instant: phase + k × interval, each start moved forward by
 *        chance. All that goes wrong (a probe that overran, a busy loop, a quick cadence that ended) only chooses
 *        another slot of it, so starts neither drift nor bunch, and the rate cannot follow the verdicts.
 *        A probe that comes off the grid walks back: no start comes sooner after the last one than seven eighths of
 *        the quickest interval, so each step gains at least an eighth, and no target is asked twice in a row.
 */

#include "core/watch.h"

#include "base/random.h"

#include <assert.h>

#define TICK_LEAST_MS 5
#define TICK_MOST_MS  100
#define PROBES_A_TICK 10

/*
 * First starts: an operator who has just started the daemon wants to know soon, and one host behind many targets
 * should not be hit by all at once. So the first round takes one second, or as long as a thousand starts a second need.
 */
#define FIRST_ROUND_LEAST_MS 1000

/* An interval of 500 ms, the shortest, still counts in thousands here; one of a day, the longest, in dozens. */
#define RATE_SCALE (UINT64_C(1) << 32)

uint32_t watch_tick_ms(const struct settings *settings)
{
    uint64_t starts_a_ms = 0; /* × RATE_SCALE */
    for (uint32_t n = 0; n < settings->watch_count; n++) {
        const struct check_settings *check = &settings->checks[settings->watches[n].check];
        starts_a_ms += check_kind_probes(check->kind) ? RATE_SCALE / check->interval_ms : 0;
    }
    if (starts_a_ms == 0)
        return TICK_MOST_MS;
    uint64_t tick_ms = PROBES_A_TICK * RATE_SCALE / starts_a_ms;
    if (tick_ms < TICK_LEAST_MS)
        return TICK_LEAST_MS;
    return tick_ms > TICK_MOST_MS ? TICK_MOST_MS : (uint32_t)tick_ms;
}

static void plan_start(struct watch *watch, mono_ms at)
{
    mono_ms past_tick = at % watch->tick_ms;
    watch->planned = at;
    watch->due = past_tick == 0 ? at : at - past_tick + watch->tick_ms;
}

void watch_init(struct watch *watch, const struct settings *settings, uint32_t index, uint32_t nth, uint32_t of,
                uint32_t tick_ms, uint64_t seed, mono_ms now)
{
    assert(index < settings->watch_count && nth < of && tick_ms > 0 && now >= 0);

    const struct check_settings *check = &settings->checks[settings->watches[index].check];
    uint32_t slot_ms = (uint32_t)((uint64_t)check->interval_ms * nth / of);
    uint32_t round_ms = settings->watch_count; /* a thousand a second */
    if (round_ms < FIRST_ROUND_LEAST_MS)
        round_ms = FIRST_ROUND_LEAST_MS;

    *watch = (struct watch){.check = check, .index = index, .tick_ms = tick_ms, .seed = seed, .phase = now + slot_ms};
    watch->silent_at = MONO_NEVER;
    watch->sound = true;
    watch->health.since = now;
    watch->spread_ms = check->interval_ms <= round_ms ? slot_ms
                                                      : (uint32_t)((uint64_t)round_ms * index / settings->watch_count);
    plan_start(watch, now + watch->spread_ms);
}

void watch_init_idle(struct watch *watch, const struct settings *settings, uint32_t index, mono_ms now)
{
    *watch = (struct watch){.check = &settings->checks[settings->watches[index].check],
                            .index = index,
                            .planned = MONO_NEVER,
                            .due = MONO_NEVER,
                            .silent_at = MONO_NEVER,
                            .sound = true};
    watch->health.since = now;
}

bool watch_is_due(const struct watch *watch, mono_ms now)
{
    return !watch->in_flight && watch->due <= now;
}

struct op watch_start(struct watch *watch, mono_ms now)
{
    assert(!watch->in_flight);

    watch->tickets++;
    if (watch->tickets == 0) /* 0 is no ticket */
        watch->tickets = 1;
    watch->in_flight = true;
    watch->asked = now;
    return (struct op){.subject = watch->index, .ticket = watch->tickets};
}

/* Forward only, and the same whenever it is asked for: chance comes from the slot, not from how often we looked. */
static mono_ms slot_with_jitter(const struct watch *watch, int64_t slot)
{
    uint64_t most_ms = (uint64_t)watch->check->interval_ms * watch->check->jitter_permille / 1000;
    struct random random = random_from_seed(watch->seed + watch->index * UINT64_C(0x9e3779b97f4a7c15) +
                                            (uint64_t)slot * UINT64_C(0xd1342543de82ef95));
    return watch->phase + slot * watch->check->interval_ms + (mono_ms)random_below(&random, most_ms + 1);
}

static int64_t first_slot_after(const struct watch *watch, mono_ms at)
{
    return at < watch->phase ? 0 : (at - watch->phase) / watch->check->interval_ms + 1;
}

/*
 * The next start after the one that was planned last and has ended:
 *
 *   a streak under way, interval-changing shorter   one interval-changing after the last, where it was planned
 *   else                                            the next slot; of several that have passed, the newest
 *   either would be too close to the last start     as soon as it is not
 */
static void plan_next(struct watch *watch, mono_ms now)
{
    const struct check_settings *check = watch->check;
    mono_ms next;
    if (health_is_changing(&watch->health) && check->interval_changing_ms < check->interval_ms)
        next = watch->planned + check->interval_changing_ms;
    else
        next = slot_with_jitter(watch, first_slot_after(watch, mono_later(watch->planned, now - check->interval_ms)));
    mono_ms soonest = watch->asked + check->interval_changing_ms - check->interval_changing_ms / 8;
    plan_start(watch, mono_later(next, soonest));
}

void watch_adopt(struct watch *watch, const struct watch *old, mono_ms now)
{
    const struct check_settings *check = watch->check;
    watch->health = old->health;
    watch->health.passes = old->health.passes < check->rise ? old->health.passes : check->rise;
    watch->health.fails = old->health.fails < check->fall ? old->health.fails : check->fall;
    watch->tickets = old->tickets;
    watch->asked = old->asked;
    watch->silent_at = old->silent_at;
    watch->sound = old->sound;
    watch->last = old->last;
    watch->last_failure = old->last_failure;
    watch->trail = old->trail;
    if (old->in_flight)
        health_interrupt(&watch->health); /* what it would have said is lost */
    if (!check_kind_probes(check->kind) || check->interval_ms != old->check->interval_ms)
        return;
    watch->phase = old->phase;
    plan_start(watch, old->planned);
    if (old->in_flight)
        plan_next(watch, now);
}

void watch_invert(struct probe_report *report)
{
    switch (report->verdict) {
    case VERDICT_PASS:
        report->verdict = VERDICT_FAIL;
        report->reason = REASON_INVERTED;
        break;
    case VERDICT_FAIL:
        report->verdict = VERDICT_PASS;
        report->reason = REASON_OK;
        break;
    case VERDICT_LOCAL:
        break;
    }
}

/* Takes one result, inverted where the check says so. True: the state changed. */
static bool take(struct watch *watch, const struct probe_report *report, mono_ms now)
{
    watch->last = *report;
    watch->last.started = mono_earlier(report->started, now);
    if (watch->check->invert)
        watch_invert(&watch->last);
    if (watch->last.verdict == VERDICT_FAIL)
        watch->last_failure = watch->last;
    trail_add(&watch->trail, watch->last.verdict, watch->last.reason, watch->last.started, watch->last.phases.total_us);
    return health_observe(&watch->health, watch->check, watch->last.verdict, watch->last.started, now);
}

enum watch_answer watch_done(struct watch *watch, uint32_t ticket, const struct probe_report *report, mono_ms now)
{
    if (!watch->in_flight || ticket != watch->tickets)
        return WATCH_STALE;
    watch->in_flight = false;
    bool changed = take(watch, report, now);
    plan_next(watch, now);
    return changed ? WATCH_CHANGED : WATCH_SAME;
}

/* ---- heartbeats: results that are pushed; silence longer than the limit is one too, a failure for each limit ---- */

bool watch_push(struct watch *watch, const struct probe_report *report, mono_ms now)
{
    watch->silent_at = mono_after(now, watch->check->how.heartbeat.silence_ms);
    return take(watch, report, now);
}

bool watch_is_silent(const struct watch *watch, mono_ms now)
{
    return watch->silent_at <= now;
}

bool watch_miss(struct watch *watch, mono_ms now)
{
    const struct probe_report silence = {
        .verdict = VERDICT_FAIL, .reason = REASON_HEARTBEAT_MISSED, .started = now, .phases = {-1, -1, -1, -1, -1}};
    return watch_push(watch, &silence, now);
}

static struct op void_probe(struct watch *watch)
{
    struct op op = {.subject = watch->index, .ticket = watch->in_flight ? watch->tickets : 0};
    if (watch->in_flight)
        health_interrupt(&watch->health); /* what it would have said is lost */
    watch->in_flight = false;
    return op;
}

struct op watch_cancel(struct watch *watch, mono_ms now)
{
    struct op op = void_probe(watch);
    if (op.ticket != 0)
        plan_next(watch, now);
    return op;
}

/* What came meanwhile may have been lost here; who never pushed is still not missed. */
static void restart_silence(struct watch *watch, mono_ms now)
{
    if (watch->silent_at != MONO_NEVER)
        watch->silent_at = mono_after(now, watch->check->how.heartbeat.silence_ms);
}

struct op watch_forget(struct watch *watch, mono_ms now)
{
    struct op op = watch_cancel(watch, now);
    health_forget(&watch->health, now);
    restart_silence(watch, now);
    return op;
}

bool watch_gap(struct watch *watch, uint32_t gap_ms, mono_ms now, struct op *ret)
{
    *ret = void_probe(watch);
    if (ret->ticket != 0 || watch->due <= now)
        plan_start(watch, now + watch->spread_ms);
    restart_silence(watch, now);

    if (gap_ms > health_freshness_ms(watch->check)) {
        bool changed = watch->health.state != HEALTH_UNKNOWN;
        health_forget(&watch->health, now);
        return changed;
    }
    if (gap_ms > watch->check->interval_ms)
        health_clear_streak(&watch->health);
    return false;
}

bool watch_expire(struct watch *watch, mono_ms now)
{
    return check_kind_probes(watch->check->kind) && health_expire(&watch->health, watch->check, now);
}

mono_ms watch_deadline(const struct watch *watch)
{
    if (!check_kind_probes(watch->check->kind))
        return watch->silent_at;
    mono_ms start = watch->in_flight ? MONO_NEVER : watch->due;
    return mono_earlier(start, health_expires_at(&watch->health, watch->check));
}
