/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/calculated, through the door.
 * What:  three values of all-of, any-of, at-least; children shared and nested; proof, reason, gaps, what is left out.
 *        r53 50, 53, 55, 56.
 */

#include "group_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* By letter what each child sees: P pass, F failure, L cannot ask. */
static void set(struct door *door, uint32_t target, const char *letters)
{
    for (uint32_t i = 0; letters[i] != '\0'; i++)
        door->verdicts[group_watch(door->site, target, i)] = letters[i] == 'P'   ? VERDICT_PASS
                                                             : letters[i] == 'F' ? VERDICT_FAIL
                                                                                 : VERDICT_LOCAL;
}

static enum health_state state_of_three(uint32_t least, const char *letters)
{
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_probe("imap"),
                                group_of("site", least, 3)};
    struct door *door = door_quiet(group_site(row, 4));
    set(door, 0, letters);
    door_run(door, 61000);
    enum health_state state = group_health(door, 0, 3)->state;
    group_close(door);
    return state;
}

/* r53 50: healthy children against a threshold; what this host cannot judge is left out. */
static void test_at_least_so_many_of_three(void **state)
{
    (void)state;
    static const struct {
        uint32_t least;
        const char *letters;
        enum health_state state;
    } rows[] = {
        {3, "PPP", HEALTH_UP},   {3, "PPF", HEALTH_DOWN},    {1, "FFP", HEALTH_UP},   {1, "FFF", HEALTH_DOWN},
        {2, "PPF", HEALTH_UP},   {2, "PFF", HEALTH_DOWN},    {3, "PPL", HEALTH_UP},   {2, "LLP", HEALTH_UP},
        {2, "LLF", HEALTH_DOWN}, {3, "LLL", HEALTH_UNKNOWN}, {2, "LPF", HEALTH_DOWN}, {1, "LPF", HEALTH_UP},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(state_of_three(rows[i].least, rows[i].letters), rows[i].state);
}

static void test_it_is_never_asked_itself(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_of("site", 1, 1)};
    struct door *door = group_door(row, 2);
    const struct watch *watch = engine_watch(door->engine, group_watch(door->site, 0, 1));
    assert_int_equal(watch->tickets, 0);
    assert_true(watch_deadline(watch) == MONO_NEVER);
    assert_int_equal(door->probe_count, 2 * 7); /* both children, at 1, 11 … 61 */
    group_close(door);
}

static void test_it_follows_its_children_at_once_and_tells_their_reason(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_of("site", 2, 2)};
    struct door *door = group_door(row, 3);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UP);
    set(door, 0, "PF");
    door_run(door, 120000);
    assert_int_equal(group_health(door, 0, 1)->state, HEALTH_DOWN);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_DOWN);
    assert_true(group_health(door, 0, 2)->since == group_health(door, 0, 1)->since);
    assert_true(group_health(door, 0, 2)->failing_start == group_health(door, 0, 1)->failing_start);

    const struct notice *notice = door_last(door, NOTICE_TARGET_DOWN);
    assert_int_equal(notice->watch, group_watch(door->site, 0, 2));
    assert_int_equal(notice->reason, REASON_REFUSED);
    assert_string_equal(notice->detail, "smtp: Connection refused");
    assert_int_equal(notice->threshold, 1);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    assert_int_equal(door_record(door, 0)->current, 1);
    group_close(door);
}

/* Two levels, and a child that both share; one result brings all up to date. */
static void test_children_are_shared_and_nested(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_of("both", 2, 2), group_of("one", 1, 2),
                                group_of("all", 2, 4)};
    row[4].child_count = 2;
    row[4].children[0] = 2; /* all = both and one */
    row[4].children[1] = 3;
    struct door *door = group_door(row, 5);
    assert_int_equal(group_health(door, 0, 4)->state, HEALTH_UP);
    set(door, 0, "FP");
    door_run(door, 120000);
    mono_ms since = group_health(door, 0, 0)->since;
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_DOWN);
    assert_int_equal(group_health(door, 0, 3)->state, HEALTH_UP);
    assert_int_equal(group_health(door, 0, 4)->state, HEALTH_DOWN);
    assert_true(group_health(door, 0, 4)->since == since);
    assert_string_equal(door_last(door, NOTICE_TARGET_DOWN)->detail, "both: web: Connection refused");

    set(door, 0, "PP");
    door_run(door, 180000);
    assert_int_equal(group_health(door, 0, 4)->state, HEALTH_UP);
    assert_true(group_health(door, 0, 4)->since == group_health(door, 0, 0)->since);
    group_close(door);
}

/* Of `at least 2` the proof is as old as the second newest pass; of a failure the newest first failure counts. */
static void test_the_proof_is_that_of_the_children(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_probe("imap"), group_of("site", 2, 3)};
    struct door *door = group_door(row, 4);
    mono_ms starts[3];
    for (uint32_t i = 0; i < 3; i++)
        starts[i] = group_health(door, 0, i)->passed_start;
    assert_true(starts[0] <= starts[1] && starts[1] <= starts[2] && starts[0] < starts[2]);
    assert_true(group_health(door, 0, 3)->passed_start == starts[1]);
    assert_true(group_health(door, 0, 3)->counted_at == group_health(door, 0, 2)->counted_at);
    set(door, 0, "FFP");
    door_run(door, 120000);
    assert_true(group_health(door, 0, 3)->failing_start ==
                mono_later(group_health(door, 0, 0)->failing_start, group_health(door, 0, 1)->failing_start));
    assert_true(group_health(door, 0, 3)->failed_start ==
                mono_earlier(group_health(door, 0, 0)->failed_start, group_health(door, 0, 1)->failed_start));
    group_close(door);
}

/* Unset they are 1; set they count results that leave it as it is said to be. */
static void test_thresholds_of_its_own(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_of("site", 1, 1)};
    row[1].check.fall = 2;
    row[1].check.rise = 3;
    struct door *door = group_door(row, 2);
    set(door, 0, "F");
    door_run(door, 120000);
    assert_int_equal(group_health(door, 0, 1)->since - group_health(door, 0, 0)->since, 10000);
    assert_int_equal(group_health(door, 0, 1)->streak,
                     7 - 3 + 1 - 1); /* one less than the child's, counted from down */
    set(door, 0, "P");
    door_run(door, 240000);
    assert_int_equal(group_health(door, 0, 1)->state, HEALTH_UP);
    assert_int_equal(group_health(door, 0, 1)->since - group_health(door, 0, 0)->since, 20000);
    group_close(door);
}

/* A child that falls silent leaves the rest to say what it can. */
static void test_unknown_is_followed_at_once(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_of("site", 2, 2)};
    struct door *door = group_door(row, 3);
    set(door, 0, "PL");
    door_run(door, 120000);
    assert_int_equal(group_health(door, 0, 1)->state, HEALTH_UNKNOWN);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UNKNOWN);
    assert_true(group_health(door, 0, 2)->since == group_health(door, 0, 1)->since);
    assert_true(group_health(door, 0, 2)->counted && !group_health(door, 0, 2)->local_only);
    set(door, 0, "FL"); /* all-of: down whatever the other one says */
    door_run(door, 180000);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_DOWN);
    group_close(door);
}

/* One that this host cannot judge at all is left out where another address can be judged (fault 34). */
static void test_all_children_local_is_local(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_of("site", 1, 2)};
    struct door *door = door_quiet(group_site(row, 3));
    set(door, 0, "LL");
    door_run(door, 61000);
    assert_true(group_health(door, 0, 2)->local_only && !group_health(door, 0, 2)->counted);
    assert_int_equal(door_told(door, NOTICE_TARGET_UNKNOWN), 1);
    assert_int_equal(door_last(door, NOTICE_TARGET_UNKNOWN)->reason, REASON_LOCAL_ERROR);
    set(door, 0, "LP");
    door_run(door, 75000);
    assert_false(group_health(door, 0, 2)->local_only);
    assert_int_equal(group_health(door, 0, 2)->state, HEALTH_UP);
    group_close(door);
}

/* After a gap a decision rests on it only once enough of its children have been asked again. */
static void test_a_gap_makes_it_unsound_until_its_children_have_spoken(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_probe("smtp"), group_of("site", 2, 2)};
    struct door *door = group_door(row, 3);
    const struct watch *watch = engine_watch(door->engine, group_watch(door->site, 0, 2));
    assert_true(watch->sound);
    door_gap(door, 15000);
    assert_int_equal(watch->health.state, HEALTH_UP);
    assert_false(watch->sound);
    door_run(door, door->now + 2000);
    assert_true(watch->sound);
    door_gap(door, 60000); /* longer than any opinion lasts */
    assert_int_equal(watch->health.state, HEALTH_UNKNOWN);
    group_close(door);
}

static void test_an_open_gate_begins_anew(void **state)
{
    (void)state;
    struct group_check row[] = {group_probe("web"), group_of("site", 1, 1), group_probe("reference")};
    row[2].check.interval_ms = row[2].check.interval_changing_ms = 5000;
    row[2].check.total_ms = 2000;
    row[2].check.rise = row[2].check.fall = 1;
    struct site *site = group_site(row, 2);
    struct check_settings checks[3] = {row[0].check, row[1].check, row[2].check};
    void *rows = (void *)site->settings.checks;
    site->settings.checks = checks;
    site->settings.check_count = 3;
    site->settings.safety.connectivity = (struct connectivity_settings){
        .watch_first = 4, .watch_count = 1, .check_count = 1};
    site->watches[site->settings.watch_count++] = (struct watch_settings){
        .check = 2, .name = ID_NONE, .address = {.family = ADDRESS_V4, .bytes = {203, 0, 113, 1}}};
    struct door *door = door_quiet(site);
    door_run(door, 61000);
    const struct watch *watch = engine_watch(door->engine, 1);
    assert_int_equal(watch->health.state, HEALTH_UP);
    door->verdicts[4] = VERDICT_FAIL;
    door_run(door, 68000);
    door->verdicts[4] = VERDICT_PASS;
    mono_ms before = door->now;
    while (door_told(door, NOTICE_CONNECTED) == 0)
        door_run(door, door->now + 10);
    assert_true(watch->health.state == HEALTH_UNKNOWN || watch->health.since > before);
    door_run(door, 90000);
    assert_int_equal(watch->health.state, HEALTH_UP);
    assert_true(watch->health.since > before);
    door_close(door);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_least_so_many_of_three),
        cmocka_unit_test(test_it_is_never_asked_itself),
        cmocka_unit_test(test_it_follows_its_children_at_once_and_tells_their_reason),
        cmocka_unit_test(test_children_are_shared_and_nested),
        cmocka_unit_test(test_the_proof_is_that_of_the_children),
        cmocka_unit_test(test_thresholds_of_its_own),
        cmocka_unit_test(test_unknown_is_followed_at_once),
        cmocka_unit_test(test_all_children_local_is_local),
        cmocka_unit_test(test_a_gap_makes_it_unsound_until_its_children_have_spoken),
        cmocka_unit_test(test_an_open_gate_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
