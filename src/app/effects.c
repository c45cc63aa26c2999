/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the engine's one door and the hands of the io floor.
 * What:  the one switch that carries out effects.
 * Why:   the order of a list is kept, as later effects may rest on earlier ones; and a batch is taken at once, as
 *        the view of it dies with the engine's next event. No hand calls back from inside a start, so the engine is
 *        never entered twice.
 */
#include "app/effects.h"

#include "app/keeper.h"
#include "app/counters.h"
#include "app/switches.h"
#include "app/trends.h"

#include "core/record.h"
#include "io/loop.h"

#include <assert.h>

/* Bounds one turn: a storm of wake-ups must not keep answers waiting in their sockets. */
#define WAKES_A_TURN 16

/* What is under way for a record, for the state directory. */
static void save(struct hands *hands, uint32_t record)
{
    struct plan plans[IN_FLIGHT_MESSAGES_MAX];
    struct restore messages[IN_FLIGHT_MESSAGES_MAX];
    uint32_t count = 0;
    if (!hands->in_flight)
        return;
    while (count < IN_FLIGHT_MESSAGES_MAX &&
           record_kept(engine_record(hands->engine, record), count, &plans[count], &messages[count]))
        count++;
    in_flight_save(hands->in_flight, record, messages, count);
    hands->saved = true;
}

/* Before a message leaves, and when a list is through; the daemon goes on where that does not work. */
static void write_saved(struct hands *hands, mono_ms now)
{
    struct error err;
    if (!hands->saved)
        return;
    hands->saved = false;
    if (!in_flight_flush(hands->in_flight, now, &err))
        report_state_unwritable(hands->report, STATE_PART_IN_FLIGHT, err.text, KEEPER_COST_IN_FLIGHT);
}

static void carry_out(struct hands *hands, const struct effect *effect, mono_ms now)
{
    switch (effect->kind) {
    case EFFECT_PROBE:
        pulse_asked(hands->pulse, effect->op.subject, now);
        prober_start(hands->prober, effect->op, effect->due);
        return;
    case EFFECT_PROBE_CANCEL:
        pulse_answered(hands->pulse, effect->op.subject, now);
        prober_cancel(hands->prober, effect->op);
        return;
    case EFFECT_READ:
        dns_client_read(hands->dns, effect->op);
        return;
    case EFFECT_SEND:
        write_saved(hands, now);
        if (hands->counters)
            counters_send(hands->counters, effect->op.subject, engine_batch(hands->engine, effect->op.subject)->count);
        dns_client_send(hands->dns, effect->op, engine_batch(hands->engine, effect->op.subject));
        return;
    case EFFECT_VERIFY:
        dns_verify_start(hands->verify, effect->op);
        return;
    case EFFECT_SAVE:
        save(hands, effect->op.subject);
        return;
    case EFFECT_REPLY:
        if (hands->reply)
            hands->reply(&effect->reply, hands->reply_ctx);
        return;
    case EFFECT_TELL:
        hands->told = true;
        if (effect->notice.kind == NOTICE_OVERRIDE_ENDED) {
            if (hands->override_ended)
                hands->override_ended(effect->notice.override, hands->reply_ctx);
            return;
        }
        if (hands->counters)
            counters_notice(hands->counters, &effect->notice);
        if (hands->history)
            switches_note(hands->history, hands->report, &effect->notice, now);
        if (hands->trends)
            trends_note(hands->trends, hands->engine, &effect->notice, now, loop_wall_ms());
        report_notice(hands->report, &effect->notice, now);
        return;
    }
    assert(effect->kind == EFFECT_TELL);
}

void effects_handle(struct hands *hands, const struct event *event, mono_ms now)
{
    hands->effects.count = 0;
    engine_handle(hands->engine, event, now, &hands->effects);
    for (uint32_t i = 0; i < hands->effects.count; i++)
        carry_out(hands, &hands->effects.items[i], now);
    write_saved(hands, now);
}

void effects_wake(struct hands *hands, mono_ms now)
{
    for (uint32_t i = 0; i < WAKES_A_TURN && engine_deadline(hands->engine) <= now; i++)
        effects_handle(hands, &(struct event){.kind = EVENT_WAKE}, now);
}
