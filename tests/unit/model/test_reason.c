/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/reason.
 * What:  the words that dashboards and scripts match, spelt out a second time here so that a change of one is noticed.
 */
#include "model/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const reasons[] = {
    "not-probed",      "ok",           "refused",          "unreachable",  "reset",
    "timeout-connect", "timeout-tls",  "timeout-response", "tls-expired",  "tls-name",
    "tls-untrusted",   "tls-protocol", "status",           "body",         "dns-rcode",
    "dns-answer",      "exec-status",  "exec-signal",      "exec-timeout", "heartbeat-missed",
    "heartbeat-down",  "closed",       "protocol",         "redirect",     "tls-expiring",
    "children",        "inverted",     "local-error",
};

static const char *const decisions[] = {
    "condition",         "held",         "forced",           "cut-off",   "start-grace",    "retired",
    "current-unknown",   "current-down", "drained",          "recovered", "proof-awaited",  "none-known-up",
    "no-healthy-target", "current-up",   "fail-back-manual", "flapping",  "fail-back-wait", "preferred-up",
};

static const char *const conditions[] = {
    "ok",          "unread",   "off",     "missing", "unowned",  "foreign",      "foreign-change",
    "other-owner", "occluded", "partial", "clone",   "rollback", "inconsistent", "conflict",
};

/* A sentence is there, begins small (it follows a colon) and has no full stop (more may follow). */
static void assert_sentence(const char *sentence)
{
    assert_non_null(sentence);
    assert_in_range(sentence[0], 'a', 'z');
    assert_true(sentence[strlen(sentence) - 1] != '.');
}

static void test_reasons_have_their_words(void **state)
{
    (void)state;
    assert_int_equal(sizeof(reasons) / sizeof(reasons[0]), REASON_COUNT);
    for (int i = 0; i < REASON_COUNT; i++) {
        assert_string_equal(reason_name((enum reason)i), reasons[i]);
        assert_sentence(reason_sentence((enum reason)i));
    }
}

static void test_only_ok_passes_and_only_our_own_faults_are_local(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++) {
        enum verdict expected = VERDICT_FAIL;
        if (i == REASON_OK)
            expected = VERDICT_PASS;
        if (i == REASON_NOT_PROBED || i == REASON_LOCAL_ERROR)
            expected = VERDICT_LOCAL;
        assert_int_equal(reason_verdict((enum reason)i), expected);
    }
}

static void test_decisions_have_their_words(void **state)
{
    (void)state;
    assert_int_equal(sizeof(decisions) / sizeof(decisions[0]), DECISION_REASON_COUNT - 1);
    for (int i = 1; i < DECISION_REASON_COUNT; i++) {
        assert_string_equal(decision_reason_name((enum decision_reason)i), decisions[i - 1]);
        assert_sentence(decision_reason_sentence((enum decision_reason)i));
    }
}

static void test_conditions_have_their_words(void **state)
{
    (void)state;
    assert_int_equal(sizeof(conditions) / sizeof(conditions[0]), CONDITION_COUNT);
    for (int i = 0; i < CONDITION_COUNT; i++) {
        assert_string_equal(condition_name((enum condition)i), conditions[i]);
        assert_sentence(condition_sentence((enum condition)i));
    }
}

static void test_health_has_three_words(void **state)
{
    (void)state;
    assert_string_equal(health_state_name(HEALTH_UNKNOWN), "unknown");
    assert_string_equal(health_state_name(HEALTH_UP), "up");
    assert_string_equal(health_state_name(HEALTH_DOWN), "down");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons_have_their_words),
        cmocka_unit_test(test_only_ok_passes_and_only_our_own_faults_are_local),
        cmocka_unit_test(test_decisions_have_their_words),
        cmocka_unit_test(test_conditions_have_their_words),
        cmocka_unit_test(test_health_has_three_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
