/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under world.
 * What:  answers to rounds of questions; S9 (not too many), S15 (told means true), L4 (who lags is told, who follows is
 *        seen to).
 * Why:   whether a round led to a message is no question here: each message is judged for itself.
 */

#include "secondary.h"

#include "core/record.h"
#include "door.h"

#include <assert.h>
#include <stdlib.h>

#define LAG_MS     2500   /* a secondary that is well is as far behind as this */
#define NOTICED_MS 100000 /* a minute between rounds, and what answers take */

void secondaries_init(struct world *world)
{
    struct secondaries *all = &world->secondaries;
    all->looks = calloc(world->settings->record_count + 1, sizeof *all->looks);
    assert(all->looks);
    for (uint32_t s = 0; s < ARRAY_COUNT(all->well_since); s++)
        all->well_since[s] = world->now;
    secondaries_restart(world);
}

void secondaries_done(struct world *world)
{
    free(world->secondaries.looks);
}

void secondaries_restart(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct look *look = &world->secondaries.looks[r];
        look->is_active = false;
        look->wrong = 0;
        look->wrong_since = look->told_at = MONO_NEVER;
        look->paid = INT64_MIN / 2;
    }
}

void secondary_fault(struct world *world, uint32_t server, bool at_work)
{
    world->secondaries.well_since[server] = at_work ? MONO_NEVER : world->now;
    for (uint32_t r = 0; r < world->settings->record_count && at_work; r++)
        if (server_of_record(world, r) == server)
            contents_now(world, r, &world->secondaries.looks[r].copy);
}

static const struct server_settings *server_settings_of(const struct world *world, uint32_t record)
{
    return &world->settings->servers[server_of_record(world, record)];
}

/* What the nth of `verify` shows; false: it is silent. */
static bool show(struct world *world, uint32_t record, uint32_t nth, struct contents *ret)
{
    uint32_t server = server_of_record(world, record);
    struct look *look = &world->secondaries.looks[record];
    const struct lag *lag = &world->servers.lags[record];
    if (nth == 0) {
        contents_now(world, record, ret);
        return !fault_is_at(world, FAULT_SERVER_DOWN, server) && !fault_is_at(world, FAULT_SERVER_DEAF, server);
    }
    if (!fault_is_at(world, FAULT_SECONDARY_STUCK, server)) {
        contents_now(world, record, &look->copy);
        if (world->now < lag->changed + LAG_MS)
            look->copy = lag->before;
    }
    *ret = look->copy;
    return !fault_is_at(world, FAULT_SECONDARY_SILENT, server);
}

void secondary_look(struct world *world, struct op op)
{
    struct look *look = &world->secondaries.looks[op.subject];
    uint32_t server = server_of_record(world, op.subject);
    if (!budget_allows(&look->paid, world->now, 1000, 60))
        violate(world, "S9", "record %u is looked at more often than once a second", op.subject);
    if (world->is_stopping)
        violate(world, "L8", "record %u is looked at after STOPPING", op.subject);
    look->is_active = true;
    look->op = op; /* after a new change the answers of a former round are nothing that anybody waits for */
    look->is_early = chance_one_in(world, 2);
    for (uint32_t i = 0; i < ARRAY_COUNT(look->early) && look->is_early; i++)
        look->shows_early[i] = show(world, op.subject, i, &look->early[i]);
    bool silent = fault_is_at(world, FAULT_SECONDARY_SILENT, server);
    uint32_t slowest_ms = chance_one_in(world, 8) ? 1900 : 40;
    mono_ms at = world->now + (silent ? 2000 : chance_between(world, 1, slowest_ms));
    agenda_add(
        &world->agenda,
        (struct happening){
            .at = at, .kind = HAPPENS_LOOK_ANSWER, .subject = op.subject, .number = op.ticket, .life = world->life});
}

static void note_round(const struct world *world, struct look *look, uint32_t wrong)
{
    look->is_active = false;
    look->wrong = wrong;
    if (wrong == 0)
        look->wrong_since = MONO_NEVER;
    else if (look->wrong_since == MONO_NEVER)
        look->wrong_since = world->now;
}

void secondary_answer(struct world *world, uint32_t record, uint32_t ticket)
{
    static uint8_t storage[2][CONTENTS_STORAGE];
    struct look *look = &world->secondaries.looks[record];
    const struct record_settings *of = &world->settings->records[record];
    const struct server_settings *server = server_settings_of(world, record);
    const struct contents *published = &world->safety.ledgers[record].read; /* as far as the daemon can know */
    struct verify_answer answers[2] = {0};
    bool is_late = !look->is_active || look->op.ticket != ticket; /* another round was asked meanwhile */
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < server->verify_count; i++) {
        struct contents shown;
        struct observed observed = {0};
        answers[i].endpoint = server->verify[i];
        answers[i].answered = answers[i].aa = look->is_early && !is_late ? look->shows_early[i]
                                                                         : show(world, record, i, &shown);
        if (look->is_early && !is_late)
            shown = look->early[i];
        contents_show(of, &shown, storage[i], &observed);
        answers[i].sets[0] = observed.sets[0];
        answers[i].sets[1] = observed.sets[1];
        if (!answers[i].answered || !contents_same_addresses(&shown, published))
            wrong |= 1u << i;
    }
    if (!is_late)
        note_round(world, look, wrong);
    const struct op op = {.subject = record, .ticket = ticket};
    const struct verify_report report = {.count = server->verify_count, .answers = answers};
    door_hand_over(world, &(struct event){.kind = EVENT_VERIFY_DONE, .op = op, .is.verify = &report});
}

/* S15, for what was said of name servers. */
void secondary_on_notice(struct world *world, const struct notice *notice)
{
    if (notice->kind != NOTICE_SERVED && notice->kind != NOTICE_NOT_SERVED)
        return;
    struct look *look = &world->secondaries.looks[notice->record];
    const struct server_settings *server = server_settings_of(world, notice->record);
    if (notice->kind == NOTICE_SERVED && look->wrong != 0)
        violate(world, "S15", "record %u is told to be served by all, and is not", notice->record);
    if (notice->kind == NOTICE_SERVED)
        return;
    bool is_one = false;
    for (uint32_t i = 0; i < server->verify_count; i++)
        is_one |= address_equal(&server->verify[i].address, &notice->endpoint.address) && (look->wrong >> i & 1) != 0;
    if (!is_one)
        violate(world, "S15", "record %u: a name server is told to lag that does not", notice->record);
    else if (notice->duration_ms < 30000)
        violate(world, "S15", "record %u: not-served is told after %lld ms", notice->record,
                (long long)notice->duration_ms);
    else if (notice->repeated && look->told_at != MONO_NEVER && world->now - look->told_at < 290000 &&
             world->now != look->told_at)
        violate(world, "S9", "record %u: not-served is told again after %lld ms", notice->record,
                (long long)(world->now - look->told_at));
    look->told_at = world->now;
}

/* L4: what stands there for long is seen to be served where it is, and where it is not that was told. */
void secondaries_judge(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        const struct look *look = &world->secondaries.looks[r];
        uint32_t server = server_of_record(world, r);
        mono_ms since = liveness_ready_since(world, r);
        if (world->settings->servers[server].verify_count == 0 || since == MONO_NEVER ||
            world->now < mono_later(since, world->safety.ledgers[r].changed_at) + NOTICED_MS)
            continue;
        const struct record *record = engine_record(world->engine, r);
        mono_ms well_since = world->secondaries.well_since[server];
        if (record->txn.condition != CONDITION_OK || record->txn.state != TXN_IDLE)
            continue;
        if (well_since != MONO_NEVER && world->now > well_since + NOTICED_MS && record->verify.state != VERIFY_SERVED)
            violate(world, "L4", "record %u has long been served by all, and nobody has looked", r);
        else if (look->wrong_since != MONO_NEVER && world->now > look->wrong_since + NOTICED_MS &&
                 (look->told_at == MONO_NEVER || world->now > look->told_at + TOLD_AGAIN_MS))
            violate(world, "L4", "record %u is not served by all for %lld ms, and that was not told", r,
                    (long long)(world->now - look->wrong_since));
    }
}
