/* SPDX-License-Identifier: MIT */
/*
 * See door.h.
 */

#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OWNER     UINT64_C(0x4be1c0de77aa0912)
#define PROBE_MS  5
#define READ_MS   3
#define SEND_MS   4
#define VERIFY_MS 2

static void keep(struct door_name *name, uint32_t type, const struct rrset *set)
{
    bool fits = rrset_copy(set, name->bytes[type], sizeof(name->bytes[type]), &name->sets[type]);
    assert_true(fits);
}

void door_hold(struct door *door, uint32_t record, const char *addresses, const struct marker *marker)
{
    struct observed seen = site_seen(door->site, addresses, marker);
    struct door_name *name = &door->names[record];
    keep(name, 0, &seen.sets[0]);
    keep(name, 1, &seen.sets[1]);
    name->form = seen.form;
    name->marker = seen.marker;
    door->site->used = 0; /* copied */
}

struct door *door_open(struct site *site, bool holds)
{
    struct door *door = calloc(1, sizeof(*door));
    assert_non_null(door);
    door->site = site;
    door->now = 1000;
    door->serial = 100;
    door->effects = (struct effects){.room = EFFECTS_ROOM, .items = door->items};
    for (uint32_t i = 0; i < site->settings.record_count; i++) {
        char text[ADDRESS_TEXT_MAX];
        address_format(&site->values[site->targets[site->records[i].target_first].value_first].address, text);
        door_hold(door, i, holds ? text : "", NULL);
    }
    struct error err;
    door->engine = engine_new(&site->settings, OWNER, 7, door->now, &err);
    assert_non_null(door->engine);
    door_rehearse(door, MONO_NEVER);
    return door;
}

void door_rehearse(struct door *door, mono_ms at)
{
    for (uint32_t i = 0; i < door->site->settings.record_count; i++)
        ((struct record *)door_record(door, i))->txn.rehearse_at = at;
}

void door_close(struct door *door)
{
    engine_free(door->engine);
    site_free(door->site);
    free(door);
}

/* ---- the name server ---- */

static bool holds(const struct door_name *name, const struct plan *plan, uint32_t types)
{
    if (plan->has_old ? name->form != MARKER_FORM_ONE || !marker_equal(&name->marker, &plan->old)
                      : name->form != MARKER_FORM_NONE)
        return false;
    if (plan->kind == PLAN_FENCE || plan->kind == PLAN_DISOWN)
        return true;
    for (uint32_t i = 0; i < types; i++)
        if (!rrset_same_data(&name->sets[i], &plan->expect[i]))
            return false;
    return !name->cname;
}

static void apply(struct door *door, struct door_name *name, const struct plan *plan)
{
    if (plan->kind == PLAN_ASSERT || plan->kind == PLAN_REHEARSE)
        return;
    if (plan->kind == PLAN_SWITCH || plan->kind == PLAN_CREATE || plan->kind == PLAN_TTL)
        for (uint32_t i = 0; i < 2; i++)
            if (plan->publish[i].type != 0)
                keep(name, i, &plan->publish[i]);
    name->form = plan->kind == PLAN_DISOWN ? MARKER_FORM_NONE : MARKER_FORM_ONE;
    name->marker = plan->fresh;
    door->serial++;
}

static void note_member(struct door *door, const struct batch_member *member)
{
    struct door_send *send = &door->sent[door->send_count++];
    assert_true(door->send_count <= DOOR_SENDS_MAX);
    *send = (struct door_send){
        .at = door->now, .message = door->message_count, .record = member->record, .plan = *member->plan};
    assert_true(member->plan->kind == PLAN_ASSERT || member->plan->kind == PLAN_REHEARSE ||
                door->kept[member->record] > 0);
    if (member->plan->publish[0].count > 0)
        send->first = member->plan->publish[0].packed[5];
}

/* All of it or nothing. */
static enum outcome serve(struct door *door, const struct batch_view *view)
{
    assert_in_range(view->count, 1, door->site->settings.record_count);
    for (uint32_t i = 0; i < view->count; i++)
        note_member(door, &view->members[i]);
    door->message_count++;
    if (door->sends != 0)
        return door->sends;
    for (uint32_t i = 0; i < view->count; i++) {
        const struct batch_member *member = &view->members[i];
        const struct door_name *name = &door->names[member->record];
        if (name->refused != 0)
            return name->refused;
        if (!holds(name, member->plan, door->site->records[member->record].type_count))
            return OUTCOME_PREREQ;
    }
    for (uint32_t i = 0; i < view->count && !door->does_nothing; i++)
        apply(door, &door->names[view->members[i].record], view->members[i].plan);
    return door->loses_answers ? OUTCOME_UNKNOWN : OUTCOME_ACCEPTED;
}

/* ---- mail ---- */

static void post(struct door *door, const struct effect *effect, int64_t takes_ms, enum outcome outcome)
{
    assert_true(door->mail_count < DOOR_MAIL_MAX);
    door->mail[door->mail_count++] = (struct door_mail){door->now + takes_ms, effect->kind, effect->op, door->now,
                                                        outcome};
}

static void save(struct door *door, uint32_t record)
{
    struct plan plan;
    struct restore restore;
    door->save_count++;
    door->kept[record] = 0;
    while (record_kept(door_record(door, record), door->kept[record], &plan, &restore)) {
        assert_int_equal(restore.record, record);
        door->kept[record]++;
    }
}

static void carry_out(struct door *door)
{
    struct effects *effects = &door->effects;
    door->most_effects = effects->count > door->most_effects ? effects->count : door->most_effects;
    for (uint32_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->items[i];
        switch (effect->kind) {
        case EFFECT_PROBE:
            door->probe_count++;
            post(door, effect, PROBE_MS + door->probe_starts_late_ms, 0);
            break;
        case EFFECT_PROBE_CANCEL:
            door->cancel_count++;
            break;
        case EFFECT_READ:
            door->read_count++;
            post(door, effect, READ_MS, 0);
            break;
        case EFFECT_SEND:
            door->in_flight++;
            door->most_in_flight = door->in_flight > door->most_in_flight ? door->in_flight : door->most_in_flight;
            post(door, effect, SEND_MS, serve(door, engine_batch(door->engine, effect->op.subject)));
            break;
        case EFFECT_VERIFY:
            door->looked_at[door->look_count++ % ARRAY_COUNT(door->looked_at)] = door->now;
            post(door, effect, VERIFY_MS, 0);
            break;
        case EFFECT_SAVE:
            save(door, effect->op.subject);
            break;
        case EFFECT_REPLY:
            door->reply = effect->reply;
            door->replies[door->reply_count++ % DOOR_REPLIES_MAX] = effect->reply;
            break;
        case EFFECT_TELL:
            assert_true(door->notice_count < DOOR_NOTICES_MAX);
            door->told_at[door->notice_count] = door->now;
            door->notices[door->notice_count++] = effect->notice;
            break;
        }
    }
}

struct marker door_marker(uint64_t epoch)
{
    return (struct marker){.owner = UINT64_C(0x4be1c0de77aa0912), .epoch = epoch, .nonce = epoch};
}

struct door *door_quiet(struct site *site)
{
    struct door *door = door_open(site, true);
    for (uint32_t i = 0; i < site->settings.record_count; i++) {
        door->names[i].form = MARKER_FORM_ONE;
        door->names[i].marker = door_marker(12);
    }
    return door;
}

void door_event(struct door *door, const struct event *event)
{
    engine_handle(door->engine, event, door->now, &door->effects);
    carry_out(door);
}

void door_gap(struct door *door, uint32_t gap_ms)
{
    const struct event event = {.kind = EVENT_GAP, .is.gap_ms = gap_ms};
    door->now += gap_ms;
    door_event(door, &event);
}

static void probe_done(struct door *door, const struct door_mail *mail)
{
    enum verdict verdict = door->verdicts[mail->op.subject];
    struct probe_report report = {.verdict = verdict == 0 ? VERDICT_PASS : verdict,
                                  .started = mail->asked + door->probe_starts_late_ms,
                                  .reason = REASON_OK,
                                  .phases = {.total_us = 5000}};
    if (verdict == VERDICT_FAIL)
        report.reason = REASON_REFUSED;
    if (verdict == VERDICT_LOCAL)
        report.reason = REASON_LOCAL_ERROR;
    if (verdict == VERDICT_FAIL)
        memcpy(report.detail, "Connection refused", sizeof("Connection refused"));
    const struct event event = {.kind = EVENT_PROBE_DONE, .op = mail->op, .is.probe = &report};
    door_event(door, &event);
}

static void read_done(struct door *door, const struct door_mail *mail)
{
    const struct door_name *name = &door->names[mail->op.subject];
    struct observed seen = {.authenticated = !door->reads_unsigned,
                            .aa = true,
                            .form = name->form,
                            .marker = name->marker,
                            .beside = name->cname,
                            .sets = {name->sets[0], name->sets[1]},
                            .has_serial = true,
                            .is_signed = door->signs,
                            .signatures_good = door->signs && !door->signs_badly,
                            .serial = door->serial};
    struct dns_report report = {.outcome = door->reads == 0 ? OUTCOME_ACCEPTED : door->reads};
    struct event event = {.kind = EVENT_READ_DONE, .op = mail->op};
    event.is.read.report = &report;
    event.is.read.observed = door->reads == 0 ? &seen : NULL;
    door_event(door, &event);
}

static void look_done(struct door *door, const struct door_mail *mail)
{
    const struct server_settings *server = &door->site->servers[0];
    const struct door_name *name = &door->names[mail->op.subject];
    struct verify_answer answers[4] = {0};
    for (uint32_t i = 0; i < server->verify_count; i++) {
        struct verify_answer *answer = &answers[i];
        *answer = (struct verify_answer){.endpoint = server->verify[i],
                                         .answered = door->places[i] != PLACE_IS_SILENT,
                                         .aa = door->places[i] != PLACE_IS_LAME,
                                         .sets = {name->sets[0], name->sets[1]},
                                         .has_serial = true,
                                         .serial = door->serial};
        if (door->places[i] == PLACE_IS_SILENT)
            memcpy(answer->detail, "timeout", sizeof("timeout"));
        if (door->places[i] == PLACE_LAGS || door->places[i] == PLACE_HAS_NOTHING)
            answer->sets[0] = (struct rrset){.type = RRTYPE_A};
        if (door->places[i] == PLACE_LAGS) {
            struct address address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 99}};
            static uint8_t storage[16];
            struct rrset_builder builder = rrset_builder_over(RRTYPE_A, 30, storage, sizeof(storage));
            rrset_add_address(&builder, &address);
            assert_true(rrset_pack(&builder, &answer->sets[0]));
        }
    }
    const struct verify_report report = {.count = door->no_places ? 0 : server->verify_count, .answers = answers};
    const struct event event = {.kind = EVENT_VERIFY_DONE, .op = mail->op, .is.verify = &report};
    door_event(door, &event);
}

static void deliver(struct door *door, struct door_mail mail)
{
    struct dns_report report = {.outcome = mail.outcome, .skew_s = mail.outcome == OUTCOME_CLOCK ? 400 : 0};
    const struct event event = {.kind = EVENT_SEND_DONE, .op = mail.op, .is.send = &report};
    if (mail.kind == EFFECT_PROBE) {
        probe_done(door, &mail);
    } else if (mail.kind == EFFECT_READ) {
        read_done(door, &mail);
    } else if (mail.kind == EFFECT_VERIFY) {
        look_done(door, &mail);
    } else {
        door->in_flight--;
        door_event(door, &event);
    }
}

void door_run(struct door *door, mono_ms until)
{
    for (;;) {
        uint32_t first = 0;
        for (uint32_t i = 1; i < door->mail_count; i++)
            first = door->mail[i].at < door->mail[first].at ? i : first;
        mono_ms mail_at = door->mail_count == 0 ? MONO_NEVER : door->mail[first].at;
        mono_ms wake_at = mono_later(engine_deadline(door->engine), door->now);
        if (mono_earlier(mail_at, wake_at) > until)
            break;
        if (mail_at <= wake_at) {
            struct door_mail mail = door->mail[first];
            memmove(&door->mail[first], &door->mail[first + 1], (--door->mail_count - first) * sizeof(door->mail[0]));
            door->now = mono_later(mail_at, door->now);
            deliver(door, mail);
        } else {
            const struct event event = {.kind = EVENT_WAKE};
            door->now = wake_at;
            door_event(door, &event);
        }
    }
    door->now = mono_later(until, door->now);
}

void door_reload_at_once(struct door *door, struct site *site, const struct adoption *adoption)
{
    struct error err;
    door->mail_count = 0; /* probes: cancelled */
    struct engine *fresh = engine_new(&site->settings, OWNER, 8, door->now, &err);
    assert_non_null(fresh);
    engine_adopt(fresh, door->engine, adoption, door->now);
    engine_free(door->engine);
    site_free(door->site);
    door->engine = fresh;
    door->site = site;
    door_rehearse(door, MONO_NEVER);
}

void door_reload(struct door *door, struct site *site, const struct adoption *adoption)
{
    const struct event stopping = {.kind = EVENT_STOPPING};
    door_event(door, &stopping);
    while (!engine_is_idle(door->engine))
        door_run(door, door->now + 1);
    door_reload_at_once(door, site, adoption);
}

/* ---- what was told ---- */

uint32_t door_told(const struct door *door, enum notice_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < door->notice_count; i++)
        count += door->notices[i].kind == kind ? 1 : 0;
    return count;
}

const struct notice *door_last(const struct door *door, enum notice_kind kind)
{
    for (uint32_t i = door->notice_count; i > 0; i--)
        if (door->notices[i - 1].kind == kind)
            return &door->notices[i - 1];
    fail_msg("notice %d was not told", (int)kind);
    return NULL;
}

uint32_t door_sent_kind(const struct door *door, enum plan_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < door->send_count; i++)
        count += door->sent[i].plan.kind == kind ? 1 : 0;
    return count;
}

const struct record *door_record(const struct door *door, uint32_t index)
{
    return engine_record(door->engine, index);
}
