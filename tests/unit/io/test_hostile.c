/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/prober, with http, connect and judge behind it, against the hostile server.
 * What:  every behaviour gets its reason within its budget (faults 18 to 31, 48); memory and descriptors stay flat.
 *        r53 22.
 */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PLAIN "http://www.example.com:%u/healthz"
#define SECURE "https://www.example.com:%u/healthz"

/* Built under a sanitizer or valgrind everything takes longer, but not this much. */
#define SLACK_MS 900

struct row {
    const char *behaviour, *url, *contains;
    enum reason reason;
    const char *detail; /* its beginning */
};

static const struct row rows[] = {
    {"ok", PLAIN, NULL, REASON_OK, "HTTP 200"},
    {"ok", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"ok", PLAIN, "Healthy", REASON_BODY, "HTTP 200, the text wanted is not in the body of 8 octets"},
    {"chunked", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"until-close", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"byte-by-byte", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"gzip", PLAIN, "all is healthy", REASON_OK, "HTTP 200"},
    {"gzip", PLAIN, NULL, REASON_OK, "HTTP 200"},
    {"deflate", PLAIN, "all is healthy", REASON_OK, "HTTP 200"},
    {"match-at-5120", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"match-at-5121", PLAIN, "healthy", REASON_BODY, "HTTP 200, the text wanted is not in the first 5120 octets"},
    {"gzip-match-at-5120", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"headers-16384", PLAIN, NULL, REASON_OK, "HTTP 200"},
    {"headers-16385", PLAIN, NULL, REASON_PROTOCOL, "more than 16384 octets of headers"},

    {"refuse", PLAIN, NULL, REASON_REFUSED, "Connection refused"},
    {"full", PLAIN, NULL, REASON_TIMEOUT_CONNECT, "not connected within 1500ms"},
    {"silence", PLAIN, NULL, REASON_TIMEOUT_RESPONSE, "no answer within 1500ms"},
    {"drip", PLAIN, NULL, REASON_TIMEOUT_RESPONSE, "no answer within 1500ms"},
    {"drip-body", PLAIN, NULL, REASON_TIMEOUT_RESPONSE, "no end of the body within 1500ms"},

    {"endless-body", PLAIN, NULL, REASON_OK, "HTTP 200"},
    {"endless-body", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"endless-body", PLAIN, "sound", REASON_BODY, "HTTP 200, the text wanted is not in the first 5120 octets"},
    {"endless-headers", PLAIN, NULL, REASON_PROTOCOL, "more than 16384 octets of headers"},
    {"endless-header", PLAIN, NULL, REASON_PROTOCOL, "more than 16384 octets of headers"},
    {"endless-status-line", PLAIN, NULL, REASON_PROTOCOL, "more than 16384 octets of headers"},
    {"endless-1xx", PLAIN, NULL, REASON_PROTOCOL, "more than 16384 octets of headers"},
    {"endless-trailers", PLAIN, NULL, REASON_PROTOCOL, "more than 16384 octets of headers"},
    {"gzip-bomb", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"gzip-bomb", PLAIN, "sound", REASON_BODY, "HTTP 200, the text wanted is not in the first 5120 octets"},

    {"garbage", PLAIN, NULL, REASON_PROTOCOL, ""},
    {"http09", PLAIN, "healthy", REASON_PROTOCOL, ""},
    {"nul", PLAIN, "healthy", REASON_PROTOCOL, ""},
    {"bad-chunks", PLAIN, NULL, REASON_PROTOCOL, ""},
    {"bad-gzip", PLAIN, "healthy", REASON_PROTOCOL, ""},
    {"unknown-encoding", PLAIN, "healthy", REASON_OK, "HTTP 200"},
    {"hostile-reason", PLAIN, NULL, REASON_STATUS, "HTTP 500, wanted 200-399"},

    {"close-at-once", PLAIN, NULL, REASON_CLOSED, "closed without an answer"},
    {"close", PLAIN, NULL, REASON_CLOSED, "closed without an answer"},
    {"close-in-headers", PLAIN, NULL, REASON_CLOSED, "HTTP 200, closed"},
    {"short-body", PLAIN, "healthy", REASON_CLOSED, "HTTP 200, closed in the middle of the answer"},
    {"short-chunks", PLAIN, "healthy", REASON_CLOSED, "HTTP 200, closed in the middle of the answer"},
    {"reset", PLAIN, NULL, REASON_RESET, "Connection reset by peer"},
    {"reset-in-body", PLAIN, NULL, REASON_RESET, "Connection reset by peer"},

    {"status-204", PLAIN, NULL, REASON_OK, "HTTP 204"},
    {"status-399", PLAIN, NULL, REASON_OK, "HTTP 399"},
    {"status-400", PLAIN, NULL, REASON_STATUS, "HTTP 400, wanted 200-399"},
    {"status-404", PLAIN, "healthy", REASON_STATUS, "HTTP 404, wanted 200-399"},
    {"status-503", PLAIN, NULL, REASON_STATUS, "HTTP 503, wanted 200-399"},
    {"redirect", PLAIN, NULL, REASON_OK, "HTTP 302"},
    {"redirect-loop", PLAIN, NULL, REASON_OK, "HTTP 301"},

    {"tls-good", SECURE, "healthy", REASON_OK, "HTTP 200"},
    {"tls-expired", SECURE, NULL, REASON_TLS_EXPIRED, "certificate has expired"},
    {"tls-not-yet", SECURE, NULL, REASON_TLS_EXPIRED, "certificate is not yet valid"},
    {"tls-wrong-name", SECURE, NULL, REASON_TLS_NAME, ""},
    {"tls-self-signed", SECURE, NULL, REASON_TLS_UNTRUSTED, "self-signed certificate"},
    {"tls-unknown-ca", SECURE, NULL, REASON_TLS_UNTRUSTED, "unable to get local issuer certificate"},
    {"tls-old", SECURE, NULL, REASON_TLS_PROTOCOL, ""},
    {"tls-plain", SECURE, NULL, REASON_TLS_PROTOCOL, ""},
    {"tls-stall", SECURE, NULL, REASON_TIMEOUT_TLS, "no TLS session within 1500ms"},
    {"tls-stall-half", SECURE, NULL, REASON_TIMEOUT_TLS, "no TLS session within 1500ms"},
    {"tls-close", SECURE, NULL, REASON_CLOSED, "closed in the TLS handshake"},
    {"tls-reset", SECURE, NULL, REASON_RESET, "Connection reset by peer"},
    {"tls-silence", SECURE, NULL, REASON_TIMEOUT_RESPONSE, "no answer within 1500ms"},
    {"tls-drip", SECURE, NULL, REASON_TIMEOUT_RESPONSE, "no answer within 1500ms"},
    {"tls-endless-body", SECURE, "healthy", REASON_OK, "HTTP 200"},
    {"tls-endless-header", SECURE, NULL, REASON_PROTOCOL, "more than 16384 octets of headers"},
    {"refuse", SECURE, NULL, REASON_REFUSED, "Connection refused"},
};

static struct lab *lab_with_all_rows(void)
{
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t watch = lab_add_http(lab, rows[i].url, rows[i].behaviour, "127.0.0.1");
        if (rows[i].contains)
            lab_expect(lab, watch, rows[i].contains);
    }
    return lab;
}

static bool row_holds(const struct lab *lab, uint32_t i)
{
    const struct probe_report *report = &lab->reports[i];
    int64_t took = lab->ended[i] - report->started;
    bool timeout = rows[i].reason == REASON_TIMEOUT_CONNECT || rows[i].reason == REASON_TIMEOUT_TLS ||
                   rows[i].reason == REASON_TIMEOUT_RESPONSE;
    bool good = report->reason == rows[i].reason && report->verdict == reason_verdict(rows[i].reason) &&
                strncmp(report->detail, rows[i].detail, strlen(rows[i].detail)) == 0 &&
                took <= lab->checks[i].total_ms + SLACK_MS && (!timeout || took >= lab->checks[i].total_ms);
    if (!good)
        printf("# %s (%s): %s \"%s\" after %d ms, wanted %s \"%s\"\n", rows[i].behaviour,
               rows[i].contains ? rows[i].contains : "", reason_name(report->reason), report->detail, (int)took,
               reason_name(rows[i].reason), rows[i].detail);
    return good;
}

static void test_prober_tells_every_behaviour_apart(void **state)
{
    (void)state;
    struct lab *lab = lab_with_all_rows();
    uint32_t trap = lab_add_http(lab, "http://www.example.com:%u/trapped", "trap", "127.0.0.1");
    lab_expect(lab, trap, "came=0|");
    lab_open(lab);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        lab_start(lab, i);
    lab_run(lab, 10000);
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        wrong += !row_holds(lab, i);
    assert_int_equal(wrong, 0);

    /* Fault 25: nobody followed the redirect. */
    lab_start(lab, trap);
    lab_run(lab, 10000);
    assert_int_equal(lab->reports[trap].reason, REASON_OK);
    lab_close(lab);
}

/* All of them again and again: what was taken is given back. */
static void test_prober_stays_flat(void **state)
{
    (void)state;
    struct lab *lab = lab_with_all_rows();
    for (uint32_t i = 0; i < lab->settings.check_count; i++)
        lab->checks[i].total_ms = 400;
    lab_open(lab);
    uint32_t descriptors = 0, kb = 0;
    for (uint32_t round = 0; round < 12; round++) {
        lab_probe_all(lab, 10000);
        if (round == 3) {
            descriptors = open_descriptors();
            kb = resident_kb();
        }
    }
    assert_int_equal(open_descriptors(), descriptors);
    /* A sanitizer keeps freed memory for a while; it looks for leaks itself. */
    if (!getenv("ASAN_OPTIONS") && resident_kb() < 100000)
        assert_true(resident_kb() <= kb + 2048);
    lab_close(lab);
}

int main(void)
{
    hostile_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prober_tells_every_behaviour_apart),
        cmocka_unit_test(test_prober_stays_flat),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hostile_stop();
    return failed;
}
