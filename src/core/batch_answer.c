/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of batch.
 * What:  what an answer says to the zone, and what each member of the message is told.
 * Why:   a server applies all of a message or nothing, so a refusal says that somebody in it is bad and not who. Only
 *        an answer about one record is an answer to that record.
 */

#include "core/batch.h"

#include "core/batch_parts.h"

#include <assert.h>

static void pause(struct batch *batch, struct random *random, mono_ms now)
{
    uint32_t most = batch->settings->retry_most_ms;
    uint32_t wait = batch->back_off_ms == 0 ? batch->settings->retry_first_ms : batch->back_off_ms;
    wait = wait < most ? wait : most;
    batch->back_off_ms = wait > most / 2 ? most : 2 * wait;
    batch->open_at = mono_after(now, 1 + (int64_t)random_below(random, wait));
}

static void open(struct batch *batch, mono_ms now)
{
    batch->closed = BATCH_OPEN;
    batch->back_off_ms = 0;
    batch->open_at = now;
}

static void close(struct batch *batch, enum batch_closed how, mono_ms now)
{
    batch->closed = how;
    batch->open_at = mono_after(now, batch->settings->retry_most_ms);
}

/*
 * What an answer says for the zone:
 *
 *   ACCEPTED, PREREQ, BUG           open
 *   DENIED                          open; closed by denials: stays so for another tick
 *   UNKNOWN                         as it was; closed: for another tick
 *   NOT_SENT, SERVER_FAILURE        pauses for the back-off
 *   NOT_SERVED, CLOCK, CONFIG       closes: one record every retry.max, until another answer comes
 */
static void answer_to_zone(struct batch *batch, enum outcome outcome, struct random *random, mono_ms now)
{
    switch (outcome) {
    case OUTCOME_DENIED:
        if (batch->closed == BATCH_DENIED)
            close(batch, BATCH_DENIED, now);
        else
            open(batch, now);
        break;
    case OUTCOME_ACCEPTED:
    case OUTCOME_PREREQ:
    case OUTCOME_BUG:
        open(batch, now);
        break;
    case OUTCOME_UNKNOWN:
        if (batch->closed != BATCH_OPEN)
            close(batch, batch->closed, now);
        break;
    case OUTCOME_NOT_SENT:
    case OUTCOME_SERVER_FAILURE:
        pause(batch, random, now);
        break;
    case OUTCOME_NOT_SERVED:
    case OUTCOME_CLOCK:
    case OUTCOME_CONFIG:
        close(batch, BATCH_SHUT, now);
        break;
    }
}

static bool is_refusal(enum outcome outcome)
{
    return outcome == OUTCOME_PREREQ || outcome == OUTCOME_DENIED || outcome == OUTCOME_BUG;
}

static bool is_halved(const struct batch *batch)
{
    return batch->view.count > 1 && is_refusal(batch->report.outcome);
}

/* Where denials have brought a message down to its last record, and nothing else was heard, more of them are futile. */
static void follow_halving(struct batch *batch, mono_ms now)
{
    bool denied = batch->report.outcome == OUTCOME_DENIED;
    if (batch->source != BATCH_HALVES) {
        batch->all_denied = denied && is_halved(batch);
        batch->denied_alone = 0;
        return;
    }
    batch->all_denied = batch->all_denied && denied;
    batch->denied_alone += denied && batch->view.count == 1 ? 1 : 0;
    if (batch->first[BATCH_HALVES] == ID_NONE && !is_halved(batch) && batch->all_denied && batch->denied_alone >= 2)
        close(batch, BATCH_DENIED, now);
}

static void follow_streak(struct batch *batch)
{
    if (batch->report.outcome != OUTCOME_ACCEPTED)
        batch->streak = 0;
    else if (batch->source >= BATCH_FIRST_OF_FEW && batch->view.count >= batch->few &&
             batch->streak < BATCH_STREAK_MOST)
        batch->streak++;
}

/*
 * Where Knot misses a right, a message gets lost like any other, its members look for themselves, and would all come
 * again. Nothing that may be believed was said, so nothing closes; but those who go with few are paced:
 *
 *   answer                                            those who go with few
 *   the hint, n > 1                                   as before: it is not known whom it means
 *   the hint, n = 1, for the second time in a row     none before retry.max is over
 *   ACCEPTED, PREREQ, to some of them                 at once
 *   anything else, or to others                       as before
 */
static void follow_hints(struct batch *batch, mono_ms now)
{
    enum outcome outcome = batch->report.outcome;
    if (dns_report_hints_at_rights(&batch->report)) {
        batch->hinted += batch->view.count == 1 ? 1 : 0;
        if (batch->hinted >= 2 && batch->view.count == 1)
            batch->few_at = mono_after(now, batch->settings->retry_most_ms);
    } else if (batch->source >= BATCH_FIRST_OF_FEW && (outcome == OUTCOME_ACCEPTED || outcome == OUTCOME_PREREQ)) {
        batch->hinted = 0;
        batch->few_at = now;
    }
}

void batch_answered(struct batch *batch, const struct dns_report *report, struct random *random, mono_ms now)
{
    assert(batch->phase == BATCH_SENT);
    batch->phase = BATCH_DEALING;
    batch->ticket = 0;
    batch->server->in_flight--;
    batch->report = *report;
    batch->dealt = 0;
    answer_to_zone(batch, report->outcome, random, now);
    follow_halving(batch, now);
    follow_streak(batch);
    follow_hints(batch, now);
}

/*
 * With how many a member may go next time, if it wants to go again:
 *
 *   ACCEPTED                           as many as there may be; of an ASSERT, which writes nothing: as before
 *   PREREQ, DENIED, BUG; alone         alone; after a hint at missing rights, too
 *   the same, n > 1                    half of them: who leaves its half, to be read again, does not begin anew
 *   UNKNOWN, SERVER_FAILURE; n > 1     half of them, so that who makes the server fail stands alone in the end
 *   anything else                      as before: it says nothing against any member
 */
static uint16_t most_next_time(const struct batch *batch, const struct batch_member *member)
{
    uint16_t most = batch->links[member->record].most;
    uint16_t half = (uint16_t)((batch->view.count + 1) / 2);
    switch (batch->report.outcome) {
    case OUTCOME_ACCEPTED:
        return member->plan->kind == PLAN_ASSERT ? most : 0;
    case OUTCOME_PREREQ:
    case OUTCOME_DENIED:
    case OUTCOME_BUG:
    case OUTCOME_UNKNOWN:
    case OUTCOME_SERVER_FAILURE:
        if (batch->view.count == 1 && (is_refusal(batch->report.outcome) || dns_report_hints_at_rights(&batch->report)))
            return 1;
        return batch->view.count > 1 && (most == 0 || half < most) ? half : most;
    case OUTCOME_NOT_SENT:
    case OUTCOME_NOT_SERVED:
    case OUTCOME_CLOCK:
    case OUTCOME_CONFIG:
        break;
    }
    return most;
}

/*
 * The answer to a message of n records says for each of them:
 *
 *   PREREQ, DENIED, BUG; n > 1     queued again in one of two halves, which go before all others, breadth first
 *   UNKNOWN; n > 1                 resolves by a read of its own; one of them speaks for all
 *   anything else                  its own answer
 */
bool batch_deal(struct batch *batch, struct batch_share *ret)
{
    if (batch->phase != BATCH_DEALING)
        return false;
    uint32_t count = batch->view.count;
    const struct batch_member *member = &batch->members[batch->dealt];
    struct batch_link *link = &batch->links[member->record];
    *ret = (struct batch_share){.record = member->record,
                                .again = is_halved(batch),
                                .shared = count > 1,
                                .speaks = batch->dealt == 0 || batch->report.outcome != OUTCOME_UNKNOWN};
    link->most = most_next_time(batch, member);
    if (ret->again) {
        if (batch->dealt == 0 || batch->dealt == (count + 1) / 2)
            batch->halves++;
        link->half = batch->halves;
        batch_append(batch, member->record, BATCH_HALVES);
    }
    if (++batch->dealt == count) {
        batch->phase = BATCH_IDLE;
        batch->view.count = 0;
    }
    return true;
}
