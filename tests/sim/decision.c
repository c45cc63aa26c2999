/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind invariants.h; called for each member of a message that changes addresses.
 * What:  S3, S4, S5, S6, S8: was there reason enough to change them, just now?
 * Why:   a wish is a level and not an edge. Whatever was decided earlier has to hold at the instant at which the
 *        message leaves.
 */

#include "world.h"

#define TARGETS_MAX 16

/* How far our count of switches may be off at the edges of the window. */
#define WINDOW_SLACK_MS 120000

struct hearing {
    struct world *world;
    const struct sent *sent;
    const struct record_settings *record;
    struct verdict_of_target verdicts[TARGETS_MAX];
    uint32_t from, to; /* places, or ID_NONE */
    bool any_up, any_unknown;
};

static const char *state_word(enum health_state state)
{
    static const char *const words[] = {"unknown", "up", "down"};
    return words[state];
}

static bool is_proved(const struct hearing *hearing, uint32_t place)
{
    const struct verdict_of_target *from = &hearing->verdicts[hearing->from];
    const struct gate_opinion *gate = &hearing->world->judge.gate;
    bool by_gate = hearing->world->settings->safety.connectivity.watch_count == 0 ||
                   gate->passed_start > from->failing_start;
    return !hearing->record->verify_failover || from->state != HEALTH_DOWN ||
           (by_gate && hearing->verdicts[place].passed_start > from->failing_start);
}

static bool is_drained(const struct hearing *hearing, uint32_t place)
{
    return standing_drains(hearing->world, hearing->sent->record, place);
}

/* S6: nothing is up. */
static void judge_all_down(struct hearing *hearing)
{
    struct world *world = hearing->world;
    uint32_t record = hearing->sent->record;
    if (hearing->record->all_down == ALL_DOWN_KEEP)
        violate(world, "S6", "record %u: no target is up and all-down is keep, yet it moves to target %u", record,
                hearing->to);
    else if (hearing->any_unknown)
        violate(world, "S6", "record %u: not all targets are known to be down, yet it moves to target %u", record,
                hearing->to);
    else if (hearing->to != (hearing->record->all_down == ALL_DOWN_FALLBACK ? hearing->record->fallback : 0) ||
             is_drained(hearing, hearing->to))
        violate(world, "S6", "record %u: all targets are down and it moves to target %u", record, hearing->to);
    else if (world->safety.ledgers[record].all_down_moves > 0 &&
             hearing->sent->transaction > world->safety.ledgers[record].applied) /* the same once more is none */
        violate(world, "S6", "record %u: moves a second time while nothing is up", record);
}

/* S4, S5: away from a target that is down. */
static void judge_departure(struct hearing *hearing)
{
    struct world *world = hearing->world;
    uint32_t record = hearing->sent->record;
    const struct verdict_of_target *from = &hearing->verdicts[hearing->from], *to = &hearing->verdicts[hearing->to];
    if (!is_proved(hearing, hearing->to))
        violate(
            world, "S4",
            "record %u: target %u, or a reference, has not passed since target %u began to fail (%lld ms too early)",
            record, hearing->to, hearing->from, (long long)(from->failing_start - to->passed_start));
    for (uint32_t place = 0; place < hearing->to; place++)
        if (place != hearing->from && place != hearing->record->fallback && !is_drained(hearing, place) &&
            hearing->verdicts[place].state == HEALTH_UP && is_proved(hearing, place))
            violate(world, "S5", "record %u: goes to target %u though target %u is up as well", record, hearing->to,
                    place);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/*
 * S8: the budget. What the engine counts is what it told; that may be later than it was, so the smaller count is held
 * against it.
 */
static void judge_budget(struct hearing *hearing)
{
    struct world *world = hearing->world;
    uint32_t record = hearing->sent->record;
    mono_ms up_since = world->judge.up_since[hearing->record->target_first + hearing->to];
    int64_t delay_ms = earlier(judge_delay_ms(world, record, SWITCHES_APPLIED, -WINDOW_SLACK_MS),
                               judge_delay_ms(world, record, SWITCHES_TOLD, -WINDOW_SLACK_MS));
    uint32_t switches = (uint32_t)earlier(judge_switches(world, record, SWITCHES_APPLIED, -WINDOW_SLACK_MS),
                                          judge_switches(world, record, SWITCHES_TOLD, -WINDOW_SLACK_MS));
    mono_ms last = judge_last_switch(world, record, SWITCHES_APPLIED);
    struct contents now;
    contents_now(world, record, &now);
    bool is_news = !contents_same_addresses(
        &now, &hearing->sent->expect); /* switched, and nobody has read it yet: this one cannot apply */
    is_news |= hearing->sent->transaction <= world->safety.ledgers[record].applied_ever; /* the same once more */
    if (world->now - up_since < delay_ms)
        violate(world, "S8", "record %u: fails back to target %u, up for %lld ms only; the delay is %lld ms", record,
                hearing->to, (long long)(world->now - up_since), (long long)delay_ms);
    else if (!is_news && world->judge.records[record].switches[SWITCHES_APPLIED].last > 0 &&
             world->now - last < delay_ms)
        violate(world, "S8", "record %u: fails back to target %u %lld ms after its last switch; the delay is %lld ms",
                record, hearing->to, (long long)(world->now - last), (long long)delay_ms);
    else if (switches >= hearing->record->switches_most ||
             world->judge.records[record].switches[SWITCHES_TOLD].is_latched)
        violate(world, "S8", "record %u: fails back to target %u though it is latched", record, hearing->to);
}

/* S5, S8: away from a target that is up. */
static void judge_fail_back(struct hearing *hearing)
{
    struct world *world = hearing->world;
    if (hearing->to > hearing->from)
        violate(world, "S5", "record %u: leaves target %u, which is up, for target %u", hearing->sent->record,
                hearing->from, hearing->to);
    else if (hearing->world->standing.returns[hearing->sent->record])
        return; /* past all of these, as it was told to */
    else if (hearing->record->fail_back != FAIL_BACK_AUTO)
        violate(world, "S5", "record %u: fails back to target %u though fail-back is manual", hearing->sent->record,
                hearing->to);
    else
        judge_budget(hearing);
}

static void judge_move(struct hearing *hearing)
{
    struct world *world = hearing->world;
    uint32_t record = hearing->sent->record;
    const struct verdict_of_target *to = &hearing->verdicts[hearing->to];
    enum health_state to_believed = judge_target(world, hearing->record->target_first + hearing->to).state;
    const struct ledger *ledger = &world->safety.ledgers[record];
    bool is_again = hearing->sent->transaction <= ledger->applied_ever; /* it has got in already, and cannot any more */
    bool is_named = is_again || (ledger->has_known &&
                                 contents_same_addresses(&hearing->sent->expect, &ledger->known)); /* adopted */
    bool from_nothing = hearing->sent->expect.count == 0 || is_named;
    if (hearing->from == hearing->to) {
        if (hearing->record->publish != PUBLISH_HEALTHY)
            violate(world, "S5", "record %u: changes addresses within target %u", record, hearing->to);
        if (to->unknown > 0 || to->state != HEALTH_UP)
            violate(world, "S5", "record %u: changes addresses within target %u, of which %u are unknown", record,
                    hearing->to, to->unknown);
    } else if (hearing->from == ID_NONE && !from_nothing) {
        violate(world, "S16", "record %u: replaces addresses that are no target's", record);
    } else if (to->state != to_believed) {
        violate(world, "S3", "record %u: target %u is %s only by what was seen before a gap, which ended %lld ms ago",
                record, hearing->to, state_word(to_believed), (long long)(world->now - world->judge.gap_end));
    } else if (to->state != HEALTH_UP && safety_just_fell_silent(world, hearing->record->target_first + hearing->to)) {
        return;
    } else if (to->state != HEALTH_UP) {
        violate(world, "S5", "record %u: moves to target %u, which is %s", record, hearing->to, state_word(to->state));
    } else if (is_drained(hearing, hearing->to)) {
        violate(world, "S5", "record %u: moves to target %u, which is drained", record, hearing->to);
    } else if (hearing->from == ID_NONE || hearing->from == hearing->record->fallback) {
        return;
    } else if (is_drained(hearing, hearing->from)) {
        judge_departure(hearing);
    } else if (hearing->verdicts[hearing->from].state == HEALTH_UNKNOWN) {
        violate(world, "S5", "record %u: leaves target %u, which is unknown", record, hearing->from);
    } else if (hearing->verdicts[hearing->from].state == HEALTH_DOWN) {
        judge_departure(hearing);
    } else {
        judge_fail_back(hearing);
    }
}

/* S16: what others put there is replaced by what we wrote last, or by a target that may be gone to from there. */
static void judge_restore(struct hearing *hearing)
{
    const struct ledger *ledger = &hearing->world->safety.ledgers[hearing->sent->record];
    if (ledger->has_known && contents_same_addresses(&hearing->sent->publish, &ledger->known))
        return;
    hearing->from = ledger->has_known ? contents_target(hearing->world->settings, hearing->sent->record, &ledger->known)
                                      : ID_NONE;
    if (hearing->to == ID_NONE)
        return; /* S10 has said so */
    if (!hearing->any_up)
        judge_all_down(hearing);
    else if (hearing->from != ID_NONE)
        judge_move(hearing);
    else if (hearing->verdicts[hearing->to].state != HEALTH_UP)
        violate(hearing->world, "S5", "record %u: puts back target %u, which is not up", hearing->sent->record,
                hearing->to);
}

static bool is_obeying(const struct hearing *hearing)
{
    const struct world *world = hearing->world;
    bool leaves_drained = hearing->from != ID_NONE && hearing->from != hearing->record->fallback &&
                          is_drained(hearing, hearing->from) && hearing->verdicts[hearing->from].state != HEALTH_DOWN;
    return standing_forces(world, hearing->sent->record) == hearing->to || leaves_drained ||
           world->standing.returns[hearing->sent->record];
}

/* S5: a target is forced: it alone may come, whatever its health; or more or fewer of its own addresses. */
static void judge_forced(struct hearing *hearing)
{
    struct world *world = hearing->world;
    uint32_t record = hearing->sent->record, forced = standing_forces(world, record);
    const struct ledger *ledger = &world->safety.ledgers[record];
    bool is_back = safety_is_restore(world, hearing->sent) && ledger->has_known &&
                   contents_same_addresses(&hearing->sent->publish, &ledger->known);
    if (hearing->to != forced && !is_back)
        violate(world, "S5", "record %u: goes to target %d while target %u is forced", record, (int)hearing->to,
                forced);
    else if (hearing->from == hearing->to && !is_back)
        judge_move(hearing);
}

void safety_judge_switch(struct world *world, struct sent *sent)
{
    struct hearing hearing = {.world = world, .sent = sent, .record = &world->settings->records[sent->record]};
    hearing.from = contents_place(world->settings, sent->record, &sent->expect);
    hearing.to = contents_target(world->settings, sent->record, &sent->publish);
    judge_refresh(world, sent->record);
    for (uint32_t place = 0; place < hearing.record->target_count; place++) {
        hearing.verdicts[place] = judge_sound_target(world, hearing.record->target_first + place);
        if (place == hearing.record->fallback || is_drained(&hearing, place))
            continue;
        hearing.any_up |= hearing.verdicts[place].state == HEALTH_UP;
        hearing.any_unknown |= hearing.verdicts[place].state == HEALTH_UNKNOWN;
    }
    sent->is_manual = is_obeying(&hearing);
    if (standing_forces(world, sent->record) != ID_NONE) {
        judge_forced(&hearing);
        return;
    }
    if (!judge_gate_is_open(world))
        violate(world, "S7", "record %u: moves while no reference answers", sent->record);
    if (hearing.any_unknown && world->now < world->judge.started + world->settings->safety.start_grace_ms)
        violate(world, "S5", "record %u: moves during start-grace though a target is unknown", sent->record);
    /* Nothing else is up, so a target that is drained stays, and whatever of it is drained goes. */
    bool stays = hearing.from == hearing.to && hearing.to != ID_NONE && is_drained(&hearing, hearing.to);
    sent->is_desperate = !hearing.any_up && !stays;
    if (safety_is_restore(world, sent))
        judge_restore(&hearing);
    else if (hearing.any_up || stays)
        judge_move(&hearing);
    else
        judge_all_down(&hearing);
}
