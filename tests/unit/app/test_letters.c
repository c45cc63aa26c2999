/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/letters; NOT-6, NOT-8.
 * What:  which of all that the core tells is a message, and by which word.
 * Why:   what a message looks like the golden file of a hook tells (story 260); here every notice is gone through, so
 *        that a new one is decided about.
 */
#include "app/letters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* By the catalogue's word for it; what is missing here is no message. */
static const struct {
    enum notice_kind kind;
    const char *event;
} messages[] = {
    {NOTICE_FAILOVER, "failover"},
    {NOTICE_FAIL_BACK, "fail-back"},
    {NOTICE_NO_HEALTHY_TARGET, "no-healthy-target"},
    {NOTICE_TARGET_UNKNOWN, "target-unknown"},
    {NOTICE_UPDATE_FAILED, "update-failed"},
    {NOTICE_NOT_SERVED, "not-served"},
    {NOTICE_FOREIGN_CHANGE, "foreign-change"},
    {NOTICE_CONFLICT, "conflict"},
    {NOTICE_FLAPPING, "flapping"},
    {NOTICE_RIGHTS, "rights"},
    {NOTICE_CLOCK_SKEW, "clock-skew"},
    {NOTICE_CUT_OFF, "connectivity"},
    {NOTICE_CONNECTED, "connectivity"},
    {NOTICE_TARGET_DOWN, "target-down"},
    {NOTICE_TARGET_UP, "target-up"},
};

static const char *event_of(enum notice_kind kind)
{
    for (size_t i = 0; i < ARRAY_COUNT(messages); i++)
        if (messages[i].kind == kind)
            return messages[i].event;
    return NULL;
}

static void test_each_notice_is_a_message_or_is_none(void **state)
{
    (void)state;
    for (uint32_t kind = 1; kind < NOTICE_CORE_COUNT; kind++) {
        struct notice notice = {.kind = (enum notice_kind)kind};
        const char *wanted = event_of(notice.kind);
        enum notify_event event = letters_event_of(&notice);
        if ((event == 0) != (wanted == NULL))
            fail_msg("%s is %s message", catalogue_row(kind)->event, event ? "a" : "no");
        if (event == 0)
            continue;
        assert_string_equal(notify_event_name(event), wanted);
        assert_string_equal(catalogue_row(kind)->event, wanted);
    }
}

/* What is said again, since it needs a person, has been sent. */
static void test_nothing_is_sent_twice(void **state)
{
    (void)state;
    for (uint32_t kind = 1; kind < NOTICE_CORE_COUNT; kind++)
        assert_int_equal(letters_event_of(&(struct notice){.kind = (enum notice_kind)kind, .repeated = true}), 0);
}

/* The words of the file are those of the log. */
static void test_usual_events_are_all_but_those_of_targets(void **state)
{
    (void)state;
    for (uint32_t event = 1; event < NOTIFY_EVENT_COUNT; event++) {
        bool of_target = event == NOTIFY_TARGET_DOWN || event == NOTIFY_TARGET_UP;
        assert_int_equal((NOTIFY_USUAL & NOTIFY_BIT(event)) != 0, !of_target);
    }
    assert_int_equal(NOTIFY_USUAL & 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_notice_is_a_message_or_is_none),
        cmocka_unit_test(test_nothing_is_sent_twice),
        cmocka_unit_test(test_usual_events_are_all_but_those_of_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
