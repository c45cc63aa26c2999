/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind liveness.h.
 * What:  L3 (what became of a message is found out, and what may still come is seen to) and L4 (what fails is told).
 */

#include "bare.h"
#include "world.h"

#include "core/belief.h"

#define SLACK_MS      2000
#define TICK_SLACK_MS 15000

void liveness_on_outcome(struct world *world, uint32_t record, bool is_good)
{
    struct trouble *trouble = &world->liveness.troubles[record];
    trouble->sent_last = world->now;
    trouble->halved_since = MONO_NEVER;
    if (is_good)
        trouble->sends_since = MONO_NEVER;
    else if (trouble->sends_since == MONO_NEVER)
        trouble->sends_since = world->now;
}

/* No more messages than twice as many as were in the first, one after the other. */
void liveness_on_halved(struct world *world, uint32_t record, uint32_t members)
{
    struct trouble *trouble = &world->liveness.troubles[record];
    const struct server_settings *server = &world->settings->servers[server_of_record(world, record)];
    trouble->sent_last = world->now;
    if (trouble->halved_since != MONO_NEVER)
        return;
    trouble->halved_since = world->now;
    trouble->alone_by = world->now + 2 * (int64_t)members * (server->timeout_ms + 100) + TICK_SLACK_MS;
}

void liveness_on_published(struct world *world, uint32_t record)
{
    world->liveness.troubles[record].sends_since = world->liveness.troubles[record].halved_since = MONO_NEVER;
}

void liveness_on_lost_read(struct world *world, uint32_t record)
{
    struct trouble *trouble = &world->liveness.troubles[record];
    if (trouble->reads_since == MONO_NEVER)
        trouble->reads_since = world->now;
}

void liveness_on_unknown(struct world *world, const struct sent *sent)
{
    struct liveness *liveness = &world->liveness;
    if (liveness->unknown_since[sent->record] == MONO_NEVER)
        liveness->unknown_since[sent->record] = world->now;
    if (is_bare(world, sent->record))
        return; /* nothing can be sent that would end this doubt */
    struct contents now;
    contents_now(world, sent->record, &now);
    bool may_come = sent->has_old ? now.form == MARKER_FORM_ONE && marker_same(&now.marker, &sent->old)
                                  : now.form == MARKER_FORM_NONE;
    if (may_come && liveness->unsettled_since[sent->record] == MONO_NEVER)
        liveness->unsettled_since[sent->record] = world->now;
}

/* Whatever was applied has changed the marker, and with it nothing older gets in any more. */
void liveness_on_applied(struct world *world, uint32_t record)
{
    world->liveness.unsettled_since[record] = MONO_NEVER;
}

void liveness_on_read(struct world *world, uint32_t record)
{
    mono_ms *since = &world->liveness.unknown_since[record];
    world->liveness.troubles[record].reads_since = MONO_NEVER;
    if (world->safety.ledgers[record].read_asked >= *since)
        *since = MONO_NEVER;
}

static const struct server_settings *server_of(const struct world *world, uint32_t record)
{
    return &world->settings->servers[server_of_record(world, record)];
}

static void judge_doubt(struct world *world, uint32_t record)
{
    mono_ms unknown_since = world->liveness.unknown_since[record];
    mono_ms since = liveness_free_since(world, record);
    if (unknown_since == MONO_NEVER || since == MONO_NEVER)
        return;
    const struct server_settings *server = server_of(world, record);
    if (world->now > mono_later(since, unknown_since) + server->retry_most_ms + 2 * server->timeout_ms + SLACK_MS)
        violate(world, "L3", "record %u: what became of a message is unknown since %lld ms", record,
                (long long)(world->now - unknown_since));
}

/* What may still come is sent again, or fenced: nothing is left to chance. */
static void judge_unsettled(struct world *world, uint32_t record)
{
    mono_ms unsettled_since = world->liveness.unsettled_since[record];
    mono_ms since = liveness_ready_since(world, record);
    if (unsettled_since == MONO_NEVER || since == MONO_NEVER)
        return;
    const struct server_settings *server = server_of(world, record);
    if (world->now > mono_later(since, unsettled_since) + 2 * server->retry_most_ms + 2 * server->timeout_ms + SLACK_MS)
        violate(world, "L3", "record %u: a message that may still come was left alone for %lld ms", record,
                (long long)(world->now - unsettled_since));
}

/* L4: what fails for longer than a moment, and is still tried, is told, and told again each hour. */
static void judge_silence(struct world *world, uint32_t record)
{
    const struct trouble *trouble = &world->liveness.troubles[record];
    const struct ledger *ledger = &world->safety.ledgers[record];
    const struct server_settings *server = server_of(world, record);
    mono_ms told = mono_later(mono_later(ledger->failed_last, ledger->spoken_for), ledger->stopped_at);
    bool is_tried = trouble->sends_since != MONO_NEVER && world->now - trouble->sends_since > TICK_SLACK_MS &&
                    world->now - trouble->sent_last < server->retry_most_ms + server->timeout_ms;
    is_tried |= trouble->halved_since != MONO_NEVER && world->now > trouble->alone_by &&
                world->now - trouble->sent_last < server->retry_most_ms + server->timeout_ms;
    bool is_asked = trouble->reads_since != MONO_NEVER && world->now - trouble->reads_since > TICK_SLACK_MS;
    if ((is_tried || is_asked) && world->settings->records[record].enabled && world->now - told > TOLD_AGAIN_MS &&
        world->now - world->judge.gap_end > TICK_SLACK_MS)
        violate(world, "L4", "record %u: %s fail for %lld ms, and nothing was told for %lld min", record,
                is_tried ? "messages" : "reads",
                (long long)(world->now - (!is_tried ? trouble->reads_since
                                                    : mono_earlier(trouble->sends_since, trouble->halved_since))),
                (long long)(world->now - told) / 60000);
}

/* Whoever put it there left our marker, and it is nothing that a message of ours brings or has brought by half. */
static bool is_to_be_put_back(const struct world *world, uint32_t record)
{
    const struct record_settings *of = &world->settings->records[record];
    const struct ledger *ledger = &world->safety.ledgers[record];
    struct contents now;
    contents_now(world, record, &now);
    bool is_in_the_way = ledger->is_stopped && ledger->condition != CONDITION_FOREIGN_CHANGE;
    return world->settings->safety.foreign_change == FOREIGN_CHANGE_RESTORE && of->ownership != OWNERSHIP_NONE &&
           of->enabled && !world->settings->safety.dry_run && ledger->is_foreign && !is_in_the_way &&
           ledger->has_known && ledger->known.count > 0 && ledger->ours_life == world->life && now.count > 0 &&
           now.count <= ADOPT_MEMBERS && !now.cname && contents_same_marker(&now, &ledger->known) &&
           !contents_same_addresses(&now, &ledger->known) && world->liveness.unsettled_since[record] == MONO_NEVER;
}

/* L2, foreign-change: restore: seen by the next audit, and put back then, or where that is too soon, an audit later. */
static void judge_restoring(struct world *world, uint32_t record)
{
    mono_ms since = liveness_free_since(world, record);
    if (since == MONO_NEVER || !is_to_be_put_back(world, record))
        return;
    const struct ledger *ledger = &world->safety.ledgers[record];
    const struct server_settings *server = server_of(world, record);
    since = mono_later(since, mono_later(ledger->changed_at, ledger->answered_at));
    int64_t takes_ms = (int64_t)server->audit_ms * 9 / 4 + 2 * server->retry_most_ms + 2 * server->timeout_ms +
                       SLACK_MS;
    if (world->now > since + takes_ms)
        violate(world, "L2", "record %u: what others put there %lld ms ago is to be put back, and nobody has done so",
                record, (long long)(world->now - ledger->changed_at));
}

void liveness_judge_doubt(struct world *world, uint32_t record)
{
    judge_restoring(world, record);
    judge_doubt(world, record);
    judge_unsettled(world, record);
    judge_silence(world, record);
}
