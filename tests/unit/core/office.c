/* SPDX-License-Identifier: MIT */
/*
 * See office.h.
 */

#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void begin(struct office *o)
{
    memset(o, 0, sizeof(*o));
    o->settings = (struct server_settings){.retry_first_ms = 1000, .retry_most_ms = 30000, .batch = OFFICE_RECORDS};
    o->random = random_from_seed(3);
    o->plan.kind = PLAN_SWITCH;
    batch_server_init(&o->server);
    batch_init(&o->zone, 0, &o->settings, &o->server, o->links, o->members, OFFICE_RECORDS);
}

int office_setup(void **state)
{
    *state = malloc(sizeof(struct office));
    assert_non_null(*state);
    begin(*state);
    return 0;
}

int office_teardown(void **state)
{
    free(*state);
    return 0;
}

void office_renew(struct office *o)
{
    begin(o);
}

void office_join(struct office *o, uint32_t from, uint32_t below)
{
    for (uint32_t i = from; i < below; i++)
        batch_join(&o->zone, i, BATCH_LEAVE_DEAD);
}

uint32_t office_make(struct office *o)
{
    uint32_t record;
    while ((record = batch_next(&o->zone, o->now)) != ID_NONE)
        if (!batch_take(&o->zone, record, &o->plan, 50))
            break;
    if (o->zone.view.count == 0)
        return 0;
    batch_seal(&o->zone, 7);
    o->messages++;
    o->alone += o->zone.view.count == 1 ? 1 : 0;
    return o->zone.view.count;
}

void office_tell(struct office *o, enum outcome outcome)
{
    struct dns_report report = {.outcome = outcome};
    if (o->hints && outcome == OUTCOME_UNKNOWN) {
        report.has_answer = true;
        report.rcode = 9;
        report.tsig_error = 17;
    }
    struct batch_share share;
    uint32_t count = o->zone.view.count, told = 0;
    batch_answered(&o->zone, &report, &o->random, o->now);
    while (batch_deal(&o->zone, &share)) {
        told++;
        assert_int_equal(share.shared, count > 1);
        o->done[share.record] = !share.again && (outcome == OUTCOME_ACCEPTED || count == 1);
        if (!share.again && !o->done[share.record])
            batch_join(&o->zone, share.record, BATCH_LEAVE_DEAD);
    }
    assert_int_equal(told, count);
}

static enum outcome judge(const struct office *o)
{
    for (uint32_t i = 0; i < o->zone.view.count; i++)
        if (o->bad[o->members[i].record] != 0)
            return o->bad[o->members[i].record];
    return OUTCOME_ACCEPTED;
}

void office_run(struct office *o)
{
    while (office_make(o) > 0)
        office_tell(o, judge(o));
}

void office_check_all_done(const struct office *o, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        assert_true(o->done[i]);
    assert_int_equal(o->zone.queued, 0);
}
