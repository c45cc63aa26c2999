/* SPDX-License-Identifier: MIT */
/*
 * Where: core, a part of record.
 * What:  when its name servers are asked whether they serve what stands in the zone, and what is told of it.
 * Why:   a look aside that no decision sees. What a message of ours may still change is not asked for, since an answer
 *        could not be judged.
 */

#include "core/record_parts.h"

#include "base/text.h"

#include <string.h>

/* First looks after a start: so far apart that one name server hears two hundred a second. */
#define FIRST_LOOK_MS 5

/* What stands in the zone is ours, and nothing is about to change it. */
static bool is_settled(const struct record *record)
{
    const struct txn *txn = &record->txn;
    bool rests = txn->state == TXN_IDLE || txn->state == TXN_READING;
    bool is_bare = record->settings->ownership == OWNERSHIP_NONE; /* doubts last minutes, and most come to nothing */
    return rests && (is_bare || !belief_is_in_doubt(&txn->belief));
}

static bool is_ours(const struct record *record)
{
    return record->txn.condition == CONDITION_OK && record->txn.belief.known;
}

void record_verify_change(struct record *record, enum plan_kind kind, uint64_t change, mono_ms now)
{
    bool moves = kind == PLAN_SWITCH || kind == PLAN_CREATE;
    if (!moves && kind != PLAN_ADOPT && kind != PLAN_TTL)
        return;
    struct verify *verify = &record->verify;
    verify_begin(verify, !moves, now);
    verify->change = change;
    verify->has_serial = record->txn.has_serial;
    verify->serial = record->txn.serial;
}

static void begin_first(struct record *record, const struct context *ctx, mono_ms now)
{
    mono_ms turn = mono_after(ctx->started_at, (int64_t)record->index * FIRST_LOOK_MS);
    verify_begin(&record->verify, true, mono_later(turn, now));
    record->verify.has_serial = record->txn.has_serial;
    record->verify.serial = record->txn.serial;
}

/* What is due while a message is under way waits until that has ended, which is a step of the record, too. */
mono_ms record_verify_deadline(const struct record *record)
{
    return is_settled(record) ? verify_deadline(&record->verify) : MONO_NEVER;
}

void record_verify_step(struct record *record, struct context *ctx, mono_ms now)
{
    struct verify *verify = &record->verify;
    if (verify->room == 0 || ctx->stopping)
        return;
    if (!is_ours(record)) {
        if (verify->state != VERIFY_NONE)
            verify_end(verify);
        return;
    }
    if (verify->state == VERIFY_NONE && is_settled(record))
        begin_first(record, ctx, now);
    if (record_verify_deadline(record) > now)
        return;
    verify_asked(verify, context_ticket(ctx), now);
    effects_verify(ctx->effects, (struct op){.subject = record->index, .ticket = verify->ticket});
}

/* ---- telling ---- */

static struct notice *tell(const struct record *record, struct context *ctx, enum notice_kind kind, mono_ms now)
{
    const struct verify *verify = &record->verify;
    struct notice *notice = effects_tell(ctx->effects, kind);
    notice->record = record->index;
    notice->count = verify_serving(verify);
    notice->threshold = verify->count;
    notice->duration_ms = now - verify->begun;
    notice->repeated = verify->lags.told > 1;
    notice->change = verify->change;
    notice->has_serial = verify->has_serial;
    notice->serial = verify->serial;
    return notice;
}

/* "192.0.2.10, 2001:db8::1"; nothing where it serves no address. */
static void list_addresses(const struct verify_answer *answer, uint32_t types, char detail[DETAIL_TEXT_MAX])
{
    struct text out = text_over(detail, DETAIL_TEXT_MAX);
    for (uint32_t t = 0; t < types; t++) {
        uint16_t offset = 0, length = 0;
        const uint8_t *rdata = NULL;
        while (rrset_next(&answer->sets[t], &offset, &rdata, &length)) {
            struct address address = {.family = length == 4 ? ADDRESS_V4 : ADDRESS_V6};
            char text[ADDRESS_TEXT_MAX];
            if (length > sizeof(address.bytes))
                continue;
            memcpy(address.bytes, rdata, length);
            address_format(&address, text);
            text_addf(&out, "%s%s", out.length == 0 ? "" : ", ", text);
        }
    }
}

static void tell_lagging(const struct record *record, struct context *ctx, const struct verify_report *report,
                         mono_ms now)
{
    const struct verify *verify = &record->verify;
    if (verify->count == 0)
        (void)tell(record, ctx, NOTICE_NOT_SERVED, now); /* nobody is known to ask */
    for (uint32_t i = 0; i < verify->count; i++) {
        const struct verify_answer *answer = &report->answers[i];
        if (verify->places[i].serves)
            continue;
        struct notice *notice = tell(record, ctx, NOTICE_NOT_SERVED, now);
        notice->endpoint = answer->endpoint;
        notice->answered = answer->answered;
        notice->authoritative = answer->aa;
        if (answer->answered)
            list_addresses(answer, record->settings->type_count, notice->detail);
        else
            memcpy(notice->detail, answer->detail, sizeof(notice->detail));
    }
}

bool record_verified(struct record *record, struct context *ctx, uint32_t ticket, const struct verify_report *report,
                     mono_ms now)
{
    struct verify *verify = &record->verify;
    if (ticket == 0 || ticket != verify->ticket)
        return false;
    if (!is_ours(record) || !is_settled(record)) {
        verify_postpone(verify, now);
        return true;
    }
    bool lagged = verify->lags.told > 0;
    switch (verify_done(verify, ticket, report, record->txn.belief.sets, record->settings->type_count, now)) {
    case VERIFY_LAGS:
        tell_lagging(record, ctx, report, now);
        break;
    case VERIFY_IS_ALL:
        if (!verify->quiet || lagged)
            (void)tell(record, ctx, NOTICE_SERVED, now);
        slate_clean(&verify->lags);
        break;
    case VERIFY_SAME:
    case VERIFY_STALE:
        break;
    }
    return true;
}
