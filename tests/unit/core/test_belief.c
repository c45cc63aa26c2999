/* SPDX-License-Identifier: MIT */
/*
 * What is kept of the zone and of our messages: freshness, copies, strays.
 */

#include "base/attributes.h"
#include "core/belief.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct site *site;
    struct belief belief;
    uint8_t storage[512];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->site = site_new();
    belief_init(&f->belief, &f->site->records[0], 7, f->storage);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    site_free(f->site);
    free(f);
    return 0;
}

static struct plan plan_with(struct fixture *f, uint64_t nonce, const char *addresses)
{
    struct plan plan = {.kind = PLAN_SWITCH, .fresh = {.owner = 7, .epoch = 2, .nonce = nonce}};
    plan.publish[0] = site_set(f->site, RRTYPE_A, 30, addresses);
    return plan;
}

/* Sends a message with this nonce. */
static void send(struct fixture *f, uint64_t nonce, bool doubt)
{
    struct plan plan = plan_with(f, nonce, "192.0.2.1");
    belief_intend(&f->belief, &plan, 0);
    f->belief.pending.sent = true;
    f->belief.pending.in_doubt = doubt;
}

static void test_belief_needs_two_rooms_a_type(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(belief_storage_size(&f->site->records[0]), 2 * 64);
    site_add_value(f->site, 0, 0, "2001:db8::1", true);
    assert_int_equal(belief_storage_size(&f->site->records[0]), 2 * 64 + 2 * ADOPT_MEMBERS * 18); /* room to adopt */
    f->site->records[0].room[0] = 12;
    assert_int_equal(belief_storage_size(&f->site->records[0]), 2 * ADOPT_MEMBERS * (6 + 18));
}

static void test_belief_is_fresh_for_an_audit(void **state)
{
    struct fixture *f = *state;
    struct observed seen = site_seen(f->site, "192.0.2.1", NULL);
    assert_false(belief_is_fresh(&f->belief, 1000, INT64_MIN, 0));
    belief_learn(&f->belief, &seen, 0, 500);
    assert_true(belief_is_fresh(&f->belief, 1000, INT64_MIN, 1500));
    assert_false(belief_is_fresh(&f->belief, 1000, INT64_MIN, 1501));
    assert_true(belief_is_fresh(&f->belief, 1000, 500, 1500));
    assert_false(belief_is_fresh(&f->belief, 1000, 501, 1500));
    f->belief.stale = true;
    assert_false(belief_is_fresh(&f->belief, 1000, INT64_MIN, 500));
}

static void test_belief_keeps_a_copy_of_what_was_seen(void **state)
{
    struct fixture *f = *state;
    struct marker marker = {.owner = 7, .epoch = 3, .nonce = 4};
    struct observed seen = site_seen(f->site, "192.0.2.1 192.0.2.2", &marker);
    belief_learn(&f->belief, &seen, 0, 1);
    f->site->bytes[3] ^= 0xff; /* the read is gone */
    struct observed believed = belief_as_observed(&f->belief);
    assert_true(believed.authenticated && believed.aa);
    assert_int_equal(believed.form, MARKER_FORM_ONE);
    assert_true(marker_equal(&believed.marker, &marker));
    assert_int_equal(believed.sets[0].count, 2);
    assert_int_equal(believed.sets[0].packed[3], 0);
    assert_false(belief_is_absent(&f->belief));
    assert_false(f->belief.first);
    seen = site_seen(f->site, "", NULL);
    belief_learn(&f->belief, &seen, ID_NONE, 2);
    assert_true(belief_is_absent(&f->belief));
    assert_int_equal(belief_as_observed(&f->belief).form, MARKER_FORM_NONE);
}

static void test_belief_forgets_a_message_that_never_left(void **state)
{
    struct fixture *f = *state;
    struct plan one = plan_with(f, 1, "192.0.2.1"), two = plan_with(f, 2, "192.0.2.2");
    belief_intend(&f->belief, &one, 0);
    belief_intend(&f->belief, &two, 1);
    assert_int_equal(f->belief.stray_count, 0);
    assert_int_equal(f->belief.pending.plan.fresh.nonce, 2);
    assert_int_equal(f->belief.pending.target, 1);
    assert_true(rrset_same_data(belief_pending_sets(&f->belief), &two.publish[0]));
    assert_ptr_not_equal(belief_pending_sets(&f->belief)->packed, two.publish[0].packed);
}

static void test_belief_knows_the_same_message_again(void **state)
{
    struct fixture *f = *state;
    send(f, 1, true);
    struct plan again = f->belief.pending.plan;
    belief_intend(&f->belief, &again, 0);
    assert_true(f->belief.pending.in_doubt);
    assert_int_equal(f->belief.stray_count, 0);
    again.kind = PLAN_FENCE; /* the same marker in another message is another message */
    belief_intend(&f->belief, &again, ID_NONE);
    assert_int_equal(f->belief.stray_count, 1);
}

static void test_belief_keeps_those_in_doubt_longest(void **state)
{
    struct fixture *f = *state;
    send(f, 1, true);
    send(f, 2, false);
    for (uint64_t nonce = 3; nonce <= 9; nonce++)
        send(f, nonce, false);
    assert_int_equal(f->belief.stray_count, STRAYS_MAX);
    assert_int_equal(f->belief.strays[0].fresh.nonce, 1);
    assert_int_equal(f->belief.strays[1].fresh.nonce, 4);
    assert_true(belief_is_in_doubt(&f->belief));
    assert_false(belief_is_crowded(&f->belief));
}

static void test_belief_is_crowded_by_doubts_alone(void **state)
{
    struct fixture *f = *state;
    for (uint64_t nonce = 1; nonce <= DOUBTS_MOST; nonce++) {
        assert_false(belief_is_crowded(&f->belief));
        send(f, nonce, true);
    }
    assert_true(belief_is_crowded(&f->belief));
    for (uint64_t nonce = DOUBTS_MOST + 1; nonce <= STRAYS_MAX; nonce++)
        send(f, nonce, true);
    send(f, 10, false); /* all strays are in doubt: this one is not remembered when it is replaced */
    send(f, 11, true);
    assert_int_equal(f->belief.stray_count, STRAYS_MAX);
    assert_int_equal(f->belief.strays[0].fresh.nonce, 1);
    send(f, 12, true); /* the oldest has to go */
    assert_int_equal(f->belief.strays[0].fresh.nonce, 2);
    assert_int_equal(f->belief.strays[STRAYS_MAX - 1].fresh.nonce, 11);
}

static void test_belief_settles(void **state)
{
    struct fixture *f = *state;
    send(f, 1, true);
    send(f, 2, false);
    belief_settle(&f->belief);
    assert_false(belief_is_in_doubt(&f->belief));
    assert_int_equal(f->belief.stray_count, 0);
    assert_int_equal(f->belief.pending.plan.kind, 0);
}

static void test_belief_pending_sets_are_what_will_stand_there(void **state)
{
    static const struct {
        enum plan_kind kind;
        bool publishes;
    } rows[] = {
        {PLAN_CREATE, true},   {PLAN_SWITCH, true},   {PLAN_TTL, true},
        {PLAN_FENCE, false},   {PLAN_ASSERT, false},  {PLAN_STOP, false},
        {PLAN_APPLIED, false}, {PLAN_IN_SYNC, false}, {PLAN_READ_AGAIN, false},
    };
    struct fixture *f = *state;
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        f->belief.pending.plan.kind = rows[i].kind;
        const struct rrset *expected = rows[i].publishes ? f->belief.pending.plan.publish : f->belief.sets;
        assert_ptr_equal(belief_pending_sets(&f->belief), expected);
    }
    f->belief.pending.plan.kind = PLAN_ADOPT; /* and of a TAKE_OVER: what an operator named */
    assert_ptr_equal(belief_pending_sets(&f->belief), f->belief.pending.plan.expect);
    f->belief.pending.plan.kind = PLAN_TAKE_OVER;
    assert_ptr_equal(belief_pending_sets(&f->belief), f->belief.pending.plan.expect);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_belief_needs_two_rooms_a_type),
        CASE(test_belief_is_fresh_for_an_audit),
        CASE(test_belief_keeps_a_copy_of_what_was_seen),
        CASE(test_belief_forgets_a_message_that_never_left),
        CASE(test_belief_knows_the_same_message_again),
        CASE(test_belief_keeps_those_in_doubt_longest),
        CASE(test_belief_is_crowded_by_doubts_alone),
        CASE(test_belief_settles),
        CASE(test_belief_pending_sets_are_what_will_stand_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
