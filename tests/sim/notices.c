/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind invariants.h.
 * What:  what people are told: that it is so (S1, S15), is said (S1, L4), is not said too often (S9), is readable
 *        (S20).
 */

#include "bare.h"
#include "invariants.h"
#include "world.h"

/* A larger message's answer is dealt out over several calls. */
#define MEMBERS_AT_ONCE 16

bool budget_allows(int64_t *paid, mono_ms now, int64_t each_ms, int64_t burst)
{
    if (*paid < now - burst * each_ms)
        *paid = now - burst * each_ms;
    *paid += each_ms;
    return *paid <= now;
}

static void judge_text(struct world *world, const char *text, size_t size)
{
    size_t length = 0;
    while (length < size && text[length] != '\0')
        if (text[length] < 0x20 || text[length++] > 0x7e) {
            violate(world, "S20", "a notice holds the byte 0x%02x", (unsigned char)text[length]);
            return;
        }
    if (length == size)
        violate(world, "S20", "a notice's text does not end");
}

/* S1: UP and DOWN are told of what is so, and of nothing else. */
static void judge_health_notice(struct world *world, const struct notice *notice)
{
    if (notice->value >= world->settings->value_count) {
        violate(world, "S1", "a notice about a target names no address");
        return;
    }
    uint32_t watch = world->settings->values[notice->value].watch;
    heir_judge_notice(world, notice);
    if (notice->kind == NOTICE_TARGET_UNKNOWN) {
        world->safety.told[notice->value] = HEALTH_UNKNOWN;
        return;
    }
    enum health_state told = notice->kind == NOTICE_TARGET_UP ? HEALTH_UP : HEALTH_DOWN;
    world->safety.told[notice->value] = (uint8_t)told;
    if (watch == ID_NONE || judge_state(world, watch) != told)
        violate(world, "S1", "watch %u is told to be %s, and is not", watch, told == HEALTH_UP ? "up" : "down");
    else if (told == HEALTH_DOWN && world->settings->watches[watch].child_count == 0 &&
             world->judge.watches[watch].turned_at >= world->reload.at && /* else it is told of a record that is new */
             world->judge.watches[watch].count < world->settings->checks[world->settings->watches[watch].check].fall)
        violate(world, "S1", "watch %u is told to be down after %u failures", watch, world->judge.watches[watch].count);
}

static void judge_told(struct world *world, uint32_t index)
{
    const struct watch_settings *watch = &world->settings->watches[index];
    enum health_state state = judge_state(world, index);
    for (uint32_t u = watch->user_first; u < watch->user_first + watch->user_count; u++)
        if (state != HEALTH_UNKNOWN && world->safety.told[world->settings->users[u]] != state)
            violate(world, "S1", "watch %u is %s, and that was not told", index, state == HEALTH_UP ? "up" : "down");
}

/* S1: a change of state that has just been judged is told at once, unless there is hardly room for it. */
void safety_judge_told(struct world *world)
{
    if (world->safety.changed == 0 || judge_is_reference(world, world->safety.looked_at) ||
        !judge_gate_is_open(world) || world->is_stopping || world->effects.count > EFFECTS_ROOM / 2)
        return;
    const struct watch_settings *looked_at = &world->settings->watches[world->safety.looked_at];
    for (uint32_t i = 0; i <= looked_at->above_count; i++)
        if ((world->safety.changed >> i & 1) != 0)
            judge_told(world,
                       i == 0 ? world->safety.looked_at : world->settings->above[looked_at->above_first + i - 1]);
}

static bool is_restored(const struct notice *notice)
{
    return notice->kind == NOTICE_FOREIGN_CHANGE && notice->plan == PLAN_SWITCH;
}

static bool is_of_publishing(const struct notice *notice)
{
    return is_restored(notice) || notice->kind == NOTICE_FAILOVER || notice->kind == NOTICE_FAIL_BACK ||
           notice->kind == NOTICE_PUBLISHED || notice->kind == NOTICE_OWNED;
}

/* S8: what is said to be an operator's switch, and counts as none, is one. */
static void judge_obeyed(struct world *world, const struct notice *notice)
{
    const struct ledger *ledger = &world->safety.ledgers[notice->record];
    const struct sent *newest = &ledger->kept[(ledger->transactions - 1) % TRANSACTIONS_KEPT];
    bool is_obeying = ledger->transactions > 0 && newest->is_manual;
    if (notice->manual && !is_obeying && world->standing.changed_at[notice->record] < ledger->first_sent - 60000)
        violate(world, "S8", "record %u: a switch is told to be an operator's, and nobody has asked for it",
                notice->record);
}

/* S15: what is told to be published stood there, under our marker, at some instant between its SEND and now. */
static void judge_published(struct world *world, const struct notice *notice)
{
    const struct ledger *ledger = &world->safety.ledgers[notice->record];
    struct contents contents;
    contents_now(world, notice->record, &contents);
    bool stood = false;
    for (uint32_t i = 0; i <= ARRAY_COUNT(ledger->states) && !stood; i++) {
        bool is_ours = is_bare(world, notice->record) ||
                       (contents.form == MARKER_FORM_ONE && contents.marker.owner == world->owner);
        bool is_there = contents_target(world->settings, notice->record, &contents) == notice->to ||
                        (is_restored(notice) && contents_same_addresses(&contents, &ledger->known));
        stood = is_ours && (is_there || notice->kind == NOTICE_OWNED);
        if (notice->plan == PLAN_DISOWN)
            stood = contents.form == MARKER_FORM_NONE;
        uint32_t back = i + 1;
        if (back > ARRAY_COUNT(ledger->states) || back > ledger->state_next)
            break;
        uint32_t place = (ledger->state_next - back) % ARRAY_COUNT(ledger->states);
        if (ledger->state_ended[place] < ledger->first_sent)
            break;
        contents = ledger->states[place];
    }
    if (!stood)
        violate(world, "S15", "record %u is told to be ours, or on target %d, and was not", notice->record,
                (int)notice->to);
    bool is_of_targets = notice->from < world->settings->records[notice->record].target_count;
    if (!is_of_targets || (notice->kind != NOTICE_FAILOVER && notice->kind != NOTICE_FAIL_BACK))
        return;
    judge_obeyed(world, notice);
    judge_note_switch(world, notice->record, SWITCHES_TOLD, notice->manual);
    standing_on_switch(world, notice);
}

/* Said at first, after 5 min, then hourly; a condition that has not changed is not said anew. */
static void judge_repetition(struct world *world, const struct notice *notice)
{
    struct ledger *ledger = &world->safety.ledgers[notice->record];
    bool is_condition = notice->kind == NOTICE_NOT_OURS || notice->kind == NOTICE_CONFLICT ||
                        (notice->kind == NOTICE_FOREIGN_CHANGE && !is_restored(notice));
    mono_ms quiet_since = mono_later(ledger->changed_at,
                                     world->servers.well_since[server_of_record(world, notice->record)]);
    if (is_condition && ledger->is_stopped && ledger->condition == notice->condition &&
        quiet_since < ledger->stopped_at && world->now - ledger->stopped_at < 290000)
        violate(world, "S9", "record %u: %s is told again after %lld ms", notice->record,
                condition_name(notice->condition), (long long)(world->now - ledger->stopped_at));
    if (notice->kind == NOTICE_UPDATE_FAILED && notice->repeated && world->now - ledger->failed_last < 290000)
        violate(world, "S9", "record %u: update-failed is repeated after %lld ms", notice->record,
                (long long)(world->now - ledger->failed_last));
    if (notice->kind != NOTICE_UPDATE_FAILED)
        return;
    ledger->failed_last = world->now;
}

/* S16: what keeps us from writing is what was read; above all, what we wrote ourselves is not called a stranger's. */
static void judge_condition(struct world *world, const struct notice *notice)
{
    const struct ledger *ledger = &world->safety.ledgers[notice->record];
    const struct contents *read = &ledger->read;
    bool is_ours = read->form == MARKER_FORM_ONE && read->marker.owner == world->owner;
    bool is_right = true;
    if (notice->condition == CONDITION_OTHER_OWNER)
        is_right = read->form == MARKER_FORM_ONE && !is_ours;
    else if (notice->condition == CONDITION_UNOWNED)
        is_right = read->form == MARKER_FORM_NONE && read->count > 0;
    else if (notice->condition == CONDITION_MISSING)
        is_right = read->count == 0;
    else if (notice->condition == CONDITION_FOREIGN_CHANGE)
        is_right = is_ours && !(ledger->has_known && contents_same_addresses(read, &ledger->known) &&
                                contents_same_marker(read, &ledger->known));
    for (uint64_t back = 1; notice->condition == CONDITION_CLONE && back <= 4 && back <= ledger->transactions; back++) {
        const struct sent *sent = &ledger->kept[(ledger->transactions - back) % TRANSACTIONS_KEPT];
        bool is_known = sent->life == world->life || disk_restored(world, notice->record, &sent->fresh);
        is_right &= is_ours &&
                    !(is_known && sent->left > ledger->foreign_since && marker_same(&sent->fresh, &read->marker));
    }
    if (!is_right && ledger->has_read)
        violate(world, "S16", "record %u is told to be %s, and is not", notice->record,
                condition_name(notice->condition));
}

static void note_condition(struct world *world, const struct notice *notice)
{
    struct ledger *ledger = &world->safety.ledgers[notice->record];
    if (!is_restored(notice) &&
        (notice->kind == NOTICE_NOT_OURS || notice->kind == NOTICE_CONFLICT || notice->kind == NOTICE_FOREIGN_CHANGE)) {
        if (!notice->repeated && !is_bare(world, notice->record))
            judge_condition(world, notice);
        ledger->is_stopped = true;
        ledger->condition = notice->condition;
        if (is_bare(world, notice->record))
            bare_note_stop(world, notice->record);
        ledger->stopped_at = world->now;
        bool only_waits = notice->condition == CONDITION_MISSING && world->settings->records[notice->record].create;
        if (!notice->repeated && !only_waits)
            ledger->doubt_since = world->now;
    } else if (is_of_publishing(notice)) {
        if (ledger->is_stopped)
            ledger->learned_at = world->now;
        ledger->is_stopped = false;
        ledger->condition = CONDITION_OK;
        liveness_on_published(world, notice->record);
    }
}

void safety_on_notice(struct world *world, const struct notice *notice)
{
    judge_text(world, notice->detail, sizeof notice->detail);
    judge_text(world, notice->dns.detail, sizeof notice->dns.detail);
    if (notice->kind < 1 || notice->kind >= NOTICE_CORE_COUNT) {
        violate(world, "S20", "a notice of no known kind");
        return;
    }
    world->counters.told[notice->kind]++;
    if (notice->kind == NOTICE_OVERRIDE_ENDED)
        standing_on_ended(world, notice->override);
    if (notice->kind >= NOTICE_TARGET_DOWN && notice->kind <= NOTICE_TARGET_UNKNOWN)
        judge_health_notice(world, notice);
    if (is_of_publishing(notice))
        judge_published(world, notice);
    if (notice->record >= world->settings->record_count)
        return;
    bool is_of_health = notice->kind <= NOTICE_TARGET_UNKNOWN;
    int64_t *paid = &world->safety.ledgers[notice->record].tells_paid;
    if (!is_of_health && !budget_allows(paid, world->now, TELL_EACH_MS, 60))
        violate(world, "S9", "record %u: told too often", notice->record);
    judge_repetition(world, notice);
    note_condition(world, notice);
}

/*
 * L4: a message that failed is told at once, unless that was told not long ago. Of several members each: but where the
 * answer got lost one speaks for all, and a refusal is nobody's own before it stands alone.
 */
static void note_spoken_for(struct world *world, uint32_t zone, mono_ms told)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct ledger *ledger = &world->safety.ledgers[r];
        if (ledger->answered_at == world->now && world->settings->records[r].zone == zone)
            ledger->spoken_for = mono_later(ledger->spoken_for, told);
    }
}

void safety_judge_failure_told(struct world *world, const struct event *event)
{
    enum outcome outcome = event->is.send->outcome;
    uint32_t members = 0, silent = 0, record = ID_NONE;
    mono_ms newest = -DAY_MS;
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        const struct ledger *ledger = &world->safety.ledgers[r];
        if (ledger->answered_at != world->now || world->settings->records[r].zone != event->op.subject)
            continue;
        members++;
        mono_ms told = mono_later(ledger->failed_last, ledger->stopped_at);
        newest = mono_later(newest, told);
        if (world->now - told <= 3600000 || ledger->replied_at >= ledger->first_sent)
            continue;
        silent++;
        record = r;
    }
    if (outcome == OUTCOME_UNKNOWN)
        note_spoken_for(world, event->op.subject, newest);
    if (outcome == OUTCOME_ACCEPTED || outcome == OUTCOME_PREREQ || world->is_stopping || members > MEMBERS_AT_ONCE)
        return;
    bool is_split = members > 1 && (outcome == OUTCOME_DENIED || outcome == OUTCOME_BUG);
    if (silent > 0 && !is_split && (outcome != OUTCOME_UNKNOWN || silent == members))
        violate(world, "L4", "record %u: a message failed (%s) and nothing was told", record, outcome_name(outcome));
}
