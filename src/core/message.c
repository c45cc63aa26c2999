/* SPDX-License-Identifier: MIT */
/*
 * Where: core, at its door.
 * What:  the words of outcomes, and adding to the list of effects.
 * Why:   the list is the caller's and bounded; whoever adds has made sure before that a whole step of work fits.
 */

#include "core/message.h"

#include <assert.h>

const char *outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_ACCEPTED:
        return "accepted";
    case OUTCOME_PREREQ:
        return "prereq";
    case OUTCOME_DENIED:
        return "denied";
    case OUTCOME_NOT_SERVED:
        return "not-served";
    case OUTCOME_CLOCK:
        return "clock";
    case OUTCOME_CONFIG:
        return "config";
    case OUTCOME_SERVER_FAILURE:
        return "server-failure";
    case OUTCOME_BUG:
        return "bug";
    case OUTCOME_UNKNOWN:
        return "unknown";
    case OUTCOME_NOT_SENT:
        return "not-sent";
    }
    return "none";
}

bool dns_report_hints_at_rights(const struct dns_report *report)
{
    enum { NOTAUTH = 9, BADKEY = 17 }; /* RFC 2136 2.2, RFC 8945 3 */
    return report->outcome == OUTCOME_UNKNOWN && report->has_answer && !report->verified && report->rcode == NOTAUTH &&
           report->tsig_error == BADKEY;
}

uint32_t effects_left(const struct effects *effects)
{
    return effects->room - effects->count;
}

static struct effect *add(struct effects *effects, enum effect_kind kind, struct op op)
{
    assert(effects->count < effects->room);
    struct effect *effect = &effects->items[effects->count++];
    effect->kind = kind;
    effect->op = op;
    effect->due = MONO_NEVER;
    return effect;
}

struct notice *effects_tell(struct effects *effects, enum notice_kind kind)
{
    struct effect *effect = add(effects, EFFECT_TELL, (struct op){.subject = ID_NONE});
    effect->notice = (struct notice){.kind = kind,
                                     .record = ID_NONE,
                                     .value = ID_NONE,
                                     .watch = ID_NONE,
                                     .target = ID_NONE,
                                     .from = ID_NONE,
                                     .to = ID_NONE,
                                     .duration_ms = -1,
                                     .next_ms = -1,
                                     .latency_us = -1};
    return &effect->notice;
}

void effects_probe(struct effects *effects, struct op op, mono_ms due)
{
    add(effects, EFFECT_PROBE, op)->due = due;
}

void effects_probe_cancel(struct effects *effects, struct op op)
{
    add(effects, EFFECT_PROBE_CANCEL, op);
}

void effects_read(struct effects *effects, struct op op)
{
    add(effects, EFFECT_READ, op);
}

void effects_send(struct effects *effects, struct op op)
{
    add(effects, EFFECT_SEND, op);
}

void effects_verify(struct effects *effects, struct op op)
{
    add(effects, EFFECT_VERIFY, op);
}

void effects_save(struct effects *effects, uint32_t record)
{
    add(effects, EFFECT_SAVE, (struct op){.subject = record});
}

struct reply *effects_reply(struct effects *effects, uint32_t number, enum command_result result)
{
    struct effect *effect = add(effects, EFFECT_REPLY, (struct op){.subject = ID_NONE});
    effect->reply = (struct reply){.number = number, .result = result};
    return &effect->reply;
}
