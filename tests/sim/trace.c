/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator; see trace.h.
 * What:  events and effects as lines.
 */

#include "host.h"
#include "world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const notice_names[NOTICE_CORE_COUNT] = {
    [NOTICE_PROBE_FAILING] = "probe-failing",
    [NOTICE_TARGET_DOWN] = "target-down",
    [NOTICE_TARGET_UP] = "target-up",
    [NOTICE_TARGET_UNKNOWN] = "target-unknown",
    [NOTICE_FAILOVER] = "failover",
    [NOTICE_FAIL_BACK] = "fail-back",
    [NOTICE_PUBLISHED] = "published",
    [NOTICE_NO_HEALTHY_TARGET] = "no-healthy-target",
    [NOTICE_UPDATE_FAILED] = "update-failed",
    [NOTICE_FOREIGN_CHANGE] = "foreign-change",
    [NOTICE_OWNED] = "owned",
    [NOTICE_NOT_OURS] = "not-ours",
    [NOTICE_CONFLICT] = "conflict",
    [NOTICE_CLOCK_SKEW] = "clock-skew",
    [NOTICE_FLAPPING] = "flapping",
    [NOTICE_WOULD_SEND] = "would-send",
    [NOTICE_RIGHTS] = "rights",
    [NOTICE_CUT_OFF] = "cut-off",
    [NOTICE_CONNECTED] = "connected",
    [NOTICE_SERVED] = "served",
    [NOTICE_NOT_SERVED] = "not-served",
    [NOTICE_OVERRIDE_ENDED] = "override-ended",
    [NOTICE_GAP] = "gap",
    [NOTICE_PROBES_LATE] = "probes-late",
};

const char *notice_name(enum notice_kind kind)
{
    return kind >= 1 && kind < NOTICE_CORE_COUNT && notice_names[kind] ? notice_names[kind] : "?";
}

void clock_format(int64_t ms, char text[CLOCK_TEXT_MAX])
{
    int64_t days = ms / DAY_MS;
    int64_t rest = ms % DAY_MS;
    snprintf(text, CLOCK_TEXT_MAX, "%" PRId64 "d%02d:%02d:%02d.%03d", days, (int)(rest / 3600000),
             (int)(rest / 60000 % 60), (int)(rest / 1000 % 60), (int)(rest % 1000));
}

void trace_line(struct world *world, const char *format, ...)
{
    struct trace *trace = &world->trace;
    if (trace->mode == TRACE_OFF)
        return;
    char clock[CLOCK_TEXT_MAX], words[TRACE_WIDTH - CLOCK_TEXT_MAX - 16];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    clock_format(world->now - world->began, clock);
    if (trace->mode == TRACE_ALL)
        printf("%s %s\n", clock, words);
    else
        snprintf(trace->lines[trace->next++ % TRACE_LINES], TRACE_WIDTH, "%s %s", clock, words);
}

void trace_event(struct world *world, const struct event *event)
{
    static const char *const verdicts[] = {"", "pass", "fail", "local"};
    switch (event->kind) {
    case EVENT_WAKE:
        return;
    case EVENT_HEARTBEAT:
    case EVENT_PROBE_DONE:
        trace_line(world, "event   PROBE_DONE watch %u #%u: %s (%s), started %" PRId64 " ms ago", event->op.subject,
                   event->op.ticket, verdicts[event->is.probe->verdict], reason_name(event->is.probe->reason),
                   world->now - event->is.probe->started);
        return;
    case EVENT_READ_DONE: {
        const struct observed *observed = event->is.read.observed;
        trace_line(world, "event   READ_DONE record %u #%u: %s%s%s%s", event->op.subject, event->op.ticket,
                   outcome_name(event->is.read.report->outcome),
                   observed && !observed->authenticated ? ", not authenticated" : "",
                   observed && !observed->aa ? ", not authoritative" : "",
                   observed && observed->occluded ? ", occluded" : "");
        return;
    }
    case EVENT_SEND_DONE:
        trace_line(world, "event   SEND_DONE zone %u #%u: %s", event->op.subject, event->op.ticket,
                   outcome_name(event->is.send->outcome));
        return;
    case EVENT_VERIFY_DONE:
        trace_line(world, "event   VERIFY_DONE record %u #%u", event->op.subject, event->op.ticket);
        return;
    case EVENT_COMMAND:
        trace_line(world, "event   COMMAND %u to record %u", event->is.command->number, event->is.command->record);
        return;
    case EVENT_OVERRIDE:
        trace_line(world, "event   OVERRIDE %u: %s record %d target %u", event->is.override->id,
                   override_kind_name(event->is.override->kind), (int)event->is.override->record,
                   event->is.override->target);
        return;
    case EVENT_RELEASE:
        trace_line(world, "event   RELEASE %u", event->is.released);
        return;
    case EVENT_RESTORE:
        trace_line(world, "event   RESTORE record %u", event->is.restore->record);
        return;
    case EVENT_SWITCHED:
        trace_line(world, "event   SWITCHED record %u, %lld ms ago", event->op.subject, (long long)event->is.age_ms);
        return;
    case EVENT_GAP:
        trace_line(world, "event   GAP of %u ms", event->is.gap_ms);
        return;
    case EVENT_STOPPING:
        trace_line(world, "event   STOPPING");
        return;
    }
}

static void trace_notice(struct world *world, const struct notice *n)
{
    char places[80] = "";
    if (n->kind == NOTICE_FAILOVER || n->kind == NOTICE_FAIL_BACK)
        snprintf(places, sizeof places, " target %d -> %d%s", (int)n->from, (int)n->to,
                 n->answer_was_lost ? ", answer was lost" : "");
    else if (n->kind <= NOTICE_TARGET_UNKNOWN)
        snprintf(places, sizeof places, " target %d watch %d", (int)n->target, (int)n->watch);
    trace_line(world, "effect  TELL %s record %d%s%s%s%s%s%s %.60s", notice_name(n->kind), (int)n->record, places,
               n->condition ? " " : "", n->condition ? condition_name(n->condition) : "", n->cause ? " cause " : "",
               n->cause ? decision_reason_name(n->cause) : "", n->repeated ? " (again)" : "", n->detail);
}

void trace_effect(struct world *world, const struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_PROBE:
        trace_line(world, "effect  PROBE watch %u #%u", effect->op.subject, effect->op.ticket);
        return;
    case EFFECT_PROBE_CANCEL:
        trace_line(world, "effect  PROBE_CANCEL watch %u #%u", effect->op.subject, effect->op.ticket);
        return;
    case EFFECT_READ:
        trace_line(world, "effect  READ record %u #%u", effect->op.subject, effect->op.ticket);
        return;
    case EFFECT_SEND:
        trace_line(world, "effect  SEND zone %u #%u", effect->op.subject, effect->op.ticket);
        return;
    case EFFECT_VERIFY:
        trace_line(world, "effect  VERIFY record %u #%u", effect->op.subject, effect->op.ticket);
        return;
    case EFFECT_SAVE:
        trace_line(world, "effect  SAVE record %u", effect->op.subject);
        return;
    case EFFECT_REPLY:
        trace_line(world, "effect  REPLY to command %u: %d", effect->reply.number, (int)effect->reply.result);
        return;
    case EFFECT_TELL:
        trace_notice(world, &effect->notice);
        return;
    }
}

static void trace_target(struct world *world, const struct target_settings *target)
{
    char text[200];
    int used = 0;
    for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
        char address[ADDRESS_TEXT_MAX];
        const struct address place = place_of_value(world->settings, v);
        place_format(&place, address);
        used += snprintf(text + used, sizeof text - (size_t)used, " %s", address);
        if (world->settings->values[v].watch == ID_NONE)
            used += snprintf(text + used, sizeof text - (size_t)used, " (no check)");
        else
            used += snprintf(text + used, sizeof text - (size_t)used, " (watch %u, check %u)",
                             world->settings->values[v].watch,
                             world->settings->watches[world->settings->values[v].watch].check);
    }
    trace_line(world, "given     %s, at least %u:%s", target->role, target->least_healthy, text);
}

void trace_settings(struct world *world)
{
    static const char *const downs[] = {"", "keep", "primary", "fallback"};
    const struct settings *settings = world->settings;
    for (uint32_t c = 0; c < settings->check_count; c++)
        trace_line(world, "given   check %u: interval %u, changing %u, timeout %u ms, rise %u, fall %u, jitter %u", c,
                   settings->checks[c].interval_ms, settings->checks[c].interval_changing_ms,
                   settings->checks[c].total_ms, settings->checks[c].rise, settings->checks[c].fall,
                   settings->checks[c].jitter_permille);
    for (uint32_t s = 0; s < settings->server_count; s++)
        trace_line(world, "given   server %u: timeout %u, retry %u … %u, audit %u ms, batch %u", s,
                   settings->servers[s].timeout_ms, settings->servers[s].retry_first_ms,
                   settings->servers[s].retry_most_ms, settings->servers[s].audit_ms, settings->servers[s].batch);
    for (uint32_t r = 0; r < settings->record_count; r++) {
        const struct record_settings *record = &settings->records[r];
        trace_line(world,
                   "given   record %u, zone %u, server %u: %s fail-back %u … %u in %u ms, at most %u, all-down %s, "
                   "publish %s%s%s%s%s",
                   r, record->zone, server_of_record(world, r), record->fail_back == FAIL_BACK_AUTO ? "auto" : "manual",
                   record->fail_back_ms, record->fail_back_most_ms, record->flap_window_ms, record->switches_most,
                   downs[record->all_down], record->publish == PUBLISH_ALL ? "all" : "healthy",
                   record->adopt ? "" : ", no adoption", record->create ? ", create" : "",
                   record->verify_failover ? "" : ", unverified", record->enabled ? "" : ", off");
        for (uint32_t t = 0; t < record->target_count; t++)
            trace_target(world, &settings->targets[record->target_first + t]);
    }
    trace_line(world, "given   start-grace %u ms%s", settings->safety.start_grace_ms,
               settings->safety.dry_run ? ", dry run" : "");
}

void trace_print_ring(const struct trace *trace)
{
    uint32_t count = trace->next < TRACE_LINES ? trace->next : TRACE_LINES;
    for (uint32_t i = trace->next - count; i != trace->next; i++)
        printf("#   %s\n", trace->lines[i % TRACE_LINES]);
}
