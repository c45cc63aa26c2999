/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind invariants.h.
 * What:  what stands at each record's names, who wrote it, and what this daemon can know of that: S12, S13, S16 when a
 *        message is applied.
 */

#include "bare.h"
#include "world.h"

#include "core/record.h"

#include <assert.h>
#include <string.h>

/* This daemon has sent it, or was told of it at its start. */
static bool is_known(const struct world *world, const struct sent *sent)
{
    return sent->life == world->life || disk_restored(world, sent->record, &sent->fresh);
}

/* What stands there once a message that this daemon was told of at its start is applied; a fence says nothing of it. */
static bool find_awaited(const struct world *world, uint32_t record, const struct disk_message *awaited,
                         struct contents *ret)
{
    *ret = awaited->publish;
    if (awaited->publish.count == 0 && awaited->target < world->settings->records[record].target_count)
        contents_of_target(world->settings, world->settings->records[record].target_first + awaited->target, ret);
    ret->form = MARKER_FORM_ONE;
    ret->marker = awaited->fresh;
    return ret->count > 0;
}

/* Such a message stands there, addresses and marker. */
static bool is_whole(const struct world *world, uint32_t record, const struct contents *contents)
{
    const struct disk_message *awaited = disk_restored(world, record, &contents->marker);
    struct contents whole;
    return awaited && contents->form == MARKER_FORM_ONE &&
           (!find_awaited(world, record, awaited, &whole) ||
            contents_target(world->settings, record, &whole) == contents_target(world->settings, record, contents));
}

/* Its marker stands there, and not its addresses. */
static bool awaits_rest(const struct world *world, uint32_t record, const struct contents *contents)
{
    const struct disk_message *awaited = disk_restored(world, record, &contents->marker);
    struct contents whole;
    return awaited && contents->form == MARKER_FORM_ONE && find_awaited(world, record, awaited, &whole) &&
           !is_whole(world, record, contents);
}

/* The first read since start: an own marker over a target's addresses is ours, whoever put it there. */
static void take_over(struct world *world, uint32_t record, const struct contents *shown)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    const struct record_settings *of = &world->settings->records[record];
    uint32_t target = contents_target(world->settings, record, shown);
    struct contents whole = {0};
    if (target != ID_NONE)
        contents_of_target(world->settings, of->target_first + target, &whole);
    bool is_a_target = target != ID_NONE && (of->publish == PUBLISH_HEALTHY || contents_same_addresses(&whole, shown));
    bool is_ours = shown->form == MARKER_FORM_ONE && shown->marker.owner == world->owner && !shown->cname;
    is_ours |= is_bare(world, record) && !shown->cname;
    is_ours = is_ours && (is_a_target || (shown->count == 0 && of->create));
    bool may_adopt = of->adopt && !is_bare(world, record);
    ledger->is_foreign = shown->count > 0 && !is_ours && !(is_a_target && shown->form == MARKER_FORM_NONE && may_adopt);
    if (!is_ours)
        return;
    ledger->has_ours = ledger->has_known = true;
    ledger->ours = *shown;
    ledger->ours_life = world->life;
    const struct disk_message *awaited = disk_restored(world, record, &shown->marker);
    if (awaited && !is_whole(world, record, shown)) { /* a marker without its addresses: once they come it is ours */
        ledger->is_foreign = true;
        find_awaited(world, record, awaited, &ledger->ours);
    }
    ledger->known = ledger->ours;
}

static void find_intact(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    struct contents now;
    contents_now(world, record, &now);
    bool is_same = ledger->has_ours && !now.cname && contents_same(&now, &ledger->ours);
    bool is_known = ledger->has_known && !now.cname && contents_same(&now, &ledger->known);
    if (is_bare(world, record)) /* what a former life wrote is nothing that this one knows */
        is_same = is_known;
    if ((is_same || is_known) && !ledger->is_ended)
        ledger->is_foreign = false;
    if (!is_same || ledger->ours_life != world->life)
        ledger->intact_since = MONO_NEVER;
    else if (ledger->intact_since == MONO_NEVER)
        ledger->intact_since = world->now;
}

/* The first read since start; an old answer may hide what a former life of ours wrote: that is no stranger's. */
static void begin(struct world *world, uint32_t record, const struct contents *shown)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    struct contents now;
    contents_now(world, record, &now);
    ledger->found = *shown;
    if (ledger->has_ours && !contents_same(&now, shown) && contents_same(&now, &ledger->ours) &&
        is_whole(world, record, &now)) {
        ledger->has_known = true;
        ledger->known = now;
        ledger->ours_life = world->life;
        ledger->is_foreign = false;
    } else {
        take_over(world, record, shown);
        ledger->is_foreign |= !contents_same(&now, shown);
    }
    find_intact(world, record);
}

/*
 * A target's set beside the marker that was found at the start without one, or whose message this daemon was told of
 * then: it is ours from now on, unless what that message brings is something else.
 */
static void note_found(struct world *world, uint32_t record, const struct contents *shown)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    struct contents now;
    contents_now(world, record, &now);
    if (ledger->has_known || ledger->is_foreign || awaits_rest(world, record, shown) ||
        !contents_same(&now, shown) || shown->form != MARKER_FORM_ONE || shown->marker.owner != world->owner ||
        shown->cname ||
        !(contents_same_marker(shown, &ledger->found) || is_whole(world, record, shown)) ||
        contents_place(world->settings, record, shown) == ID_NONE)
        return;
    ledger->has_ours = ledger->has_known = true;
    ledger->ours_life = world->life;
    ledger->ours = ledger->known = *shown;
    find_intact(world, record);
}

void safety_on_read(struct world *world, uint32_t record, const struct read_pending *read)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    if (read->report.outcome != OUTCOME_ACCEPTED || !read->authenticated || !read->aa) {
        if (!read->occluded)
            liveness_on_lost_read(world, record);
        return;
    }
    bool is_first = !ledger->has_read;
    if (is_first || !contents_same(&ledger->read, &read->shown))
        ledger->learned_at = world->now;
    ledger->has_read = true;
    ledger->read = read->shown;
    ledger->read_is_occluded = read->occluded;
    ledger->read_asked = read->asked;
    ledger->read_done = world->now;
    if (is_first) {
        ledger->begun = world->now;
        begin(world, record, &read->shown);
    }
    if (!is_first && !read->occluded)
        note_found(world, record, &read->shown);
    if (is_bare(world, record) && !read->occluded)
        bare_note_read(world, record, &read->shown);
    bool is_half_done = (ledger->is_stopped && ledger->condition == CONDITION_PARTIAL) ||
                        (is_first && awaits_rest(world, record, &read->shown)); /* waits for a person */
    if (!is_bare(world, record) && read->shown.count == 0 && !read->shown.cname &&
        world->settings->records[record].create && !is_half_done &&
        (read->shown.form == MARKER_FORM_NONE || contents_same_marker(&read->shown, &ledger->ours))) {
        ledger->ours = ledger->known = read->shown; /* nothing is ours now, until it is created again */
        find_intact(world, record);
    }
    liveness_on_read(world, record);
}

/* A read is a proof of what is ours unless the daemon has stopped because of it: then what was ours before still is. */
void safety_after_read(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    enum condition condition = engine_record(world->engine, record)->txn.condition;
    bool is_shown = ledger->has_read && !ledger->read.cname && !ledger->read_is_occluded;
    if (is_shown && ledger->has_known && condition == CONDITION_OK &&
        contents_same(&ledger->read, &ledger->known))
        ledger->proved = ledger->read;
}

static void keep_state(struct world *world, uint32_t record, const struct contents *before)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    uint32_t place = ledger->state_next++ % ARRAY_COUNT(ledger->states);
    ledger->states[place] = *before;
    ledger->state_ended[place] = world->now;
    ledger->changed_at = world->now;
}

/* The server did our last message by half, which was told, and now there is the whole of it. */
static bool is_rest(const struct world *world, const struct ledger *ledger, const struct contents *now)
{
    const struct sent *newest = &ledger->kept[(ledger->transactions - 1) % TRANSACTIONS_KEPT];
    return ledger->is_stopped && ledger->condition == CONDITION_PARTIAL && ledger->transactions > 0 &&
           newest->life == world->life && marker_same(&newest->fresh, &now->marker) &&
           contents_same_addresses(&newest->publish, now);
}

/* One target's whole set without a marker, while nothing has kept this daemon from making such a record its own. */
static bool is_adoptable(const struct world *world, uint32_t record, const struct contents *now)
{
    const struct record_settings *of = &world->settings->records[record];
    uint32_t target = contents_target(world->settings, record, now);
    if (target == ID_NONE || now->form != MARKER_FORM_NONE || now->cname || !of->adopt)
        return false;
    struct contents whole;
    contents_of_target(world->settings, of->target_first + target, &whole);
    const struct ledger *ledger = &world->safety.ledgers[record];
    return !ledger->is_stopped && !ledger->is_disowned && contents_same_addresses(&whole, now);
}

/*
 * What a person puts there is not foreign where: nothing stands there and we may create; or it is what we wrote and saw
 * last, as if no message had come since; or it is ours to adopt, and nothing is ours yet; or it is a target's set under
 * a marker that we have seen ourselves, while we did not know what belongs to it, and were not told at our start.
 */
static bool is_welcome(const struct world *world, uint32_t record, const struct contents *now)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    bool is_taken = ledger->has_ours && ledger->ours_life == world->life;
    if (is_bare(world, record))
        return bare_is_welcome(world, record, now);
    if (!ledger->has_read)
        return true;
    if (now->count == 0 && !now->cname && world->settings->records[record].create)
        return now->form == MARKER_FORM_NONE || contents_same_marker(now, is_taken ? &ledger->ours : &ledger->found);
    if (!ledger->is_stopped && contents_same(now, &ledger->read))
        return true;
    if (!is_taken && is_adoptable(world, record, now))
        return true;
    if (now->form == MARKER_FORM_ONE && !now->cname &&
        (contents_same(now, &ledger->proved) || is_rest(world, ledger, now)))
        return true;
    return !is_taken && now->form == MARKER_FORM_ONE && now->marker.owner == world->owner &&
           contents_same_marker(now, &ledger->found) && !awaits_rest(world, record, now) &&
           contents_target(world->settings, record, now) != ID_NONE;
}

void safety_on_edit(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    keep_state(world, record, &world->servers.lags[record].before);
    ledger->applied = 0; /* who puts an old marker back brings back what pinned it */
    ledger->all_down_moves = 0;
    struct contents now;
    contents_now(world, record, &now);
    const struct contents *before = &world->servers.lags[record].before;
    if (contents_same(&now, before) && now.cname == before->cname)
        return;
    ledger->is_foreign = !is_welcome(world, record, &now);
    ledger->foreign_since = world->now;
    find_intact(world, record);
}

/* By what the new file says it may be welcome. */
void safety_reload_truth(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    struct contents now;
    contents_now(world, record, &now);
    ledger->is_foreign = ledger->is_foreign && !is_welcome(world, record, &now);
}

/* What is nobody's, or stands under a marker of ours and was named by nobody, is left alone until it is adopted. */
static void take_nothing(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    contents_now(world, record, &ledger->found);
    ledger->has_ours = ledger->has_known = false;
    ledger->proved = (struct contents){0};
    ledger->is_foreign = ledger->found.count > 0;
    ledger->foreign_since = world->now;
}

/* Of an adoption that was asked for before a restart or a reload the marker is known, and not what was named. */
static bool leaves_nothing(const struct world *world, const struct sent *sent, const struct contents *before)
{
    const struct ledger *ledger = &world->safety.ledgers[sent->record];
    bool is_former = sent->life != world->life || sent->left < world->reload.at;
    uint32_t place = contents_place(world->settings, sent->record, before);
    return sent->kind == PLAN_DISOWN || (sent->kind == PLAN_ADOPT && is_former && place == ID_NONE) ||
           (sent->kind == PLAN_TAKE_OVER && place == ID_NONE &&
            !(ledger->has_known && contents_same_addresses(before, &ledger->known)));
}

static void take_as_written(struct world *world, const struct sent *sent, const struct contents *before)
{
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    ledger->applied_ever = sent->transaction;
    ledger->is_disowned = sent->kind == PLAN_DISOWN;
    if (leaves_nothing(world, sent, before)) {
        take_nothing(world, sent->record);
        return;
    }
    ledger->has_ours = true;
    ledger->ours_life = is_known(world, sent) ? world->life : sent->life;
    bool changes = sent->kind == PLAN_SWITCH || sent->kind == PLAN_CREATE || sent->kind == PLAN_TTL;
    ledger->ours = changes ? sent->publish : *before;
    ledger->ours.form = is_bare(world, sent->record) ? MARKER_FORM_NONE : MARKER_FORM_ONE;
    ledger->ours.marker = sent->fresh;
    if (!is_known(world, sent))
        return;
    ledger->has_known = true;
    ledger->known = ledger->ours;
}

/*
 * What it expects is neither what we wrote nor what we have seen of that; the marker beside it is the one that we left
 * or, where this daemon has not written yet, found.
 */
bool safety_is_restore(const struct world *world, const struct sent *sent)
{
    const struct ledger *ledger = &world->safety.ledgers[sent->record];
    const struct marker *marker = ledger->has_known ? &ledger->known.marker : &ledger->found.marker;
    bool is_marked = ledger->has_known || ledger->found.form == MARKER_FORM_ONE;
    return world->settings->safety.foreign_change == FOREIGN_CHANGE_RESTORE && sent->kind == PLAN_SWITCH &&
           sent->has_old && is_marked && marker_same(&sent->old, marker) && sent->old.owner == world->owner &&
           sent->expect.count > 0 && !(ledger->has_known && contents_same_addresses(&sent->expect, &ledger->known));
}

/* S16: at most one in an audit's time. */
static void judge_restore(struct world *world, const struct sent *sent)
{
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    uint32_t audit_ms = world->settings->servers[server_of_record(world, sent->record)].audit_ms;
    if (ledger->restored_left != MONO_NEVER && sent->left - ledger->restored_left < audit_ms)
        violate(world, "S16", "record %u: puts back what others changed %lld ms after it did so last", sent->record,
                (long long)(sent->left - ledger->restored_left));
    ledger->restored_left = sent->left;
    world->counters.restores++;
}

/*
 * Where no marker is expected nothing tells an old message from a new one: of a record without one, and of an adoption
 * after a disowning. There one may come late that was lost, held back or doubled, or was sent by a former life; what is
 * demanded of the next one instead stands in bare.c.
 */
static bool is_beyond_us(const struct world *world, const struct sent *sent)
{
    const struct ledger *ledger = &world->safety.ledgers[sent->record];
    const struct sent *kept = &ledger->kept[(sent->transaction - 1) % TRANSACTIONS_KEPT];
    bool is_untold = is_bare(world, sent->record) || (ledger->is_disowned && !sent->has_old);
    bool is_lost = kept->transaction != sent->transaction || kept->is_lost;
    return is_untold && (is_lost || sent->is_late || sent->life != world->life);
}

void safety_on_applied(struct world *world, const struct sent *sent, const struct contents *before)
{
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    if (!sent_matters(sent))
        return;
    keep_state(world, sent->record, before);
    struct contents expected = sent->expect;
    expected.form = sent->has_old ? MARKER_FORM_ONE : MARKER_FORM_NONE;
    expected.marker = sent->old;
    if (!contents_same_marker(&expected, before) || (sent->kind != PLAN_FENCE && sent->kind != PLAN_DISOWN &&
                                                     (!contents_same_addresses(&expected, before) || before->cname)))
        violate(world, "S12", "record %u: transaction %llu was applied upon something else than it was built on",
                sent->record, (unsigned long long)sent->transaction);
    if (sent->transaction <= ledger->applied && !is_beyond_us(world, sent))
        violate(world, "S13", "record %u: transaction %llu is applied after %llu", sent->record,
                (unsigned long long)sent->transaction, (unsigned long long)ledger->applied);
    bool is_restore = sent->life == world->life && safety_is_restore(world, sent);
    if (is_restore)
        judge_restore(world, sent);
    else if (ledger->is_foreign && !sent->is_ordered && sent->life == world->life && sent->left > ledger->foreign_since)
        violate(world, "S16", "record %u: a %s replaces what somebody else put there", sent->record,
                plan_kind_name(sent->kind));
    ledger->applied = sent->transaction;
    liveness_on_applied(world, sent->record);
    operator_on_applied(world, sent);
    bool changes = sent->kind == PLAN_SWITCH && !contents_same_addresses(&sent->expect, &sent->publish);
    if (changes) {
        world->counters.switches++;
        ledger->all_down_moves += sent->is_desperate && sent->life == world->life;
    }
    /* What is put back was never left by a decision: a switch begins at what we wrote last. */
    const struct contents *left = is_restore ? &ledger->known : &sent->expect;
    uint32_t from = contents_place(world->settings, sent->record, left);
    bool is_copy = sent->transaction <= ledger->applied_ever; /* a backup has brought back what it builds on */
    if (changes && from != ID_NONE && !is_copy && sent->life == world->life && (!is_restore || ledger->has_known) &&
        from != contents_target(world->settings, sent->record, &sent->publish))
        judge_note_switch(world, sent->record, SWITCHES_APPLIED, sent->is_manual);
    struct contents now;
    contents_now(world, sent->record, &now);
    if (sent->transaction >= ledger->applied_ever)
        take_as_written(world, sent, before);
    if (is_bare(world, sent->record))
        bare_note_applied(world, sent);
    find_intact(world, sent->record);
    if (world->trace.mode) {
        char text[160];
        contents_format(&now, text, sizeof text);
        trace_line(world, "truth   record %u is now %s", sent->record, text);
    }
}
