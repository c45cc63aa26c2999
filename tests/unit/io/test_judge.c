/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/judge.
 * What:  each end of a probe, each phase, both sides of each bound, and what a hostile text becomes.
 */
#include "io/judge.h"

#include "base/attributes.h"
#include "base/pattern.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct status_range usual[] = {{200, 399}};

static struct check_settings http_check(void)
{
    return (struct check_settings){.name = "web", .kind = CHECK_HTTP, .expect = {.statuses = usual, .status_count = 1}};
}

static struct check_settings check_for(const char *contains)
{
    struct check_settings check = http_check();
    check.expect.contains = contains;
    check.expect.contains_length = strlen(contains);
    return check;
}

static const struct check_settings tcp_check = {.name = "smtp", .kind = CHECK_TCP};

static void expect_verdict(const struct check_settings *check, struct probe_facts facts, enum reason reason,
                           const char *detail)
{
    char text[DETAIL_TEXT_MAX];
    assert_int_equal(judge_probe(check, &facts, text), reason);
    assert_string_equal(text, detail);
}

/* r53 14 and 15: 200 to 399 passes, 199 and 400 do not. */
static void test_judge_status_holds_both_bounds(void **state)
{
    (void)state;
    struct check_settings check = http_check();
    static const struct {
        uint16_t status;
        enum reason reason;
        const char *detail;
    } table[] = {
        {199, REASON_STATUS, "HTTP 199, wanted 200-399"},
        {200, REASON_OK, "HTTP 200"},
        {301, REASON_OK, "HTTP 301"},
        {307, REASON_OK, "HTTP 307"},
        {399, REASON_OK, "HTTP 399"},
        {400, REASON_STATUS, "HTTP 400, wanted 200-399"},
        {404, REASON_STATUS, "HTTP 404, wanted 200-399"},
        {500, REASON_STATUS, "HTTP 500, wanted 200-399"},
        {503, REASON_STATUS, "HTTP 503, wanted 200-399"},
        {999, REASON_STATUS, "HTTP 999, wanted 200-399"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++)
        expect_verdict(&check,
                       (struct probe_facts){.end = PROBE_COMPLETE, .phase = PROBE_BODY, .status = table[i].status},
                       table[i].reason, table[i].detail);
}

static void test_judge_status_takes_several_ranges(void **state)
{
    (void)state;
    static const struct status_range ranges[] = {{200, 204}, {301, 301}, {404, 404}};
    struct check_settings check = http_check();
    check.expect.statuses = ranges;
    check.expect.status_count = 3;
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 204}, REASON_OK, "HTTP 204");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 404}, REASON_OK, "HTTP 404");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 302}, REASON_STATUS,
                   "HTTP 302, wanted 200-204, 301, 404");
}

/* r53 30: ending at octet 5,120 passes, at 5,121 fails. */
static void test_judge_body_ends_at_5120(void **state)
{
    (void)state;
    static uint8_t body[6000];
    struct check_settings check = check_for("healthy");
    for (size_t end = 5119; end <= 5122; end++) {
        memset(body, '.', sizeof(body));
        memcpy(body + end - 7, "healthy", 7);
        struct probe_facts facts = {.end = PROBE_COMPLETE, .status = 200, .body = body, .body_length = sizeof(body)};
        if (end <= 5120)
            expect_verdict(&check, facts, REASON_OK, "HTTP 200");
        else
            expect_verdict(&check, facts, REASON_BODY,
                           "HTTP 200, the text wanted is not in the first 5120 octets of the body");
    }
}

static void test_judge_body_rules(void **state)
{
    (void)state;
    struct check_settings check = check_for("OK");
    const uint8_t *good = (const uint8_t *)"status OK", *lower = (const uint8_t *)"status ok",
                  *nul = (const uint8_t *)"\0\0OK";
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 200, .body = good, .body_length = 9},
                   REASON_OK, "HTTP 200");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 200, .body = nul, .body_length = 4},
                   REASON_OK, "HTTP 200");
    /* one octet short of it, another case (r53 31), nothing at all */
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 200, .body = good, .body_length = 8},
                   REASON_BODY, "HTTP 200, the text wanted is not in the body of 8 octets");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 200, .body = lower, .body_length = 9},
                   REASON_BODY, "HTTP 200, the text wanted is not in the body of 9 octets");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 200}, REASON_BODY,
                   "HTTP 200, the text wanted is not in the body of 0 octets");
    /* r53 28: the status comes first */
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 404, .body = good, .body_length = 9},
                   REASON_STATUS, "HTTP 404, wanted 200-399");
    struct check_settings empty = check_for("");
    expect_verdict(&empty, (struct probe_facts){.end = PROBE_COMPLETE, .status = 200}, REASON_OK, "HTTP 200");
}

static struct probe_facts answered(const char *body)
{
    return (struct probe_facts){
        .end = PROBE_COMPLETE, .status = 200, .body = (const uint8_t *)body, .body_length = strlen(body)};
}

/* Fault 27. What is wanted is looked for first; a pattern that gives up says so. */
static void test_judge_text_not_wanted_and_patterns(void **state)
{
    (void)state;
    struct check_settings check = check_for("OK");
    check.expect.not_contains = "maintenance";
    check.expect.not_contains_length = 11;
    expect_verdict(&check, answered("OK"), REASON_OK, "HTTP 200");
    expect_verdict(&check, answered("OK, maintenanc"), REASON_OK, "HTTP 200");
    expect_verdict(&check, answered("OK, maintenance"), REASON_BODY,
                   "HTTP 200, the text not wanted is in the body of 15 octets");
    expect_verdict(&check, answered("maintenance"), REASON_BODY,
                   "HTTP 200, the text wanted is not in the body of 11 octets");
    struct check_settings patterned = http_check();
    struct pattern *pattern = pattern_new("^(a+)+$", NULL);
    assert_non_null(pattern);
    patterned.expect.regex = pattern;
    expect_verdict(&patterned, answered("b\naaa\nc"), REASON_OK, "HTTP 200");
    expect_verdict(&patterned, answered("b"), REASON_BODY,
                   "HTTP 200, the pattern matches nothing in the body of 1 octets");
    expect_verdict(&patterned, answered("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), REASON_BODY,
                   "HTTP 200, the pattern takes too many steps on the body of 57 octets");
    pattern_free(pattern);
}

/* Fault 25. */
static void test_judge_tells_redirects(void **state)
{
    (void)state;
    struct check_settings check = http_check();
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 200, .redirects = 1}, REASON_OK,
                   "HTTP 200 after 1 redirect");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_COMPLETE, .status = 404, .redirects = 2}, REASON_STATUS,
                   "HTTP 404 after 2 redirects, wanted 200-399");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_REDIRECTED_AWAY, .text = "to \x1b[31m"}, REASON_REDIRECT,
                   "to \\x1b[31m");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_REDIRECTED_AWAY}, REASON_REDIRECT,
                   "the redirect cannot be followed");
}

/* Fault 32: both sides of the bound; what the answer itself is comes first; and fault 31: not by a clock in doubt. */
static void test_judge_certificate_days(void **state)
{
    (void)state;
    enum { NOW = 1800000000, DAY = 86400 };
    struct check_settings check = http_check();
    const struct check_settings tls = {.name = "imaps", .kind = CHECK_TLS, .expect = {.certificate_days = 7}};
    struct probe_facts facts = {
        .end = PROBE_COMPLETE, .status = 200, .certificate_end_s = NOW + 7 * DAY, .wall_s = NOW};
    check.expect.certificate_days = 7;
    expect_verdict(&check, facts, REASON_OK, "HTTP 200");
    expect_verdict(&tls, facts, REASON_OK, "TLS session made");
    facts.certificate_end_s--;
    expect_verdict(&check, facts, REASON_TLS_EXPIRING, "HTTP 200, the certificate expires in 6d23h, wanted 7 days");
    expect_verdict(&tls, facts, REASON_TLS_EXPIRING,
                   "TLS session made, the certificate expires in 6d23h, wanted 7 days");
    facts.clock_in_doubt = true;
    expect_verdict(
        &tls, facts, REASON_LOCAL_ERROR,
        "TLS session made, the clock of this host was set: validity of the certificate is judged at the next "
        "probe");
    expect_verdict(&check,
                   (struct probe_facts){
                       .end = PROBE_TLS_FAILED, .tls_fault = TLS_FAULT_EXPIRED, .text = "x", .clock_in_doubt = true},
                   REASON_LOCAL_ERROR,
                   "the clock of this host was set: validity of the certificate is judged at the next probe");
    facts.clock_in_doubt = false;
    facts.certificate_end_s = NOW - 2 * DAY;
    expect_verdict(&check, facts, REASON_TLS_EXPIRING, "HTTP 200, the certificate expired 2d ago");
    facts.status = 503;
    expect_verdict(&check, facts, REASON_STATUS, "HTTP 503, wanted 200-399");
    facts.status = 200;
    facts.certificate_end_s = 0;
    expect_verdict(&check, facts, REASON_OK, "HTTP 200");
    check.expect.certificate_days = 0;
    facts.certificate_end_s = NOW - 1;
    expect_verdict(&check, facts, REASON_OK, "HTTP 200");
}

/* CLI-7, faults 6 to 8, 14, 18, 20: the table over judge_connect. */
static void test_judge_connect_errors(void **state)
{
    (void)state;
    static const struct {
        int sys_errno;
        enum reason at_once, later;
    } table[] = {
        {ECONNREFUSED, REASON_REFUSED, REASON_REFUSED},
        {ECONNRESET, REASON_LOCAL_ERROR, REASON_REFUSED},
        {ETIMEDOUT, REASON_LOCAL_ERROR, REASON_TIMEOUT_CONNECT},
        {ENETUNREACH, REASON_LOCAL_ERROR, REASON_UNREACHABLE},
        {EHOSTUNREACH, REASON_LOCAL_ERROR, REASON_UNREACHABLE},
        {EADDRNOTAVAIL, REASON_LOCAL_ERROR, REASON_LOCAL_ERROR},
        {EACCES, REASON_LOCAL_ERROR, REASON_UNREACHABLE}, /* later: ICMPv6, administratively prohibited */
        {EPERM, REASON_LOCAL_ERROR, REASON_UNREACHABLE},
        {EMFILE, REASON_LOCAL_ERROR, REASON_LOCAL_ERROR},
        {ENOBUFS, REASON_LOCAL_ERROR, REASON_LOCAL_ERROR},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct probe_facts facts = {
            .end = PROBE_CONNECT_FAILED, .phase = PROBE_CONNECT, .sys_errno = table[i].sys_errno, .at_once = true};
        expect_verdict(&tcp_check, facts, table[i].at_once, strerror(table[i].sys_errno));
        facts.at_once = false;
        expect_verdict(&tcp_check, facts, table[i].later, strerror(table[i].sys_errno));
    }
}

static void test_judge_names_the_phase_that_timed_out(void **state)
{
    (void)state;
    static const struct {
        enum probe_phase phase;
        enum reason reason;
        const char *detail;
    } table[] = {
        {PROBE_CONNECT, REASON_TIMEOUT_CONNECT, "not connected within 4s"},
        {PROBE_TLS, REASON_TIMEOUT_TLS, "no TLS session within 4s"},
        {PROBE_RESPONSE, REASON_TIMEOUT_RESPONSE, "no answer within 4s"},
        {PROBE_BODY, REASON_TIMEOUT_RESPONSE, "no end of the body within 4s"},
    };
    struct check_settings check = http_check();
    for (size_t i = 0; i < ARRAY_COUNT(table); i++)
        expect_verdict(
            &check,
            (struct probe_facts){.end = PROBE_TIMED_OUT, .phase = table[i].phase, .budget_ms = 4000, .status = 200},
            table[i].reason, table[i].detail);
    expect_verdict(&check, (struct probe_facts){.end = PROBE_TIMED_OUT, .phase = PROBE_CONNECT, .budget_ms = 1500},
                   REASON_TIMEOUT_CONNECT, "not connected within 1500ms");
}

static void test_judge_tells_how_a_connection_ended(void **state)
{
    (void)state;
    struct check_settings check = http_check();
    expect_verdict(&check, (struct probe_facts){.end = PROBE_BROKEN, .phase = PROBE_RESPONSE, .sys_errno = ECONNRESET},
                   REASON_RESET, "Connection reset by peer");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_BROKEN, .phase = PROBE_BODY}, REASON_RESET,
                   "the connection was reset");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_CLOSED, .phase = PROBE_TLS}, REASON_CLOSED,
                   "closed in the TLS handshake");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_CLOSED, .phase = PROBE_RESPONSE}, REASON_CLOSED,
                   "closed without an answer");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_CLOSED, .phase = PROBE_BODY, .status = 200}, REASON_CLOSED,
                   "HTTP 200, closed in the middle of the answer");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_HEADERS_TOO_LONG, .phase = PROBE_RESPONSE},
                   REASON_PROTOCOL, "more than 16384 octets of headers");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_NOT_HTTP, .phase = PROBE_RESPONSE}, REASON_PROTOCOL,
                   "the answer is not HTTP");
    expect_verdict(&tcp_check, (struct probe_facts){.end = PROBE_COMPLETE, .phase = PROBE_CONNECT}, REASON_OK,
                   "connected");
}

static void test_judge_tells_tls_faults_apart(void **state)
{
    (void)state;
    struct check_settings check = http_check();
    static const enum reason reasons[] = {[TLS_FAULT_NONE] = REASON_TLS_PROTOCOL,
                                          [TLS_FAULT_EXPIRED] = REASON_TLS_EXPIRED,
                                          [TLS_FAULT_NAME] = REASON_TLS_NAME,
                                          [TLS_FAULT_UNTRUSTED] = REASON_TLS_UNTRUSTED,
                                          [TLS_FAULT_PROTOCOL] = REASON_TLS_PROTOCOL};
    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++)
        expect_verdict(
            &check,
            (struct probe_facts){
                .end = PROBE_TLS_FAILED, .phase = PROBE_TLS, .tls_fault = (enum tls_fault)i, .text = "as OpenSSL says"},
            reasons[i], "as OpenSSL says");
    expect_verdict(&check, (struct probe_facts){.end = PROBE_TLS_FAILED, .phase = PROBE_TLS}, REASON_TLS_PROTOCOL,
                   "the TLS handshake failed");
}

static void test_judge_local_is_nobody_elses_fault(void **state)
{
    (void)state;
    struct probe_facts facts = {.end = PROBE_LOCAL, .phase = PROBE_CONNECT, .sys_errno = EMFILE};
    expect_verdict(&tcp_check, facts, REASON_LOCAL_ERROR, "Too many open files");
    facts.text = "this host was 3 s late";
    expect_verdict(&tcp_check, facts, REASON_LOCAL_ERROR, "this host was 3 s late");
    expect_verdict(&tcp_check, (struct probe_facts){.end = PROBE_LOCAL}, REASON_LOCAL_ERROR,
                   "this host could not probe");
    assert_int_equal(reason_verdict(REASON_LOCAL_ERROR), VERDICT_LOCAL);
    assert_int_equal(reason_verdict(REASON_REFUSED), VERDICT_FAIL);
    assert_int_equal(reason_verdict(REASON_OK), VERDICT_PASS);
}

/* Fault 48 and security rule 4.7. */
static void test_judge_escapes_what_others_wrote(void **state)
{
    (void)state;
    struct check_settings check = http_check();
    expect_verdict(
        &check,
        (struct probe_facts){.end = PROBE_NOT_HTTP, .phase = PROBE_RESPONSE, .text = "\x1b[31m%n%s\r\nfrom\x9b"},
        REASON_PROTOCOL, "\\x1b[31m%n%s\\x0d\\x0afrom\\x9b");
    static char endless[100001];
    memset(endless, '\n', sizeof(endless) - 1);
    char text[DETAIL_TEXT_MAX];
    struct probe_facts facts = {.end = PROBE_NOT_HTTP, .phase = PROBE_RESPONSE, .text = endless};
    assert_int_equal(judge_probe(&check, &facts, text), REASON_PROTOCOL);
    assert_true(strlen(text) < DETAIL_TEXT_MAX);
    assert_null(strchr(text, '\n'));
}

/* Many ranges do not overflow the detail. */
static void test_judge_cuts_a_long_list_of_ranges(void **state)
{
    (void)state;
    struct status_range ranges[100];
    for (size_t i = 0; i < 100; i++)
        ranges[i] = (struct status_range){500, 501};
    struct check_settings check = http_check();
    check.expect.statuses = ranges;
    check.expect.status_count = 100;
    char text[DETAIL_TEXT_MAX];
    struct probe_facts facts = {.end = PROBE_COMPLETE, .status = 200};
    assert_int_equal(judge_probe(&check, &facts, text), REASON_STATUS);
    assert_int_equal(strlen(text), DETAIL_TEXT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge_status_holds_both_bounds),
        cmocka_unit_test(test_judge_status_takes_several_ranges),
        cmocka_unit_test(test_judge_body_ends_at_5120),
        cmocka_unit_test(test_judge_body_rules),
        cmocka_unit_test(test_judge_text_not_wanted_and_patterns),
        cmocka_unit_test(test_judge_tells_redirects),
        cmocka_unit_test(test_judge_certificate_days),
        cmocka_unit_test(test_judge_connect_errors),
        cmocka_unit_test(test_judge_names_the_phase_that_timed_out),
        cmocka_unit_test(test_judge_tells_how_a_connection_ended),
        cmocka_unit_test(test_judge_tells_tls_faults_apart),
        cmocka_unit_test(test_judge_local_is_nobody_elses_fault),
        cmocka_unit_test(test_judge_escapes_what_others_wrote),
        cmocka_unit_test(test_judge_cuts_a_long_list_of_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
