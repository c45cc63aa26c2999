/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, between world and the engine.
 * What:  hands events to the engine, carries its effects out, and makes events of what comes back.
 * Why:   one place calls engine_handle, so nothing reaches the engine that the checkers have not seen.
 */

#include "door.h"

#include "memory.h"

static void carry_out(struct world *world, const struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_PROBE:
        network_probe(world, effect);
        break;
    case EFFECT_PROBE_CANCEL:
        network_cancel(world, effect->op);
        break;
    case EFFECT_READ:
        servers_read(world, effect->op);
        break;
    case EFFECT_SEND:
        servers_send(world, effect->op, engine_batch(world->engine, effect->op.subject));
        break;
    case EFFECT_SAVE:
        disk_save(world, effect->op.subject);
        break;
    case EFFECT_VERIFY:
        secondary_look(world, effect->op);
        break;
    case EFFECT_REPLY:
        if (!world->is_stopping || world->reload.fresh)
            operator_on_reply(world, &effect->reply);
        break;
    case EFFECT_TELL:
        break;
    }
}

static void deal(struct world *world, const struct event *event)
{
    if (world->trace.mode)
        trace_event(world, event);
    if (!world->is_stopping && event->kind != EVENT_RESTORE && event->kind != EVENT_SWITCHED)
        safety_on_silence(world);
    world->effects.count = 0;
    memory_watch();
    engine_handle(world->engine, event, world->now, &world->effects);
    memory_unwatch();
    for (uint32_t i = 0; i < world->effects.count && !world->violation.is_set; i++) {
        if (world->trace.mode)
            trace_effect(world, &world->effects.items[i]);
        safety_on_effect(world, &world->effects.items[i]);
        if (!world->violation.is_set)
            carry_out(world, &world->effects.items[i]);
    }
    safety_after(world, event);
    world->deadline = engine_deadline(world->engine);
}

void door_hand_over(struct world *world, const struct event *event)
{
    safety_on_event(world, event);
    deal(world, event);
}

/* ---- answers ---- */

static void probe_answer(struct world *world, const struct happening *happening)
{
    struct probe_report report;
    struct event event = {.kind = EVENT_PROBE_DONE, .is.probe = &report};
    if (network_take(world, happening->subject, (uint32_t)happening->number, &event.op, &report))
        door_hand_over(world, &event);
}

static void read_answer(struct world *world, const struct happening *happening)
{
    static uint8_t storage[CONTENTS_STORAGE];
    struct read_pending read;
    if (!servers_take_read(world, happening->subject, (uint32_t)happening->number, &read))
        return;
    struct observed observed = {.authenticated = read.authenticated,
                                .aa = read.aa,
                                .occluded = read.occluded,
                                .has_serial = true,
                                .serial = world->servers.serials[world->settings->records[happening->subject].zone]};
    if (world->is_hushed && read.report.outcome == OUTCOME_ACCEPTED &&
        (!read.authenticated || (!read.aa && !read.occluded && !read.shown.cname))) {
        read.report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
        world->counters.hushed++;
    }
    contents_show(&world->settings->records[happening->subject], &read.shown, storage, &observed);
    struct event event = {.kind = EVENT_READ_DONE, .op = read.op, .is.read.report = &read.report};
    if (read.report.outcome == OUTCOME_ACCEPTED)
        event.is.read.observed = &observed;
    if (world->trace.mode && event.is.read.observed) {
        char text[160];
        contents_format(&read.shown, text, sizeof text);
        trace_line(world, "        record %u shows %s", happening->subject, text);
    }
    safety_on_read(world, happening->subject, &read);
    door_hand_over(world, &event);
    safety_after_read(world, happening->subject);
}

static void send_answer(struct world *world, const struct happening *happening)
{
    struct send_pending send;
    if (!servers_take_send(world, happening->subject, (uint32_t)happening->number, &send))
        return;
    struct message *message = &world->servers.messages[send.message];
    struct event event = {.kind = EVENT_SEND_DONE, .op = send.op, .is.send = &send.report};
    message->is_awaited = false;
    if (world->is_hushed && send.report.has_answer && !send.report.verified) {
        send.report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
        world->counters.hushed++;
    }
    safety_on_outcome(world, message, send.report.outcome);
    servers_release(world, send.message);
    door_hand_over(world, &event);
}

/* An operation answers once. Here its answer comes again, and says something else. */
static void echo(struct world *world, const struct happening *happening)
{
    struct op op = {.subject = happening->subject, .ticket = (uint32_t)happening->number};
    struct dns_report report = {.outcome = OUTCOME_ACCEPTED, .has_answer = true, .verified = true};
    struct observed observed = {.authenticated = true, .aa = true};
    struct probe_report probe = {
        .verdict = chance_one_in(world, 2) ? VERDICT_PASS : VERDICT_FAIL, .reason = REASON_OK, .started = world->now};
    struct event event = {.kind = EVENT_WAKE, .op = op};
    if (happening->kind == HAPPENS_READ_ECHO) {
        const struct record_settings *record = &world->settings->records[op.subject];
        for (uint32_t t = 0; t < record->type_count; t++)
            observed.sets[t].type = record->types[t];
        event.kind = EVENT_READ_DONE;
        event.is.read.report = &report;
        event.is.read.observed = &observed;
    } else if (happening->kind == HAPPENS_SEND_ECHO) {
        event.kind = EVENT_SEND_DONE;
        event.is.send = &report;
    } else {
        event.kind = EVENT_PROBE_DONE;
        event.is.probe = &probe;
        if (probe.verdict == VERDICT_FAIL)
            probe.reason = REASON_REFUSED;
    }
    trace_line(world, "fault   an answer comes twice");
    deal(world, &event); /* nobody waits for it, so the judge does not hear of it */
}

void door_answer(struct world *world, const struct happening *happening)
{
    switch ((enum happening_kind)happening->kind) {
    case HAPPENS_PROBE_ANSWER:
        probe_answer(world, happening);
        break;
    case HAPPENS_READ_ANSWER:
        read_answer(world, happening);
        break;
    case HAPPENS_SEND_ANSWER:
        send_answer(world, happening);
        break;
    case HAPPENS_LOOK_ANSWER:
        secondary_answer(world, happening->subject, (uint32_t)happening->number);
        break;
    case HAPPENS_PROBE_ECHO:
    case HAPPENS_READ_ECHO:
    case HAPPENS_SEND_ECHO:
        echo(world, happening);
        break;
    case HAPPENS_GAP_END:
        door_hand_over(world, &(struct event){.kind = EVENT_GAP, .is.gap_ms = (uint32_t)happening->number});
        break;
    case HAPPENS_STOP_CUT:
        daemon_cut_stop(world);
        break;
    case HAPPENS_STOP_END:
        daemon_finish_stop(world);
        break;
    case HAPPENS_ARRIVAL:
    case HAPPENS_FAULT_BEGIN:
    case HAPPENS_FAULT_END:
    case HAPPENS_CALM:
    case HAPPENS_START:
    case HAPPENS_BEAT:
    case HAPPENS_MISHAP:
    case HAPPENS_RIVAL:
    case HAPPENS_RESTORED:
    case HAPPENS_TICK:
        break;
    }
}
