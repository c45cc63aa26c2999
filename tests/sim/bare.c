/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind bare.h.
 * What:  S10, S13, S16 and the premises of liveness for records without a marker.
 */

#include "bare.h"

#include "world.h"

bool is_bare(const struct world *world, uint32_t record)
{
    return world->settings->records[record].ownership == OWNERSHIP_NONE;
}

static uint32_t kept_count(const struct ledger *ledger)
{
    return ledger->transactions < TRANSACTIONS_KEPT ? (uint32_t)ledger->transactions : TRANSACTIONS_KEPT;
}

/* It may still come, for all that its sender can know. */
static bool is_in_doubt(const struct world *world, const struct sent *sent)
{
    bool is_settled = sent->is_applied && sent->times == 1;
    return sent->life == world->life && sent->is_lost && !is_settled && world->now < sent->lost_at + BARE_QUIET_MS;
}

static void judge_quiet(struct world *world, const struct sent *sent)
{
    const struct ledger *ledger = &world->safety.ledgers[sent->record];
    uint32_t to = contents_target(world->settings, sent->record, &sent->publish);
    for (uint32_t i = 0; i < kept_count(ledger); i++) {
        const struct sent *former = &ledger->kept[i];
        if (is_in_doubt(world, former) && contents_target(world->settings, sent->record, &former->publish) != to)
            violate(world, "S13", "record %u: what got lost %lld ms ago may still come, and the contrary is sent",
                    sent->record, (long long)(world->now - former->lost_at));
    }
    const struct disk_record *disk = &world->disk.records[sent->record];
    for (uint32_t i = 0; i < disk->restored_count && world->now < world->judge.started + BARE_QUIET_MS; i++)
        if (disk->restored[i].fresh.owner == world->owner && disk->restored[i].target != ID_NONE &&
            disk->restored[i].target != to)
            violate(world, "S13", "record %u: what the former life has sent may still come, and the contrary is sent",
                    sent->record);
}

void bare_judge_message(struct world *world, const struct sent *sent)
{
    bool moves = sent->kind == PLAN_SWITCH || sent->kind == PLAN_CREATE;
    if (sent->has_old || (!moves && sent_matters(sent)))
        violate(world, "S10", "record %u: has no marker, and a %s of it is sent", sent->record,
                plan_kind_name(sent->kind));
    if (moves && world->safety.ledgers[sent->record].is_ended)
        violate(world, "S16", "record %u: was changed by others, which nobody has adopted, and is written",
                sent->record);
    if (moves)
        judge_quiet(world, sent);
}

void bare_note_stop(struct world *world, uint32_t record)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    bool is_kept = ledger->has_known && !ledger->read.cname && ledger->condition != CONDITION_OCCLUDED &&
                   contents_same_addresses(&ledger->read, &ledger->known);
    if (is_kept || !ledger->has_known || ledger->known.count == 0)
        return;
    ledger->has_known = false;
    ledger->is_ended = ledger->proved.count > 0; /* else it had believed nothing yet */
    ledger->is_foreign = true;
    ledger->foreign_since = world->now;
}

/* With `publish: healthy` a message of another moment brings another part of its target: they are not told apart. */
static bool brings(const struct world *world, const struct sent *sent, const struct contents *contents)
{
    uint32_t place = contents_target(world->settings, sent->record, contents);
    return contents_same_addresses(contents, &sent->publish) ||
           (world->settings->records[sent->record].publish == PUBLISH_HEALTHY && place != ID_NONE &&
            place == contents_target(world->settings, sent->record, &sent->publish));
}

/* A message of ours that is under way, or got lost, brings just this. */
static bool is_brought(const struct world *world, uint32_t record, const struct contents *contents)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    for (uint32_t i = 0; i < kept_count(ledger); i++) {
        const struct sent *sent = &ledger->kept[i];
        if (sent->life == world->life && (sent->is_lost || ledger->is_in_flight) &&
            brings(world, sent, contents))
            return true;
    }
    const struct disk_record *disk = &world->disk.records[record];
    uint32_t place = contents_target(world->settings, record, contents);
    for (uint32_t i = 0; i < disk->restored_count && place != ID_NONE; i++)
        if (disk->restored[i].target == place)
            return true;
    return false;
}

void bare_adopted(struct world *world, uint32_t record, const struct contents *contents)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    struct contents now;
    contents_now(world, record, &now);
    ledger->has_ours = ledger->has_known = true;
    ledger->ours_life = world->life;
    ledger->known = *contents;
    ledger->known.form = MARKER_FORM_NONE;
    ledger->ours = ledger->known;
    ledger->is_ended = false;
    ledger->is_foreign = !contents_same_addresses(&now, &ledger->known);
    ledger->intact_since = ledger->is_foreign ? MONO_NEVER : world->now;
}

bool bare_is_welcome(const struct world *world, uint32_t record, const struct contents *now)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    if (!ledger->has_read)
        return true;
    if (ledger->is_ended || now->cname)
        return false;
    if (ledger->has_known && contents_same_addresses(now, &ledger->known))
        return true;
    return is_brought(world, record, now);
}

void bare_note_read(struct world *world, uint32_t record, const struct contents *shown)
{
    struct ledger *ledger = &world->safety.ledgers[record];
    if (ledger->has_known || ledger->is_ended || shown->cname || !is_brought(world, record, shown))
        return;
    struct contents now;
    contents_now(world, record, &now);
    ledger->has_known = ledger->has_ours = true;
    ledger->ours_life = world->life;
    ledger->known = ledger->ours = *shown;
    ledger->is_foreign = !contents_same_addresses(&now, shown);
}

void bare_note_applied(struct world *world, const struct sent *sent)
{
    struct ledger *ledger = &world->safety.ledgers[sent->record];
    struct contents now;
    contents_now(world, sent->record, &now);
    for (uint32_t i = 0; i < kept_count(ledger); i++)
        if (ledger->kept[i].transaction == sent->transaction)
            ledger->kept[i].is_applied = true;
    if (ledger->is_ended)
        ledger->has_known = false;
    bool is_as_known = !now.cname && ledger->has_known && contents_same_addresses(&now, &ledger->known);
    ledger->is_foreign = !is_as_known && !(ledger->has_known && !now.cname && is_brought(world, sent->record, &now));
    ledger->foreign_since = world->now;
}

mono_ms bare_ready_since(const struct world *world, uint32_t record)
{
    const struct ledger *ledger = &world->safety.ledgers[record];
    int64_t takes_ms = BARE_QUIET_MS +
                       2 * (int64_t)world->settings->servers[server_of_record(world, record)].timeout_ms + 5000;
    mono_ms since = world->judge.started;
    if (ledger->is_stopped || ledger->is_ended)
        return MONO_NEVER;
    if (world->disk.records[record].restored_count > 0)
        since = mono_later(since, ledger->begun) + takes_ms; /* what a former life sent is in doubt from then on */
    for (uint32_t i = 0; i < kept_count(ledger); i++)
        if (ledger->kept[i].is_lost || ledger->kept[i].times > 1 || !ledger->kept[i].is_applied ||
            ledger->failed_last >= ledger->kept[i].left)
            since = mono_later(since, mono_later(ledger->kept[i].left, ledger->kept[i].lost_at) + takes_ms);
    return since;
}
