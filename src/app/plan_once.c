/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under main.
 * What:  the real engine over real probes and reads, with hands that send nothing.
 * Why:   what the daemon would do is best told by what the daemon is. A message is printed and then said to be
 *        accepted, so that the next one of the zone comes; what the engine believes afterwards is thrown away with it.
 *        Each watch is asked once and each record is read once; when all have answered, and what follows from it at
 *        once was printed, it is over.
 */
#include "app/plan_once.h"

#include "app/protocol.h"
#include "app/render_plan.h"
#include "core/engine.h"
#include "core/record.h"
#include "io/dns_client.h"
#include "io/loop.h"
#include "io/prober.h"
#include "io/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct look {
    const struct settings *settings;
    struct loop *loop;
    struct prober *prober;
    struct dns_client *dns;
    struct engine *engine;
    struct effects effects;
    bool *probed, *asked, *planned; /* by watch, by record, by record */
    uint32_t probes_left, reads_left, unread;
    struct op *sealed; /* messages that are printed and not yet said to be accepted */
    uint32_t sealed_count;
    bool stopped;
};

static void note_planned(struct look *look, const struct batch_view *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        look->planned[batch->members[i].record] |= render_plan_is_change(batch->members[i].plan);
}

static void carry_out(struct look *look, const struct effect *effect)
{
    uint32_t subject = effect->op.subject;
    switch (effect->kind) {
    case EFFECT_PROBE:
        if (!look->probed[subject])
            prober_start(look->prober, effect->op, effect->due);
        look->probed[subject] = true;
        return;
    case EFFECT_PROBE_CANCEL:
        prober_cancel(look->prober, effect->op);
        return;
    case EFFECT_READ:
        if (!look->asked[subject])
            dns_client_read(look->dns, effect->op);
        look->asked[subject] = true;
        return;
    case EFFECT_SEND:
        note_planned(look, engine_batch(look->engine, subject));
        render_plan(look->settings, engine_batch(look->engine, subject), stdout);
        look->sealed[look->sealed_count++] = effect->op;
        return;
    case EFFECT_VERIFY:
    case EFFECT_SAVE:
    case EFFECT_REPLY:
    case EFFECT_TELL:
        return; /* nobody is to hear of what does not happen */
    }
}

static void handle(struct look *look, const struct event *event)
{
    static const struct dns_report accepted = {.outcome = OUTCOME_ACCEPTED, .has_answer = true, .verified = true};
    mono_ms now = loop_now(look->loop);
    engine_handle(look->engine, event, now, &look->effects);
    for (uint32_t i = 0; i < look->effects.count; i++)
        carry_out(look, &look->effects.items[i]);
    while (look->sealed_count > 0) {
        struct op op = look->sealed[--look->sealed_count];
        engine_handle(look->engine, &(struct event){.kind = EVENT_SEND_DONE, .op = op, .is.send = &accepted}, now,
                      &look->effects);
        for (uint32_t i = 0; i < look->effects.count; i++)
            carry_out(look, &look->effects.items[i]);
    }
}

static void on_probe_done(struct op op, const struct probe_report *report, void *ctx)
{
    struct look *look = ctx;
    look->probes_left--;
    handle(look, &(struct event){.kind = EVENT_PROBE_DONE, .op = op, .is.probe = report});
}

static void on_read_done(struct op op, const struct dns_report *report, const struct observed *observed, void *ctx)
{
    struct look *look = ctx;
    look->reads_left--;
    look->unread += report->outcome == OUTCOME_ACCEPTED ? 0 : 1;
    if (report->outcome != OUTCOME_ACCEPTED)
        printf("; %s: could not be read: %s%s%s\n", look->settings->records[op.subject].id,
               outcome_name(report->outcome), report->detail[0] ? ": " : "", report->detail);
    handle(look, &(struct event){.kind = EVENT_READ_DONE, .op = op, .is.read = {report, observed}});
}

/* Never: nothing is sent. */
static void on_send_done(struct op op, const struct dns_report *report, void *ctx)
{
    (void)op;
    (void)report;
    (void)ctx;
}

static void on_wake(void *ctx)
{
    handle(ctx, &(struct event){.kind = EVENT_WAKE});
}

static void on_turn_end(void *ctx)
{
    struct look *look = ctx;
    mono_ms at = engine_deadline(look->engine);
    bool over = look->probes_left == 0 && look->reads_left == 0;
    if (over && at > loop_now(look->loop))
        loop_stop(look->loop);
    loop_wake_at(look->loop, at);
}

static void on_signal(int number, void *ctx)
{
    (void)number;
    struct look *look = ctx;
    look->stopped = true;
    loop_stop(look->loop);
}

/* ---- the whole ---- */

static bool find_owner(const struct settings *settings, const char *state_directory, uint64_t *ret, struct error *err)
{
    bool there = settings->daemon.has_owner;
    *ret = settings->daemon.owner;
    if (!there && !state_peek_owner(state_directory, ret, &there, err))
        return false;
    if (there) {
        printf("; owner %016" PRIx64 "\n", *ret);
        return true;
    }
    if (getrandom(ret, sizeof *ret, 0) != (ssize_t)sizeof *ret) {
        error_set_errno(err, errno, "cannot take random numbers from the kernel");
        return false;
    }
    printf("; no owner id can be read in %s: the markers below carry one that is made up,\n"
           "; and what is ours already looks like somebody else's\n",
           state_directory);
    return true;
}

static bool build(struct look *look, uint64_t owner, struct error *err)
{
    struct loop_handlers handlers = {.wake = on_wake, .signal = on_signal, .turn_end = on_turn_end, .ctx = look};
    const struct settings *settings = look->settings;
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        error_set_errno(err, errno, "cannot take random numbers from the kernel");
        return false;
    }
    if (!(look->loop = loop_new(&handlers, err)) ||
        !(look->prober = prober_new(look->loop, settings, on_probe_done, look, err)) ||
        !(look->dns = dns_client_new(look->loop, settings, on_read_done, on_send_done, look, err)) ||
        !(look->engine = engine_new(settings, owner, seed, loop_refresh(look->loop), err)))
        return false;
    look->effects = (struct effects){.room = EFFECTS_ROOM, .items = calloc(EFFECTS_ROOM, sizeof(struct effect))};
    look->probed = calloc(settings->watch_count + 1, sizeof *look->probed);
    look->asked = calloc(settings->record_count + 1, sizeof *look->asked);
    look->planned = calloc(settings->record_count + 1, sizeof *look->planned);
    look->sealed = calloc(settings->zone_count + EFFECTS_ROOM, sizeof *look->sealed);
    if (!look->effects.items || !look->probed || !look->asked || !look->planned || !look->sealed)
        abort();
    for (uint32_t i = 0; i < settings->watch_count; i++)
        look->probes_left += check_kind_probes(settings->checks[settings->watches[i].check].kind) ? 1 : 0;
    look->reads_left = settings->record_count;
    return true;
}

static void take_down(struct look *look)
{
    engine_free(look->engine);
    dns_client_free(look->dns);
    prober_free(look->prober);
    loop_free(look->loop);
    free(look->effects.items);
    free(look->probed);
    free(look->asked);
    free(look->planned);
    free(look->sealed);
}

int plan_once(const struct settings *settings, const char *state_directory)
{
    struct settings now = *settings;
    struct look look = {.settings = &now};
    struct error err = {0};
    uint64_t owner;
    now.safety.dry_run = false;
    now.safety.start_grace_ms = 0;
    printf("; what would be sent now, after one look at each target; nothing was sent\n");
    bool good = find_owner(settings, state_directory, &owner, &err) && build(&look, owner, &err);
    if (good) {
        loop_wake_at(look.loop, loop_now(look.loop));
        loop_run(look.loop);
        for (uint32_t i = 0; i < settings->record_count && !look.stopped; i++)
            render_plan_note(settings, look.engine, i, look.planned[i], stdout);
    } else {
        fprintf(stderr, "repointd: %s\n", err.text);
    }
    take_down(&look);
    return good && !look.stopped && look.unread == 0 ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
