/* SPDX-License-Identifier: MIT */
/*
 * Where: units of core/gate and of what the engine does by it. Faults 1, 5, 6; S4, S7.
 * What:  each row of the table of states; what is told, frozen, forgotten and proved when references fail and return.
 */
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECOND 1000
#define MINUTE (60 * SECOND)

enum { PRIMARY, SECONDARY, FIRST, OTHER }; /* watches of the site with two references */

/* ---- the states ---- */

static void expect(const struct gate *gate, enum gate_state state, uint32_t answering)
{
    assert_int_equal(gate->state, state);
    assert_int_equal(gate_answering(gate), answering);
    assert_int_equal(gate_is_open(gate), state == GATE_OPEN);
}

static void test_without_references_it_is_open(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, 0, 0);
    assert_true(gate_is_open(&gate));
    assert_int_equal(gate_answering(&gate), 0);
}

static void test_ignorance_is_not_open_and_not_closed(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, 2, 0);
    expect(&gate, GATE_UNKNOWN, 0);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_FAIL, 1, 2), GATE_SAME);
    expect(&gate, GATE_UNKNOWN, 0);
    assert_int_equal(gate_observe(&gate, 1, VERDICT_PASS, 3, 4), GATE_OPENS);
    expect(&gate, GATE_OPEN, 1);
    assert_int_equal(gate.since, 4);
    assert_int_equal(gate_passed_start(&gate), 3);
}

static void test_all_have_to_fail(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, 2, 0);
    gate_observe(&gate, 0, VERDICT_PASS, 1, 2);
    assert_int_equal(gate_observe(&gate, 1, VERDICT_PASS, 1, 3), GATE_SAME);
    expect(&gate, GATE_OPEN, 2);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_FAIL, 4, 5), GATE_SAME);
    expect(&gate, GATE_OPEN, 1);
    assert_int_equal(gate_observe(&gate, 1, VERDICT_FAIL, 4, 6), GATE_CLOSES);
    expect(&gate, GATE_CLOSED, 0);
    assert_int_equal(gate_passed_start(&gate), 1);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_FAIL, 7, 8), GATE_SAME);
    assert_int_equal(gate.since, 6);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_PASS, 9, 10), GATE_OPENS_AGAIN);
    expect(&gate, GATE_OPEN, 1);
}

/* No route at all: each look ends with an error of this host. */
static void test_local_is_as_bad_as_a_failure(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, 2, 0);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_LOCAL, 1, 2), GATE_SAME);
    assert_int_equal(gate_observe(&gate, 1, VERDICT_FAIL, 1, 2), GATE_CLOSES);
    gate_init(&gate, 1, 0);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_LOCAL, 1, 2), GATE_CLOSES);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_PASS, 3, 4), GATE_OPENS_AGAIN);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_LOCAL, 5, 6), GATE_CLOSES);
}

static void test_doubt_ends_what_is_open_and_opens_nothing(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, 2, 0);
    gate_observe(&gate, 0, VERDICT_PASS, 1, 2);
    gate_observe(&gate, 1, VERDICT_PASS, 1, 2);
    assert_int_equal(gate_doubt(&gate, 1, 3), GATE_SAME);
    assert_int_equal(gate_doubt(&gate, 0, 3), GATE_DOUBTS);
    expect(&gate, GATE_UNKNOWN, 0);
    assert_int_equal(gate_observe(&gate, 0, VERDICT_PASS, 4, 5), GATE_OPENS);
    gate_observe(&gate, 0, VERDICT_FAIL, 6, 7);
    expect(&gate, GATE_UNKNOWN, 0);
    assert_int_equal(gate_observe(&gate, 1, VERDICT_FAIL, 6, 8), GATE_CLOSES);
    assert_int_equal(gate_doubt(&gate, 0, 9), GATE_SAME);
    expect(&gate, GATE_CLOSED, 0);
    assert_int_equal(gate_observe(&gate, 1, VERDICT_PASS, 9, 10), GATE_OPENS_AGAIN);
}

static void test_the_newest_pass_is_the_proof(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, 2, 0);
    gate_observe(&gate, 0, VERDICT_PASS, 100, 101);
    gate_observe(&gate, 1, VERDICT_PASS, 90, 102);
    assert_int_equal(gate_passed_start(&gate), 100);
}

/* ---- the engine ---- */

static struct door *guarded(void)
{
    struct site *site = site_new();
    site_add_references(site, 2);
    return door_open(site, true);
}

static void answer(struct door *door, enum verdict targets, enum verdict references)
{
    door->verdicts[PRIMARY] = door->verdicts[SECONDARY] = targets;
    door->verdicts[FIRST] = door->verdicts[OTHER] = references;
}

static void test_nothing_is_sent_or_told_before_a_reference_has_answered(void **state)
{
    (void)state;
    struct door *door = guarded();
    door->verdicts[FIRST] = VERDICT_FAIL;
    door->verdicts[OTHER] = VERDICT_FAIL;
    door_run(door, 5 * MINUTE);
    assert_int_equal(door->send_count, 0);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_CUT_OFF);
    assert_int_equal(door->notice_count, 1);
    assert_int_equal(door_last(door, NOTICE_CUT_OFF)->count, 0);
    assert_int_equal(door_last(door, NOTICE_CUT_OFF)->threshold, 2);
    door->verdicts[OTHER] = VERDICT_PASS;
    door_run(door, 6 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CONNECTED), 1);
    assert_int_equal(door_told(door, NOTICE_TARGET_UP), 2);
    assert_int_equal(door_sent_kind(door, PLAN_ADOPT), 1);
    door_close(door);
}

/* Fault 1: one line when it begins and one when it ends; nothing is sent meanwhile, nor after the return. */
static void test_a_host_that_is_cut_off_changes_nothing(void **state)
{
    (void)state;
    struct door *door = guarded();
    door_run(door, 2 * MINUTE);
    uint32_t sent = door->send_count, told = door->notice_count;
    answer(door, VERDICT_FAIL, VERDICT_FAIL);
    door_run(door, 12 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CUT_OFF), 1);
    assert_int_equal(door_told(door, NOTICE_TARGET_DOWN), 0);
    assert_int_equal(door_told(door, NOTICE_NO_HEALTHY_TARGET), 0);
    assert_in_range(door->notice_count, told + 1, told + 3); /* the first failures may come before the references' */
    answer(door, VERDICT_PASS, VERDICT_PASS);
    door_run(door, 30 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CONNECTED), 1);
    assert_in_range(door_last(door, NOTICE_CONNECTED)->duration_ms, 10 * MINUTE - 10 * SECOND,
                    10 * MINUTE + 10 * SECOND);
    assert_int_equal(door->send_count, sent);
    assert_int_equal(door_told(door, NOTICE_TARGET_UNKNOWN), 0);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_CURRENT_UP);
    door_close(door);
}

static void test_a_closed_gate_is_told_again_each_hour(void **state)
{
    (void)state;
    struct door *door = guarded();
    door_run(door, MINUTE);
    answer(door, VERDICT_LOCAL, VERDICT_LOCAL);
    door_run(door, 55 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CUT_OFF), 1);
    assert_false(door_last(door, NOTICE_CUT_OFF)->repeated);
    door_run(door, 125 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_CUT_OFF), 3);
    assert_true(door_last(door, NOTICE_CUT_OFF)->repeated);
    door_close(door);
}

/* S7: on opening each watch begins anew, and probes under way are void. */
static void test_opening_forgets_what_was_seen(void **state)
{
    (void)state;
    struct door *door = guarded();
    door_run(door, 2 * MINUTE);
    door->verdicts[FIRST] = door->verdicts[OTHER] = VERDICT_FAIL;
    door->verdicts[PRIMARY] = VERDICT_FAIL;
    door_run(door, 4 * MINUTE);
    assert_int_equal(engine_watch(door->engine, PRIMARY)->health.state, HEALTH_DOWN);
    assert_int_equal(engine_watch(door->engine, SECONDARY)->health.state, HEALTH_UP);
    const struct watch *primary = engine_watch(door->engine, PRIMARY);
    const struct watch *first = engine_watch(door->engine, FIRST);
    struct op op = {.subject = FIRST, .ticket = first->tickets};
    door->probe_starts_late_ms = 950; /* so that they meet */
    while (!first->in_flight || !primary->in_flight) {
        door_run(door, door->now + 1);
        op.ticket = first->tickets;
        if (door->now > 60 * MINUTE)
            fail_msg("the two never run at the same time");
    }
    const uint32_t cancelled = door->cancel_count;
    const struct probe_report report = {.verdict = VERDICT_PASS, .started = door->now, .reason = REASON_OK};
    const struct event event = {.kind = EVENT_PROBE_DONE, .op = op, .is.probe = &report};
    door_event(door, &event);
    assert_int_equal(door_told(door, NOTICE_CONNECTED), 1);
    assert_int_equal(primary->health.state, HEALTH_UNKNOWN);
    assert_false(primary->health.counted);
    assert_false(primary->in_flight);
    assert_int_equal(engine_watch(door->engine, SECONDARY)->health.state, HEALTH_UNKNOWN);
    assert_int_equal(first->health.state, HEALTH_UP);
    assert_true(door->cancel_count > cancelled);
    door_close(door);
}

/* A primary that died meanwhile is left after a full detection of its own, from the opening on. */
static void test_after_opening_a_dead_target_is_left_by_the_rules(void **state)
{
    (void)state;
    struct door *door = guarded();
    door_run(door, 2 * MINUTE);
    answer(door, VERDICT_FAIL, VERDICT_FAIL);
    door_run(door, 4 * MINUTE);
    answer(door, VERDICT_PASS, VERDICT_PASS);
    door->verdicts[PRIMARY] = VERDICT_FAIL;
    door_run(door, 4 * MINUTE + 15 * SECOND);
    assert_int_equal(door_sent_kind(door, PLAN_SWITCH), 0);
    door_run(door, 5 * MINUTE);
    assert_int_equal(door_sent_kind(door, PLAN_SWITCH), 1);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    door_close(door);
}

/* S4: the standby's pass is not enough where no reference has passed since; the first one that does lets it go. */
static void test_a_switch_waits_for_a_reference_that_passed_since(void **state)
{
    (void)state;
    struct site *site = site_new();
    site->check.fall = 1;
    site_add_references(site, 1);
    site->checks[1].interval_ms = site->checks[1].interval_changing_ms = 120000;
    struct door *door = door_open(site, true);
    door_run(door, 100 * SECOND);
    door->verdicts[PRIMARY] = VERDICT_FAIL;
    door_run(door, 118 * SECOND);
    assert_int_equal(door_record(door, 0)->decision.reason, DECISION_PROOF_AWAITED);
    assert_true(door_record(door, 0)->awaits_gate);
    assert_int_equal(door_sent_kind(door, PLAN_SWITCH), 0);
    door_run(door, 122 * SECOND);
    assert_int_equal(door_sent_kind(door, PLAN_SWITCH), 1);
    assert_false(door_record(door, 0)->awaits_gate);
    door_close(door);
}

/* A message that still waits for its turn when the gate closes does not leave. */
static void test_what_is_queued_stays_when_the_gate_closes(void **state)
{
    (void)state;
    struct site *site = site_of(2, 1, false);
    site_add_references(site, 1);
    struct door *door = door_open(site, true);
    door_run(door, 2 * MINUTE);
    uint32_t sent = door->send_count;
    door->verdicts[0] = door->verdicts[2] = VERDICT_FAIL; /* both primaries */
    door->sends = OUTCOME_SERVER_FAILURE;                 /* the zone pauses again and again */
    door_run(door, 3 * MINUTE);
    assert_true(door->send_count > sent);
    door->verdicts[4] = VERDICT_FAIL;
    door_run(door, 3 * MINUTE + 10 * SECOND);
    assert_int_equal(door_told(door, NOTICE_CUT_OFF), 1);
    sent = door->send_count;
    door->sends = 0;
    door_run(door, 10 * MINUTE);
    assert_int_equal(door->send_count, sent);
    door_close(door);
}

/* After a pause of the process references have to answer anew; that is no line that was lost. */
static void test_a_gap_leaves_the_gate_in_doubt(void **state)
{
    (void)state;
    struct door *door = guarded();
    door_run(door, 2 * MINUTE);
    door_gap(door, 6 * SECOND);
    struct engine_summary summary;
    engine_summarise(door->engine, &summary);
    assert_int_equal(summary.gate, GATE_UNKNOWN);
    assert_int_equal(summary.references, 2);
    door_run(door, 3 * MINUTE);
    engine_summarise(door->engine, &summary);
    assert_int_equal(summary.gate, GATE_OPEN);
    assert_int_equal(door_told(door, NOTICE_CUT_OFF) + door_told(door, NOTICE_CONNECTED), 0);
    assert_int_equal(door_told(door, NOTICE_TARGET_UP), 2);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_references_it_is_open),
        cmocka_unit_test(test_ignorance_is_not_open_and_not_closed),
        cmocka_unit_test(test_all_have_to_fail),
        cmocka_unit_test(test_local_is_as_bad_as_a_failure),
        cmocka_unit_test(test_doubt_ends_what_is_open_and_opens_nothing),
        cmocka_unit_test(test_the_newest_pass_is_the_proof),
        cmocka_unit_test(test_nothing_is_sent_or_told_before_a_reference_has_answered),
        cmocka_unit_test(test_a_host_that_is_cut_off_changes_nothing),
        cmocka_unit_test(test_a_closed_gate_is_told_again_each_hour),
        cmocka_unit_test(test_opening_forgets_what_was_seen),
        cmocka_unit_test(test_after_opening_a_dead_target_is_left_by_the_rules),
        cmocka_unit_test(test_a_switch_waits_for_a_reference_that_passed_since),
        cmocka_unit_test(test_what_is_queued_stays_when_the_gate_closes),
        cmocka_unit_test(test_a_gap_leaves_the_gate_in_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
