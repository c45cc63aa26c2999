/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/tally.
 * What:  each row of its table over one, two and three members, the proof, and who is left out.
 *        r53 43, 67, 78, 79, 81.
 */

#include "core/tally.h"
#include "health_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct tally before = {0};

/* A member in this state; U(p): up, its last pass begun at p. D(f): down, failing since f. */
#define U(start) (&(struct health){.state = HEALTH_UP, .counted = true, .passed_start = (start)})
#define D(start) (&(struct health){.state = HEALTH_DOWN, .counted = true, .failing_start = (start)})
#define X (&(struct health){.state = HEALTH_UNKNOWN, .counted = true})
#define NEVER_ASKED (&(struct health){.state = HEALTH_UNKNOWN})
#define LOCAL_ONLY (&(struct health){.state = HEALTH_UNKNOWN, .local_only = true})
#define NO_CHECK NULL

#define TALLY(least, ...)                                                                                             \
    tally_of((const struct health *const[]){__VA_ARGS__},                                                             \
             sizeof((const struct health *const[]){__VA_ARGS__}) / sizeof(struct health *), (least), &before, 1000)

/* r53 78: enough is one, unless more are asked for. */
static void test_up_when_enough_are_up(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, U(5)).state, HEALTH_UP);
    assert_int_equal(TALLY(1, D(5), U(5)).state, HEALTH_UP);
    assert_int_equal(TALLY(1, X, U(5)).state, HEALTH_UP);
    assert_int_equal(TALLY(2, U(5), U(6), D(7)).state, HEALTH_UP);
    assert_int_equal(TALLY(2, U(5), U(6), X).state, HEALTH_UP);
    assert_int_equal(TALLY(3, U(5), U(6), U(7)).state, HEALTH_UP);
}

static void test_down_when_too_few_can_be_up(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, D(5)).state, HEALTH_DOWN);
    assert_int_equal(TALLY(1, D(5), D(6)).state, HEALTH_DOWN);
    assert_int_equal(TALLY(2, U(5), D(6)).state, HEALTH_DOWN);
    assert_int_equal(TALLY(3, U(5), U(6), D(7)).state, HEALTH_DOWN);
    assert_int_equal(TALLY(3, U(5), X, D(7)).state, HEALTH_DOWN);
}

static void test_unknown_when_it_could_be_either(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, X).state, HEALTH_UNKNOWN);
    assert_int_equal(TALLY(1, NEVER_ASKED).state, HEALTH_UNKNOWN);
    assert_int_equal(TALLY(1, D(5), X).state, HEALTH_UNKNOWN);
    assert_int_equal(TALLY(2, U(5), X).state, HEALTH_UNKNOWN);
    assert_int_equal(TALLY(2, U(5), X, D(6)).state, HEALTH_UNKNOWN);
    assert_int_equal(TALLY(2, X, X, D(6)).state, HEALTH_UNKNOWN);
}

static void test_members_are_counted(void **state)
{
    (void)state;
    struct tally tally = TALLY(1, U(1), U(2), U(3), D(4), D(5), X, LOCAL_ONLY, LOCAL_ONLY, LOCAL_ONLY, LOCAL_ONLY);
    assert_int_equal(tally.up, 3);
    assert_int_equal(tally.down, 2);
    assert_int_equal(tally.unknown, 1);
    assert_int_equal(tally.left_out, 4);
}

/* The proof of "at least N" is as old as the oldest of the N newest passes. */
static void test_proof_is_the_nth_newest_pass(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, U(10), U(30), U(20)).passed_start, 30);
    assert_int_equal(TALLY(2, U(10), U(30), U(20)).passed_start, 20);
    assert_int_equal(TALLY(3, U(10), U(30), U(20)).passed_start, 10);
    assert_int_equal(TALLY(2, U(11), U(10), U(9)).passed_start, 10);
    assert_int_equal(TALLY(2, U(30), U(30), U(20)).passed_start, 30);
    assert_int_equal(TALLY(2, U(30), U(20), U(20), U(20)).passed_start, 20);
    assert_int_equal(TALLY(4, U(30), U(20), U(20), U(20), U(10)).passed_start, 20);
    assert_int_equal(TALLY(5, U(30), U(20), U(20), U(20), U(10)).passed_start, 10);
    assert_int_equal(TALLY(1, D(5)).passed_start, 0);
}

/* A pass from before it went down proves nothing. */
static void test_proof_takes_no_pass_of_one_that_is_down(void **state)
{
    (void)state;
    const struct health down = {.state = HEALTH_DOWN, .counted = true, .passed_start = 99, .failing_start = 50};
    assert_int_equal(TALLY(1, &down, U(30)).passed_start, 30);
}

/* r53 43, 67, 79, 81. */
static void test_no_check_is_up_and_always_proved(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, NO_CHECK).state, HEALTH_UP);
    assert_true(TALLY(1, NO_CHECK).passed_start == MONO_NEVER);
    assert_true(TALLY(2, NO_CHECK, NO_CHECK, U(7)).passed_start == MONO_NEVER);
    assert_int_equal(TALLY(2, NO_CHECK, U(7)).passed_start, 7);
    assert_int_equal(TALLY(1, NO_CHECK, LOCAL_ONLY).left_out, 1);
}

static void test_failing_since_is_the_newest_of_those_that_are_down(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, D(5)).failing_start, 5);
    assert_int_equal(TALLY(1, D(5), D(9), D(7)).failing_start, 9);
    assert_int_equal(TALLY(2, U(50), D(5), D(9)).failing_start, 9);
    assert_int_equal(TALLY(1, U(50)).failing_start, 0);
}

/* An instant of the simulator may lie before its zero. */
static void test_failing_since_may_be_before_zero(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, D(-9)).failing_start, -9);
    assert_int_equal(TALLY(1, D(-9), D(-5)).failing_start, -5);
}

static void test_up_since_is_carried_on_while_it_is_up(void **state)
{
    (void)state;
    const struct health *const up[] = {U(5), U(6)}, *const half[] = {U(5), D(6)}, *const down[] = {D(5), D(6)};

    struct tally tally = tally_of(half, 2, 1, &before, 100);
    assert_int_equal(tally.up_since, 100);
    tally = tally_of(up, 2, 1, &tally, 200);
    assert_int_equal(tally.up_since, 100);
    tally = tally_of(down, 2, 1, &tally, 300);
    assert_true(tally.up_since == MONO_NEVER);
    tally = tally_of(half, 2, 1, &tally, 400);
    assert_int_equal(tally.up_since, 400);
    tally = tally_of((const struct health *const[]){X, D(6)}, 2, 1, &tally, 500);
    assert_true(tally.up_since == MONO_NEVER);
    tally = tally_of(up, 2, 1, &tally, 600);
    assert_int_equal(tally.up_since, 600);
}

/* A host with one family alone: what it cannot ask is not in the way of what it can. */
static void test_what_cannot_be_judged_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(TALLY(1, D(5), LOCAL_ONLY).state, HEALTH_DOWN);
    assert_int_equal(TALLY(1, U(5), LOCAL_ONLY).state, HEALTH_UP);
    assert_int_equal(TALLY(1, X, LOCAL_ONLY).state, HEALTH_UNKNOWN);
    assert_int_equal(TALLY(1, D(5), NEVER_ASKED).state, HEALTH_UNKNOWN);
}

static void test_what_is_left_out_lowers_the_number_asked_for(void **state)
{
    (void)state;
    assert_int_equal(TALLY(2, U(5), LOCAL_ONLY).state, HEALTH_UP);
    assert_int_equal(TALLY(2, U(5), LOCAL_ONLY).passed_start, 5);
    assert_int_equal(TALLY(2, D(5), LOCAL_ONLY).state, HEALTH_DOWN);
    assert_int_equal(TALLY(2, U(5), D(6), LOCAL_ONLY).state, HEALTH_DOWN);
    assert_int_equal(TALLY(3, U(5), U(6), LOCAL_ONLY).state, HEALTH_UP);
}

static void test_unknown_when_nobody_can_be_judged(void **state)
{
    (void)state;
    struct tally tally = TALLY(1, LOCAL_ONLY, LOCAL_ONLY);
    assert_int_equal(tally.state, HEALTH_UNKNOWN);
    assert_int_equal(tally.left_out, 0);
    assert_int_equal(TALLY(1, LOCAL_ONLY, NEVER_ASKED).left_out, 0);
    assert_int_equal(tally_of(NULL, 0, 1, &before, 1000).state, HEALTH_UNKNOWN);
}

/* From results to the tally: the first counted result takes it in again. */
static void test_the_first_counted_result_takes_it_in_again(void **state)
{
    (void)state;
    struct check_settings check = check_of(3, 2);
    struct health four = health_down(&check, 1000), six = {0};
    const struct health *const members[] = {&four, &six};

    assert_false(tally_leaves_out(members, 2, 1));
    observe(&six, &check, VERDICT_LOCAL, 1000);
    assert_true(tally_leaves_out(members, 2, 1));
    assert_false(tally_leaves_out(members, 2, 0));
    assert_int_equal(tally_of(members, 2, 1, &before, 30000).state, HEALTH_DOWN);

    observe(&six, &check, VERDICT_FAIL, 11000);
    assert_false(tally_leaves_out(members, 2, 1));
    assert_int_equal(tally_of(members, 2, 1, &before, 30000).state, HEALTH_UNKNOWN);
    observe(&six, &check, VERDICT_LOCAL, 21000);
    assert_false(tally_leaves_out(members, 2, 1));

    health_forget(&six, 30000);
    observe(&six, &check, VERDICT_LOCAL, 31000);
    assert_true(tally_leaves_out(members, 2, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_when_enough_are_up),
        cmocka_unit_test(test_down_when_too_few_can_be_up),
        cmocka_unit_test(test_unknown_when_it_could_be_either),
        cmocka_unit_test(test_members_are_counted),
        cmocka_unit_test(test_proof_is_the_nth_newest_pass),
        cmocka_unit_test(test_proof_takes_no_pass_of_one_that_is_down),
        cmocka_unit_test(test_no_check_is_up_and_always_proved),
        cmocka_unit_test(test_failing_since_is_the_newest_of_those_that_are_down),
        cmocka_unit_test(test_failing_since_may_be_before_zero),
        cmocka_unit_test(test_up_since_is_carried_on_while_it_is_up),
        cmocka_unit_test(test_what_cannot_be_judged_is_left_out),
        cmocka_unit_test(test_what_is_left_out_lowers_the_number_asked_for),
        cmocka_unit_test(test_unknown_when_nobody_can_be_judged),
        cmocka_unit_test(test_the_first_counted_result_takes_it_in_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
