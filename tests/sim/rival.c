/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside world.
 * What:  compare rival.h. Its messages meet the same zones by the same rules; of the troubles of name servers it has a
 *        few of its own.
 */

#include "bare.h"
#include "mail.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void hand_over(struct world *world, const struct event *event);

void rival_begins(struct world *world, bool is_clone)
{
    struct rival *rival = &world->rival;
    struct error err = {0};
    assert(!rival->engine);
    if (!rival->effects.items) {
        rival->effects = (struct effects){.room = EFFECTS_ROOM, .items = calloc(EFFECTS_ROOM, sizeof(struct effect))};
        rival->records = calloc(world->setup.settings.record_count + 1, sizeof *rival->records);
        assert(rival->effects.items && rival->records);
    }
    memset(rival->records, 0, world->settings->record_count * sizeof *rival->records);
    rival->owner = is_clone ? world->owner : random_u64(&world->chance);
    rival->sees_the_contrary = chance_one_in(world, 2);
    rival->life++;
    rival->engine = engine_new(world->settings, rival->owner, random_u64(&world->chance), world->now, &err);
    assert(rival->engine);
    rival->deadline = engine_deadline(rival->engine);
    trace_line(world, "rival   begins: %s%s", is_clone ? "a clone" : "of another owner",
               rival->sees_the_contrary ? ", which sees the contrary" : "");
}

void rival_ends(struct world *world)
{
    engine_free(world->rival.engine);
    world->rival.engine = NULL;
    trace_line(world, "rival   ends");
}

void rival_done(struct world *world)
{
    struct rival *rival = &world->rival;
    engine_free(rival->engine);
    for (uint32_t t = 0; t < rival->task_count; t++)
        mail_done(&rival->tasks[t].message);
    free(rival->tasks);
    free(rival->effects.items);
    free(rival->records);
}

mono_ms rival_deadline(const struct world *world)
{
    return world->rival.engine ? mono_later(world->rival.deadline, world->now) : MONO_NEVER;
}

void rival_wakes(struct world *world)
{
    hand_over(world, &(struct event){.kind = EVENT_WAKE});
}

/* ---- what it asks for ---- */

static struct rival_task *add_task(struct world *world, enum rival_task_kind kind, struct op op, mono_ms at)
{
    struct rival *rival = &world->rival;
    uint32_t place = 0;
    while (place < rival->task_count && rival->tasks[place].kind != RIVAL_NOTHING)
        place++;
    if (place == rival->task_room) {
        rival->task_room = rival->task_room ? 2 * rival->task_room : 16;
        rival->tasks = realloc(rival->tasks, rival->task_room * sizeof *rival->tasks);
        assert(rival->tasks);
    }
    if (place == rival->task_count)
        rival->task_count++;
    rival->tasks[place] = (struct rival_task){.kind = kind, .op = op, .life = rival->life};
    agenda_add(&world->agenda, (struct happening){.at = at, .kind = HAPPENS_RIVAL, .subject = place});
    return &rival->tasks[place];
}

static void probe(struct world *world, struct op op)
{
    const struct endpoint_truth *endpoint = &world->network.endpoints[op.subject];
    uint32_t total_ms = world->settings->checks[world->settings->watches[op.subject].check].total_ms;
    uint32_t took_ms = chance_between(world, 1, total_ms < 200 ? total_ms : 200);
    bool passes = endpoint->mode == ENDPOINT_ALIVE || (endpoint->mode != ENDPOINT_DEAD && chance_one_in(world, 2));
    if (world->rival.sees_the_contrary && !judge_is_reference(world, op.subject))
        passes = !passes;
    struct rival_task *task = add_task(world, RIVAL_PROBE, op, world->now + took_ms);
    task->probe = (struct probe_report){.verdict = passes ? VERDICT_PASS : VERDICT_FAIL,
                                        .reason = passes ? REASON_OK : REASON_REFUSED,
                                        .started = world->now};
}

static bool is_server_ill(const struct world *world, uint32_t server)
{
    return world->servers.faults[server] > 0;
}

static void read_record(struct world *world, struct op op)
{
    struct rival_task *task = add_task(world, RIVAL_READ, op, world->now + chance_between(world, 1, 12));
    task->outcome = is_server_ill(world, server_of_record(world, op.subject)) ? OUTCOME_NOT_SENT : OUTCOME_ACCEPTED;
}

static bool may_build_on(const struct rival_record *record, uint64_t nonce)
{
    for (uint32_t i = 0; i < record->next && i < RIVAL_NONCES; i++)
        if (record->nonces[i] == nonce)
            return true;
    return false;
}

static void add_nonce(struct rival_record *record, uint64_t nonce)
{
    if (!may_build_on(record, nonce))
        record->nonces[record->next++ % RIVAL_NONCES] = nonce;
}

/* S17: nobody writes upon what another daemon has written, be it a clone of the same id. */
static void judge_member(struct world *world, const struct sent *sent)
{
    struct rival *rival = &world->rival;
    struct rival_record *record = &rival->records[sent->record];
    if (sent_matters(sent) && sent->has_old && sent->old.owner != rival->owner)
        violate(world, "S17", "record %u: a second daemon writes upon a marker of owner %016llx", sent->record,
                (unsigned long long)sent->old.owner);
    if (sent_matters(sent) && sent->has_old && !may_build_on(record, sent->old.nonce))
        violate(world, "S17", "record %u: a second daemon goes on upon a marker that it neither wrote nor found",
                sent->record);
    if (sent_matters(sent) && !sent->has_old && !is_bare(world, sent->record) && sent->kind != PLAN_ADOPT &&
        sent->kind != PLAN_CREATE)
        violate(world, "S17", "record %u: a second daemon sends a %s without a marker", sent->record,
                plan_kind_name(sent->kind));
    if (sent_matters(sent))
        add_nonce(record, sent->fresh.nonce);
}

static void answer_at(struct world *world, struct op op, enum outcome outcome, mono_ms at)
{
    add_task(world, RIVAL_ANSWER, op, at)->outcome = outcome;
}

static void send_message(struct world *world, struct op op)
{
    uint32_t server = world->settings->zones[op.subject].server;
    if (is_server_ill(world, server)) {
        answer_at(world, op, OUTCOME_NOT_SENT, world->now + 1);
        return;
    }
    struct rival_task *task = add_task(world, RIVAL_ARRIVAL, op, world->now + chance_between(world, 0, 8));
    mail_write(world, &task->message, op.subject, engine_batch(world->rival.engine, op.subject));
    for (uint32_t m = 0; m < task->message.members; m++) {
        judge_member(world, &task->message.sent[m]);
        trace_line(world, "rival   sends a %s of record %u", plan_kind_name(task->message.sent[m].kind),
                   task->message.sent[m].record);
    }
}

/* ---- what comes back ---- */

static void arrives(struct world *world, struct rival_task *task)
{
    struct message message = task->message;
    struct servers *servers = &world->servers;
    uint32_t server = world->settings->zones[message.zone].server;
    uint32_t timeout_ms = world->settings->servers[server].timeout_ms;
    enum outcome outcome = OUTCOME_PREREQ;
    task->message = (struct message){0};
    if (zone_judge_prerequisites(&servers->nodes, &message.prerequisites) == RCODE_NOERROR) {
        outcome = OUTCOME_ACCEPTED;
        for (uint32_t m = 0; m < message.members; m++)
            if (sent_matters(&message.sent[m]))
                servers_note_change(world, message.sent[m].record);
        servers->serials[message.zone] += zone_update(&servers->nodes, &message.updates);
        for (uint32_t m = 0; m < message.members; m++) {
            const struct sent *sent = &message.sent[m];
            if (!sent_matters(sent))
                continue;
            world->rival.switches += sent->kind == PLAN_SWITCH;
            trace_line(world, "rival   its %s of record %u is applied", plan_kind_name(sent->kind), sent->record);
            safety_on_edit(world, sent->record);
        }
    }
    if (chance_one_in(world, 8)) /* the answer gets lost */
        answer_at(world, task->op, OUTCOME_UNKNOWN, world->now + timeout_ms);
    else
        answer_at(world, task->op, outcome, world->now + chance_between(world, 1, 12));
    mail_done(&message);
}

static void shows(struct world *world, const struct rival_task *task)
{
    static uint8_t storage[CONTENTS_STORAGE];
    struct contents now;
    uint32_t record = task->op.subject;
    struct rival_record *of = &world->rival.records[record];
    struct dns_report report = {.outcome = task->outcome, .has_answer = true, .verified = true};
    struct observed observed = {.authenticated = true, .aa = true};
    contents_now(world, record, &now);
    contents_show(&world->settings->records[record], &now, storage, &observed);
    struct event event = {.kind = EVENT_READ_DONE, .op = task->op, .is.read.report = &report};
    if (task->outcome == OUTCOME_ACCEPTED)
        event.is.read.observed = &observed;
    if (task->outcome == OUTCOME_ACCEPTED && !of->has_read && now.form == MARKER_FORM_ONE)
        add_nonce(of, now.marker.nonce);
    of->has_read |= task->outcome == OUTCOME_ACCEPTED;
    hand_over(world, &event);
}

void rival_happens(struct world *world, const struct happening *happening)
{
    struct rival *rival = &world->rival;
    struct rival_task task = rival->tasks[happening->subject];
    rival->tasks[happening->subject] = (struct rival_task){0};
    bool is_awaited = rival->engine && task.life == rival->life;
    struct dns_report report = {.outcome = task.outcome,
                                .has_answer = task.outcome < OUTCOME_UNKNOWN,
                                .verified = task.outcome < OUTCOME_UNKNOWN};
    switch (task.kind) {
    case RIVAL_ARRIVAL:
        arrives(world, &task);
        break;
    case RIVAL_PROBE:
        if (is_awaited)
            hand_over(world, &(struct event){.kind = EVENT_PROBE_DONE, .op = task.op, .is.probe = &task.probe});
        break;
    case RIVAL_READ:
        if (is_awaited)
            shows(world, &task);
        break;
    case RIVAL_ANSWER:
        if (is_awaited)
            hand_over(world, &(struct event){.kind = EVENT_SEND_DONE, .op = task.op, .is.send = &report});
        break;
    case RIVAL_NOTHING:
        break;
    }
}

static void hand_over(struct world *world, const struct event *event)
{
    struct rival *rival = &world->rival;
    engine_handle(rival->engine, event, world->now, &rival->effects);
    for (uint32_t i = 0; i < rival->effects.count && !world->violation.is_set; i++) {
        const struct effect *effect = &rival->effects.items[i];
        if (effect->kind == EFFECT_PROBE)
            probe(world, effect->op);
        else if (effect->kind == EFFECT_READ)
            read_record(world, effect->op);
        else if (effect->kind == EFFECT_SEND)
            send_message(world, effect->op);
    }
    rival->deadline = engine_deadline(rival->engine);
}
