/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/wording, through app/report.
 * What:  what each notice says, word for word, with its level and its fields. LOG-3, LOG-4.
 */
#include "ear.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Command 7 is pavel's. */
static const char *user_of(uint32_t command, const void *ctx)
{
    (void)ctx;
    return command == 7 ? "pavel" : NULL;
}

/* ---- targets ---- */

static struct notice target_notice(enum notice_kind kind, uint32_t record, uint32_t value, enum reason reason)
{
    struct notice notice = fixture_notice(kind, record);
    notice.value = value;
    notice.watch = fixture_settings.values[value].watch;
    notice.target = fixture_settings.values[value].target - fixture_settings.records[record].target_first;
    notice.reason = reason;
    return notice;
}

static void test_probe_failing(void **state)
{
    (void)state;
    struct notice notice = target_notice(NOTICE_PROBE_FAILING, 0, 0, REASON_REFUSED);
    notice.streak = 1;
    notice.threshold = 3;
    notice.latency_us = 412;
    (void)snprintf(notice.detail, sizeof notice.detail, "Connection refused");
    expect_line(&notice, LOG_LEVEL_INFO, "probe-failing",
                "www.example.com primary fra1 192.0.2.10: check web failed (1 of 3): refused: Connection refused",
                "RECORD=www.example.com|ZONE=example.com|TARGET=primary|LABEL=fra1|ADDRESS=192.0.2.10|CHECK=web|"
                "REASON=refused|DETAIL=Connection refused|STREAK=1|LATENCY_USEC=412");
}

static void test_target_down(void **state)
{
    (void)state;
    struct notice notice = target_notice(NOTICE_TARGET_DOWN, 0, 2, REASON_STATUS);
    notice.streak = 3;
    notice.span_ms = 20000;
    notice.duration_ms = 76 * 3600000LL;
    notice.latency_us = 41230;
    (void)snprintf(notice.detail, sizeof notice.detail, "HTTP 503, wanted 200-399");
    expect_line(&notice, LOG_LEVEL_WARNING, "target-down",
                "www.example.com secondary 198.51.100.20 is DOWN: status, 3 failures in 20s; was up 3d4h",
                "RECORD=www.example.com|ZONE=example.com|TARGET=secondary|ADDRESS=198.51.100.20|CHECK=web|"
                "REASON=status|DETAIL=HTTP 503, wanted 200-399|STREAK=3|DURATION_USEC=273600000000|LATENCY_USEC=41230");
    notice.streak = 1;
    notice.span_ms = 0;
    notice.duration_ms = -1;
    expect_line(&notice, LOG_LEVEL_WARNING, "target-down",
                "www.example.com secondary 198.51.100.20 is DOWN: status, 1 failure", NULL);
}

static void test_target_up(void **state)
{
    (void)state;
    struct notice notice = target_notice(NOTICE_TARGET_UP, 0, 0, REASON_OK);
    notice.streak = 3;
    notice.code = 200;
    notice.latency_us = 41230;
    notice.duration_ms = 520000;
    expect_line(&notice, LOG_LEVEL_NOTICE, "target-up",
                "www.example.com primary fra1 192.0.2.10 is UP: HTTP 200 in 41 ms, 3 in a row; was down 8m40s", NULL);
    notice.code = 0;
    notice.latency_us = 400;
    notice.duration_ms = -1;
    expect_line(&notice, LOG_LEVEL_NOTICE, "target-up",
                "www.example.com primary fra1 192.0.2.10 is UP: answered in 0.4 ms, 3 in a row", NULL);
}

static void test_target_unknown(void **state)
{
    (void)state;
    struct notice notice = target_notice(NOTICE_TARGET_UNKNOWN, 0, 1, REASON_LOCAL_ERROR);
    (void)snprintf(notice.detail, sizeof notice.detail, "Network is unreachable");
    expect_line(&notice, LOG_LEVEL_WARNING, "target-unknown",
                "www.example.com primary fra1 2001:db8::10 cannot be judged from this host: local-error: Network is "
                "unreachable",
                "RECORD=www.example.com|ZONE=example.com|TARGET=primary|LABEL=fra1|ADDRESS=2001:db8::10|CHECK=web|"
                "REASON=local-error|DETAIL=Network is unreachable");
    notice = target_notice(NOTICE_TARGET_UNKNOWN, 1, 3, REASON_LOCAL_ERROR);
    expect_line(&notice, LOG_LEVEL_WARNING, "target-unknown",
                "db.example.com primary 192.0.2.30 cannot be judged from this host: local-error", NULL);
}

/* Lets the engine ask, and answers for the watch. */
static void answer(struct engine *engine, uint32_t watch, enum reason reason)
{
    static struct effect items[64];
    struct effects effects = {.room = ARRAY_COUNT(items), .items = items};
    struct op op = {0};
    for (mono_ms now = 1000; op.ticket == 0 && now < 30000; now += 10) {
        effects.count = 0;
        engine_handle(engine, &(struct event){.kind = EVENT_WAKE}, now, &effects);
        for (uint32_t i = 0; i < effects.count; i++)
            if (items[i].kind == EFFECT_PROBE && items[i].op.subject == watch)
                op = items[i].op;
    }
    struct probe_report probed = {.reason = reason, .verdict = reason_verdict(reason), .started = 30000};
    engine_handle(engine, &(struct event){.kind = EVENT_PROBE_DONE, .op = op, .is.probe = &probed}, 30000, &effects);
}

static void test_target_unknown_names_the_others_only_if_they_can_decide(void **state)
{
    (void)state;
    struct error err = {0};
    struct engine *engine = engine_new(&fixture_settings, 1, 1, 1000, &err);
    assert_non_null(engine);
    report.engine = engine;
    struct notice notice = target_notice(NOTICE_TARGET_UNKNOWN, 0, 1, REASON_LOCAL_ERROR);
    expect_line(&notice, LOG_LEVEL_WARNING, "target-unknown",
                "www.example.com primary fra1 2001:db8::10 cannot be judged from this host: local-error", NULL);
    answer(engine, 0, REASON_OK);
    expect_line(&notice, LOG_LEVEL_WARNING, "target-unknown",
                "www.example.com primary fra1 2001:db8::10 cannot be judged from this host: local-error; its other "
                "address decides",
                NULL);
    report.engine = NULL;
    engine_free(engine);
}

/* ---- switches ---- */

static struct notice switch_notice(enum notice_kind kind, uint32_t from, uint32_t to)
{
    struct notice notice = fixture_notice(kind, 0);
    notice.from = from;
    notice.to = to;
    notice.plan = PLAN_SWITCH;
    notice.dns = (struct dns_report){
        .outcome = OUTCOME_ACCEPTED, .has_answer = true, .verified = true, .took_us = 3100};
    notice.has_serial = true;
    notice.serial = 2026112304;
    notice.change = 17;
    return notice;
}

static void test_failover(void **state)
{
    (void)state;
    struct notice notice = switch_notice(NOTICE_FAILOVER, 0, 1);
    notice.cause = DECISION_CURRENT_DOWN;
    notice.reason = REASON_REFUSED;
    notice.value = 0;
    notice.watch = 0;
    expect_line(
        &notice, LOG_LEVEL_WARNING, "failover",
        "www.example.com FAILED OVER primary -> secondary (198.51.100.20): primary refused; ns1 NOERROR in 3 ms, "
        "serial 2026112304",
        "RECORD=www.example.com|ZONE=example.com|SERVER=ns1|FROM=primary|TO=secondary|CAUSE=health|REASON=refused|"
        "RCODE=NOERROR|SERIAL=2026112304|CHANGE=17|CHECK=web|DETAIL=the connection was refused");
}

static void test_failover_whose_answer_was_lost(void **state)
{
    (void)state;
    struct notice notice = switch_notice(NOTICE_FAILOVER, 0, 1);
    notice.cause = DECISION_CURRENT_DOWN;
    notice.reason = REASON_REFUSED;
    notice.answer_was_lost = true;
    notice.dns = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
    expect_line(&notice, LOG_LEVEL_WARNING, "failover",
                "www.example.com FAILED OVER primary -> secondary (198.51.100.20): primary refused; ns1 published; the "
                "answer was lost, reading proved it, serial 2026112304",
                NULL);
}

static void test_fail_back(void **state)
{
    (void)state;
    struct notice notice = switch_notice(NOTICE_FAIL_BACK, 1, 0);
    notice.cause = DECISION_PREFERRED_UP;
    notice.duration_ms = 520000;
    expect_line(
        &notice, LOG_LEVEL_NOTICE, "fail-back",
        "www.example.com returned secondary -> primary (192.0.2.10, 2001:db8::10) after 8m40s; ns1 NOERROR in 3 "
        "ms, serial 2026112304",
        "RECORD=www.example.com|ZONE=example.com|SERVER=ns1|FROM=secondary|TO=primary|CAUSE=health|RCODE=NOERROR|"
        "SERIAL=2026112304|CHANGE=17|DURATION_USEC=520000000");
}

/* publish: healthy. No change of the target, so no words of one. */
static void test_published(void **state)
{
    (void)state;
    struct notice notice = switch_notice(NOTICE_PUBLISHED, 0, 0);
    notice.cause = DECISION_CURRENT_UP;
    expect_line(&notice, LOG_LEVEL_INFO, "published",
                "www.example.com stays on primary, now with 192.0.2.10, 2001:db8::10; ns1 NOERROR in 3 ms, serial "
                "2026112304",
                "RECORD=www.example.com|ZONE=example.com|SERVER=ns1|TO=primary|RCODE=NOERROR|SERIAL=2026112304|"
                "CHANGE=17");
}

static void test_no_healthy_target(void **state)
{
    (void)state;
    struct notice notice = fixture_notice(NOTICE_NO_HEALTHY_TARGET, 0);
    notice.from = notice.to = 0;
    expect_line(&notice, LOG_LEVEL_CRITICAL, "no-healthy-target",
                "www.example.com has NO healthy target; the answer stays primary (all-down: keep)", NULL);
    notice = fixture_notice(NOTICE_NO_HEALTHY_TARGET, 1);
    notice.from = 1;
    notice.to = 0;
    expect_line(&notice, LOG_LEVEL_CRITICAL, "no-healthy-target",
                "db.example.com has NO healthy target; the answer becomes primary (all-down: primary)", NULL);
}

/* ---- whose it is ---- */

static void test_owned(void **state)
{
    (void)state;
    struct notice notice = switch_notice(NOTICE_OWNED, ID_NONE, 0);
    notice.plan = PLAN_ADOPT;
    notice.epoch = 1;
    expect_line(
        &notice, LOG_LEVEL_NOTICE, "owned",
        "www.example.com is ours now: marker written, epoch 1 (adopted, answer left as it is: primary 192.0.2.10, "
        "2001:db8::10)",
        NULL);
    notice.plan = PLAN_CREATE;
    notice.to = 1;
    expect_line(&notice, LOG_LEVEL_NOTICE, "owned",
                "www.example.com is ours now: marker written, epoch 1 (created: secondary 198.51.100.20)", NULL);
    notice.plan = PLAN_ADOPT;
    notice.command = 7;
    expect_line(&notice, LOG_LEVEL_NOTICE, "owned",
                "www.example.com is ours now: marker written, epoch 1 (adopted by an operator, answer left as it is: "
                "secondary 198.51.100.20)",
                NULL);
    report.user_of = user_of;
    expect_line(
        &notice, LOG_LEVEL_NOTICE, "owned",
        "www.example.com is ours now: marker written, epoch 1 (adopted by pavel, answer left as it is: "
        "secondary 198.51.100.20)",
        "RECORD=www.example.com|ZONE=example.com|SERVER=ns1|TO=secondary|USER=pavel|RCODE=NOERROR|SERIAL=2026112304|"
        "CHANGE=17");
    notice.command = 8; /* nobody's any more */
    notice.plan = PLAN_TAKE_OVER;
    expect_line(&notice, LOG_LEVEL_NOTICE, "owned",
                "www.example.com is ours now: marker written, epoch 1 (taken over by an operator, answer left as it "
                "is: secondary 198.51.100.20)",
                NULL);
    notice.plan = PLAN_DISOWN;
    expect_line(&notice, LOG_LEVEL_NOTICE, "owned",
                "www.example.com is nobody's now: our marker was removed, answer left as it is (disowned by an "
                "operator)",
                NULL);
}

/* Each line says what a person can do with the tools that are there. */
static void test_conditions_name_the_way_out(void **state)
{
    (void)state;
    static const struct {
        enum notice_kind kind;
        enum condition condition;
        const char *part;
    } cases[] = {
        {NOTICE_NOT_OURS, CONDITION_MISSING,
         "www.example.com does not exist: watched, not written; set create: yes and reload, or add it with the "
         "addresses "
         "of one target, then repointctl adopt www.example.com --expect SET goes on from there"},
        {NOTICE_NOT_OURS, CONDITION_UNOWNED, "repointctl adopt www.example.com --expect 203.0.113.5"},
        {NOTICE_NOT_OURS, CONDITION_FOREIGN,
         "(A 203.0.113.5): watched, not written; repointctl adopt www.example.com --expect 203.0.113.5 goes on from "
         "there; or put "},
        {NOTICE_NOT_OURS, CONDITION_OTHER_OWNER,
         "repointctl take-over www.example.com --owner 4be1c0de77aa0912 --epoch 57"},
        {NOTICE_NOT_OURS, CONDITION_OTHER_OWNER,
         "www.example.com is owned by 4be1c0de77aa0912 (epoch 57): watched, not written"},
        {NOTICE_NOT_OURS, CONDITION_OCCLUDED, "until that is removed"},
        {NOTICE_CONFLICT, CONDITION_PARTIAL, "www.example.com stopped, partial: "},
        {NOTICE_CONFLICT, CONDITION_PARTIAL, "then repointctl adopt www.example.com --expect 203.0.113.5"},
        {NOTICE_CONFLICT, CONDITION_CLONE, "then repointctl adopt www.example.com --expect 203.0.113.5"},
        {NOTICE_CONFLICT, CONDITION_ROLLBACK, "then repointctl adopt www.example.com --expect 203.0.113.5"},
        {NOTICE_CONFLICT, CONDITION_CONFLICT, "then repointctl adopt www.example.com --expect 203.0.113.5"},
        {NOTICE_CONFLICT, CONDITION_INCONSISTENT, "goes on by itself once they agree"},
        {NOTICE_FOREIGN_CHANGE, CONDITION_FOREIGN_CHANGE, "; repointctl adopt www.example.com --expect 203.0.113.5"},
        {NOTICE_CONFLICT, CONDITION_CLONE, "www.example.com stopped, clone: "},
        {NOTICE_CONFLICT, CONDITION_ROLLBACK, "stopped, rollback: marker epoch 57 is older than 81, "},
        {NOTICE_CONFLICT, CONDITION_INCONSISTENT, "stopped, inconsistent: "},
        {NOTICE_CONFLICT, CONDITION_CONFLICT, "stopped, conflict: "},
        {NOTICE_FOREIGN_CHANGE, CONDITION_FOREIGN_CHANGE,
         "www.example.com was changed by someone else: A 203.0.113.5; left alone (foreign-change: hold)"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct notice notice = fixture_notice(cases[i].kind, 0);
        notice.condition = cases[i].condition;
        notice.owner = 0x4be1c0de77aa0912;
        notice.epoch = 57;
        notice.epoch_known = 81;
        (void)snprintf(notice.detail, sizeof notice.detail, "A 203.0.113.5");
        report_notice(&report, &notice, 1000);
        if (!strstr(heard.message, cases[i].part))
            fail_msg("'%s' lacks '%s'", heard.message, cases[i].part);
    }
    struct notice restored = fixture_notice(NOTICE_FOREIGN_CHANGE, 0);
    restored.plan = PLAN_SWITCH;
    (void)snprintf(restored.detail, sizeof restored.detail, "A 203.0.113.5");
    report_notice(&report, &restored, 1000);
    assert_string_equal(heard.message, "www.example.com was changed by someone else: A 203.0.113.5; put back "
                                       "(foreign-change: restore)");
    struct notice notice = fixture_notice(NOTICE_NOT_OURS, 1);
    notice.condition = CONDITION_UNOWNED;
    (void)snprintf(notice.detail, sizeof notice.detail, "A 192.0.2.30 192.0.2.31, AAAA 2001:db8::3");
    report_notice(&report, &notice, 1000);
    assert_non_null(strstr(heard.message, "adopt db.example.com --expect 192.0.2.30,192.0.2.31,2001:db8::3 goes on"));
    notice.condition = CONDITION_FOREIGN;
    notice.marker_is_foreign = true;
    (void)snprintf(notice.detail, sizeof notice.detail, "A 192.0.2.30, no AAAA");
    expect_line(&notice, LOG_LEVEL_WARNING, "not-ours",
                "db.example.com cannot be marked as ours, _repointd.db.example.com (TXT) holds something else: "
                "watched, not written; remove that, then repointctl adopt db.example.com --expect 192.0.2.30 goes on "
                "from there",
                NULL);
}

static void test_rights(void **state)
{
    (void)state;
    struct notice notice = fixture_notice(NOTICE_RIGHTS, 0);
    notice.plan = PLAN_REHEARSE;
    notice.dns = (struct dns_report){.outcome = OUTCOME_DENIED, .has_answer = true, .verified = true, .rcode = 5};
    report_notice(&report, &notice, 1000);
    assert_non_null(
        strstr(heard.message, "www.example.com: a rehearsed update was refused: ns1 answered REFUSED; key "));
    assert_non_null(strstr(heard.message, "TXT at _repointd.www.example.com"));
    notice.dns = (struct dns_report){.outcome = OUTCOME_UNKNOWN, .has_answer = true, .rcode = 9, .tsig_error = 17};
    report_notice(&report, &notice, 1000);
    assert_non_null(strstr(heard.message, "www.example.com: a rehearsed update was refused: ns1: "));
}

static void test_flapping_and_dry_run(void **state)
{
    (void)state;
    struct notice notice = fixture_notice(NOTICE_FLAPPING, 0);
    notice.from = 1;
    notice.count = 6;
    expect_line(&notice, LOG_LEVEL_WARNING, "flapping",
                "www.example.com switched 6 times in 1h: it stays on secondary while that is up, until repointctl "
                "release www.example.com",
                NULL);
    notice = switch_notice(NOTICE_WOULD_SEND, 0, 1);
    notice.cause = DECISION_CURRENT_DOWN;
    expect_line(&notice, LOG_LEVEL_NOTICE, "would-send",
                "www.example.com: dry run, primary -> secondary (198.51.100.20) not sent to ns1", NULL);
    notice.plan = PLAN_ADOPT;
    notice.to = 0;
    expect_line(&notice, LOG_LEVEL_NOTICE, "would-send",
                "www.example.com: dry run, marker of adoption: primary 192.0.2.10, 2001:db8::10 not sent to ns1", NULL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, ear_open)
    const struct CMUnitTest tests[] = {
        TEST(test_probe_failing),
        TEST(test_target_down),
        TEST(test_target_up),
        TEST(test_target_unknown),
        TEST(test_target_unknown_names_the_others_only_if_they_can_decide),
        TEST(test_failover),
        TEST(test_failover_whose_answer_was_lost),
        TEST(test_fail_back),
        TEST(test_published),
        TEST(test_no_healthy_target),
        TEST(test_owned),
        TEST(test_conditions_name_the_way_out),
        TEST(test_rights),
        TEST(test_flapping_and_dry_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
