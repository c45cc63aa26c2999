/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/wording_dns, through app/report.
 * What:  what is said of a name server that did not do what was asked, word for word. LOG-3, LOG-4.
 */
#include "ear.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct notice failed_notice(enum outcome outcome, uint8_t rcode, const char *detail)
{
    struct notice notice = fixture_notice(NOTICE_UPDATE_FAILED, 0);
    notice.from = 0;
    notice.to = 1;
    notice.plan = PLAN_SWITCH;
    bool answered = outcome != OUTCOME_UNKNOWN && outcome != OUTCOME_NOT_SENT;
    notice.dns = (struct dns_report){.outcome = outcome, .has_answer = answered, .verified = answered, .rcode = rcode};
    (void)snprintf(notice.dns.detail, sizeof notice.dns.detail, "%s", detail);
    return notice;
}

static void test_update_failed_says_where_to_look(void **state)
{
    (void)state;
    static const struct {
        enum outcome outcome;
        uint8_t rcode;
        const char *detail, *said;
    } cases[] = {
        {OUTCOME_ACCEPTED, 0, "",
         "ns1 answered NOERROR, but the zone does not show the change (not-applied); does a policy (of PowerDNS: "
         "lua-dnsupdate-policy-script) or a CNAME stand in the way?"},
        {OUTCOME_PREREQ, 8, "", "ns1 answered NXRRSET: somebody else changed the record meanwhile; it is read again"},
        {OUTCOME_DENIED, 5, "", "ns1 answered REFUSED; key 'repointd' may not update A and AAAA at this name?"},
        {OUTCOME_NOT_SERVED, 9, "", "ns1 answered NOTAUTH: does it serve zone example.com?"},
        {OUTCOME_CLOCK, 9, "", "ns1 answered BADTIME: its clock and ours differ too much"},
        {OUTCOME_CONFIG, 9, "", "ns1 answered BADTRUNC: it wants longer signatures than repointd sends"},
        {OUTCOME_SERVER_FAILURE, 2, "",
         "ns1 answered SERVFAIL; its own log says why (disk full, no journal, a locked database?)"},
        {OUTCOME_BUG, 4, "",
         "ns1 answered NOTIMP: the server takes no updates (NSD, or PowerDNS with a back end that cannot)"},
        {OUTCOME_BUG, 1, "",
         "ns1 answered FORMERR: it cannot make sense of the message; is something between that changes it?"},
        {OUTCOME_BUG, 10, "",
         "ns1 answered NOTZONE: it holds the name to be outside of zone example.com; is there a zone of its own below "
         "it?"},
        {OUTCOME_BUG, 16, "", "ns1 answered RCODE16: it does not speak EDNS as it is now"},
        {OUTCOME_BUG, 23, "", "ns1 answered RCODE23"},
        {OUTCOME_UNKNOWN, 0, "no answer within 3s", "ns1: no answer within 3s"},
        {OUTCOME_UNKNOWN, 0, "", "ns1: no answer that can be believed"},
        {OUTCOME_NOT_SENT, 0, "connect to 127.0.0.1 port 53: Connection refused",
         "ns1: connect to 127.0.0.1 port 53: Connection refused"},
        {OUTCOME_NOT_SENT, 0, "", "ns1: not reached"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char wanted[512];
        struct notice notice = failed_notice(cases[i].outcome, cases[i].rcode, cases[i].detail);
        notice.next_ms = 2000;
        bool asks = cases[i].said[strlen(cases[i].said) - 1] == '?';
        (void)snprintf(wanted, sizeof wanted, "www.example.com NOT switched: %s%s next try in 2s", cases[i].said,
                       asks ? "" : ";");
        expect_line(&notice, LOG_LEVEL_ERROR, "update-failed", wanted, NULL);
    }
}

static void test_update_failed_has_the_fields(void **state)
{
    (void)state;
    struct notice notice = failed_notice(OUTCOME_NOT_SENT, 0, "timed out");
    expect_line(&notice, LOG_LEVEL_ERROR, "update-failed", "www.example.com NOT switched: ns1: timed out",
                "RECORD=www.example.com|ZONE=example.com|SERVER=ns1|FROM=primary|TO=secondary|DETAIL=timed out");
    notice = failed_notice(OUTCOME_DENIED, 5, "");
    notice.duration_ms = 300000;
    notice.plan = PLAN_ADOPT;
    report_notice(&report, &notice, 1000);
    assert_non_null(strstr(heard.message, "www.example.com NOT adopted: "));
    assert_non_null(strstr(heard.message, "? so for 5m"));
    assert_non_null(strstr(heard.fields, "|RCODE=REFUSED"));
}

/* Which right to look for depends on what was to be written; a read needs another one. */
static void test_update_refused_names_the_right(void **state)
{
    (void)state;
    static const struct {
        enum plan_kind plan;
        const char *said;
    } cases[] = {
        {PLAN_ADOPT, "www.example.com NOT adopted: ns1 answered REFUSED; key 'repointd' may not update TXT at "
                     "_repointd.www.example.com?"},
        {PLAN_FENCE, "www.example.com NOT switched: ns1 answered REFUSED; key 'repointd' may not update TXT at "
                     "_repointd.www.example.com?"},
        {PLAN_CREATE, "www.example.com NOT created: ns1 answered REFUSED; key 'repointd' may not update A and AAAA at "
                      "this name, or TXT at _repointd.www.example.com?"},
        {PLAN_TTL, "www.example.com TTL NOT repaired: ns1 answered REFUSED; key 'repointd' may not update A and AAAA "
                   "at this name?"},
        {PLAN_TAKE_OVER, "www.example.com NOT taken over: ns1 answered REFUSED; key 'repointd' may not update TXT at "
                         "_repointd.www.example.com?"},
        {PLAN_DISOWN, "www.example.com NOT disowned: ns1 answered REFUSED; key 'repointd' may not update TXT at "
                      "_repointd.www.example.com?"},
        {PLAN_REHEARSE, "www.example.com NOT rehearsed: ns1 answered REFUSED; key 'repointd' may not update A and AAAA "
                        "at this name, or TXT at _repointd.www.example.com?"},
        {0, "www.example.com could not be read: ns1 answered REFUSED; does it serve zone example.com, and may key "
            "'repointd' query it?"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct notice notice = failed_notice(OUTCOME_DENIED, 5, "");
        notice.plan = cases[i].plan;
        notice.to = cases[i].plan ? notice.to : ID_NONE;
        expect_line(&notice, LOG_LEVEL_ERROR, "update-failed", cases[i].said, NULL);
    }
    struct notice notice = failed_notice(OUTCOME_BUG, 4, "");
    notice.plan = 0;
    expect_line(&notice, LOG_LEVEL_ERROR, "update-failed", "www.example.com NOT switched: ns1 answered NOTIMP", NULL);
    notice = failed_notice(OUTCOME_DENIED, 5, "");
    notice.duration_ms = 300000;
    notice.next_ms = 30000;
    expect_line(&notice, LOG_LEVEL_ERROR, "update-failed",
                "www.example.com NOT switched: ns1 answered REFUSED; key 'repointd' may not update A and AAAA at this "
                "name? so for 5m; next try in 30s",
                NULL);
}

static void test_read_that_fails(void **state)
{
    (void)state;
    struct notice notice = failed_notice(OUTCOME_NOT_SENT, 0, "timed out");
    notice.plan = 0;
    notice.to = 0;
    expect_line(&notice, LOG_LEVEL_ERROR, "update-failed", "www.example.com could not be read: ns1: timed out", NULL);
    notice.to = 1;
    expect_line(&notice, LOG_LEVEL_ERROR, "update-failed", "www.example.com NOT switched: ns1: timed out", NULL);
}

/* Fault 98. */
static void test_missing_signatures(void **state)
{
    (void)state;
    struct notice notice = fixture_notice(NOTICE_UPDATE_FAILED, 0);
    notice.not_signed = true;
    expect_line(&notice, LOG_LEVEL_ERROR, "update-failed",
                "www.example.com is published, but NOT signed: zone example.com is signed, and ns1 answers what stands "
                "at this name without an RRSIG that is in date, so resolvers that validate refuse it; see why the "
                "server does not sign",
                NULL);
}

static void test_clock_skew(void **state)
{
    (void)state;
    struct notice notice = fixture_notice(NOTICE_CLOCK_SKEW, 0);
    notice.dns = (struct dns_report){
        .outcome = OUTCOME_CLOCK, .has_answer = true, .verified = true, .rcode = 9, .skew_s = 412};
    expect_line(&notice, LOG_LEVEL_ERROR, "clock-skew",
                "ns1 refuses our clock: it is 412 s ahead of the server; nothing is written until it is right", NULL);
    notice.dns.skew_s = -400;
    expect_line(&notice, LOG_LEVEL_ERROR, "clock-skew",
                "ns1 refuses our clock: it is 400 s behind the server; nothing is written until it is right", NULL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, ear_open)
    const struct CMUnitTest tests[] = {
        TEST(test_update_failed_says_where_to_look),
        TEST(test_update_failed_has_the_fields),
        TEST(test_update_refused_names_the_right),
        TEST(test_read_that_fails),
        TEST(test_missing_signatures),
        TEST(test_clock_skew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
