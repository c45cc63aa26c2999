/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/record.
 * What:  what is told of a signed zone whose signatures do not hold.
 */
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60000
#define HOUR   3600000

/* ---- trouble ---- */

/* Fault 98: it keeps nobody from switching, but people are told, after a switch and at an audit. */
static void test_record_tells_missing_signatures(void **state)
{
    (void)state;
    struct door *door = door_quiet(site_new());
    door->signs = true;
    door_run(door, MINUTE);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 0);
    door->signs_badly = true;
    door->verdicts[0] = VERDICT_FAIL;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FAILOVER), 1);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 1);
    assert_true(door_last(door, NOTICE_UPDATE_FAILED)->not_signed);
    assert_false(door_last(door, NOTICE_UPDATE_FAILED)->repeated);
    door_run(door, 50 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_UPDATE_FAILED), 2);
    assert_true(door_last(door, NOTICE_UPDATE_FAILED)->repeated);
    door->signs_badly = false;
    door_run(door, 70 * MINUTE);
    assert_false(door_record(door, 0)->unsigned_sets.active);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_tells_missing_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
