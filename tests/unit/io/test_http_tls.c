/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/http_tls and of what http_options says about TLS, through the prober, against the hostile server.
 * What:  kind tls and https alike: each fault of a certificate with its own reason (faults 30, 31), its end told and
 *        judged (fault 32), versions, client certificates, and a polite end.
 */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SECURE "https://www.example.com:%u/"
#define DAY_S  86400

static struct tls_settings *tls_of(struct check_settings *check)
{
    return check->kind == CHECK_TLS ? &check->how.tls.tls : &check->how.http.tls;
}

static void expect_row(const struct lab *lab, uint32_t i, const char *what, enum reason reason, const char *detail)
{
    if (lab->reports[i].reason != reason || strncmp(lab->reports[i].detail, detail, strlen(detail)) != 0)
        fail_msg("%s: %s \"%s\", wanted %s \"%s\"", what, reason_name(lab->reports[i].reason), lab->reports[i].detail,
                 reason_name(reason), detail);
}

static void test_tls_kind_tells_faults_apart(void **state)
{
    (void)state;
    static const struct {
        const char *behaviour, *sni;
        bool verify;
        enum reason reason;
        const char *detail;
    } table[] = {
        {"tls-good", "www.example.com", true, REASON_OK, "TLS session made"},
        {"tls-silence", "www.example.com", true, REASON_OK, "TLS session made"},
        {"tls-good", NULL, true, REASON_OK, "TLS session made"},
        {"tls-wrong-name", NULL, true, REASON_OK, "TLS session made"},
        {"tls-wrong-name", "www.example.com", true, REASON_TLS_NAME, ""},
        {"tls-wrong-name", "www.example.com", false, REASON_OK, "TLS session made"},
        {"tls-expired", "www.example.com", true, REASON_TLS_EXPIRED, "certificate has expired"},
        {"tls-expired", "www.example.com", false, REASON_OK, "TLS session made"},
        {"tls-not-yet", "www.example.com", true, REASON_TLS_EXPIRED, "certificate is not yet valid"},
        {"tls-self-signed", "www.example.com", true, REASON_TLS_UNTRUSTED, "self-signed certificate"},
        {"tls-unknown-ca", NULL, true, REASON_TLS_UNTRUSTED, "unable to get local issuer certificate"},
        {"tls-old", "www.example.com", false, REASON_TLS_PROTOCOL, ""},
        {"tls-plain", "www.example.com", true, REASON_TLS_PROTOCOL, ""},
        {"tls-stall", "www.example.com", true, REASON_TIMEOUT_TLS, "no TLS session within 1500ms"},
        {"tls-stall-half", "www.example.com", true, REASON_TIMEOUT_TLS, "no TLS session within 1500ms"},
        {"tls-close", "www.example.com", true, REASON_CLOSED, "closed in the TLS handshake"},
        {"tls-reset", "www.example.com", true, REASON_RESET, "Connection reset by peer"},
        {"refuse", "www.example.com", true, REASON_REFUSED, "Connection refused"},
        {"full", "www.example.com", true, REASON_TIMEOUT_CONNECT, "not connected within 1500ms"},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct tls_settings *tls = tls_of(&lab->checks[lab_add_tls(lab, table[i].behaviour, "127.0.0.1")]);
        tls->verify = table[i].verify;
        tls->sni = table[i].sni;
    }
    lab_open(lab);
    uint32_t before = open_descriptors();
    for (uint32_t round = 0; round < 3; round++) {
        lab_probe_all(lab, 10000);
        for (uint32_t i = 0; i < ARRAY_COUNT(table); i++)
            expect_row(lab, i, table[i].behaviour, table[i].reason, table[i].detail);
        assert_int_equal(open_descriptors(), before);
    }
    assert_true(lab->reports[0].phases.connect_us >= 0 &&
                lab->reports[0].phases.tls_us > lab->reports[0].phases.connect_us &&
                lab->reports[0].phases.first_byte_us == -1);
    lab_close(lab);
}

/* SNI is the name, or nothing; and the session is ended, not cut off. */
static void test_tls_kind_says_its_name_and_farewell(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t farewell = lab_add_tls(lab, "tls-farewell", "127.0.0.1");
    uint32_t seen = lab_add_http(lab, "http://www.example.com:%u/", "seen", "127.0.0.1");
    uint32_t v6 = lab_add_tls(lab, "tls-echo-v6", "::1");
    lab_expect(lab, seen, "farewell=clean|alpn=None|");
    lab_open(lab);
    for (uint32_t round = 0; round < 3; round++) {
        lab_start(lab, farewell);
        lab_run(lab, 5000);
        assert_int_equal(lab->reports[farewell].reason, REASON_OK);
        lab_start(lab, v6);
        lab_run(lab, 5000);
        assert_int_equal(lab->reports[v6].reason, REASON_OK);
        lab_start(lab, seen);
        lab_run(lab, 5000);
        expect_row(lab, seen, "seen", REASON_OK, "HTTP 200");
    }
    lab_close(lab);
}

/* Fault 32: "soon" has three days left, "good" ten, by certificates made a moment ago. */
static void test_tls_tells_and_judges_the_end_of_a_certificate(void **state)
{
    (void)state;
    static const struct {
        const char *behaviour;
        bool verify;
        uint16_t days;
        int end_days; /* 0: none is known */
        enum reason reason;
        const char *http, *tls;
    } table[] = {
        {"tls-good", true, 0, 10, REASON_OK, "HTTP 200", "TLS session made"},
        {"tls-good", false, 0, 10, REASON_OK, "HTTP 200", "TLS session made"},
        {"tls-good", true, 9, 10, REASON_OK, "HTTP 200", "TLS session made"},
        {"tls-good", true, 11, 10, REASON_TLS_EXPIRING, "HTTP 200, the certificate expires in 9d23h, wanted 11 days",
         "TLS session made, the certificate expires in 9d23h, wanted 11 days"},
        {"tls-soon", true, 2, 3, REASON_OK, "HTTP 200", "TLS session made"},
        {"tls-soon", false, 4, 3, REASON_TLS_EXPIRING, "HTTP 200, the certificate expires in 2d23h, wanted 4 days",
         "TLS session made, the certificate expires in 2d23h, wanted 4 days"},
        {"tls-expired", true, 0, -1, REASON_TLS_EXPIRED, "certificate has expired", "certificate has expired"},
        {"tls-expired", false, 0, -1, REASON_OK, "HTTP 200", "TLS session made"},
        {"tls-expired", false, 1, -1, REASON_TLS_EXPIRING, "HTTP 200, the certificate expired 1d", "TLS session made"},
        {"tls-self-signed", true, 0, 30, REASON_TLS_UNTRUSTED, "self-signed certificate", "self-signed certificate"},
        {"tls-plain", true, 7, 0, REASON_TLS_PROTOCOL, "", ""},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < 2 * ARRAY_COUNT(table); i++) {
        uint32_t row = i / 2, watch = i % 2 ? lab_add_tls(lab, table[row].behaviour, "127.0.0.1")
                                            : lab_add_http(lab, SECURE, table[row].behaviour, "127.0.0.1");
        tls_of(&lab->checks[watch])->verify = table[row].verify;
        lab->checks[watch].expect.certificate_days = table[row].days;
    }
    lab_open(lab);
    lab_probe_all(lab, 10000);
    for (uint32_t i = 0; i < 2 * ARRAY_COUNT(table); i++) {
        uint32_t row = i / 2;
        expect_row(lab, i, table[row].behaviour, table[row].reason, i % 2 ? table[row].tls : table[row].http);
        int64_t end_s = lab->reports[i].certificate_end_s, wanted_s = time(NULL) + table[row].end_days * DAY_S;
        if (table[row].end_days == 0)
            assert_int_equal(end_s, 0);
        else
            assert_true(end_s <= wanted_s && end_s > wanted_s - 1200);
    }
    lab_close(lab);
}

static void test_tls_asks_for_its_version_and_shows_its_certificate(void **state)
{
    (void)state;
    const char *good = hostile_visitor(".pem");
    const struct {
        const char *behaviour;
        uint16_t version;
        const char *certificate, *key;
        enum reason reason, or ;
    } table[] = {
        {"tls-good", 0x0304, NULL, NULL, REASON_OK, REASON_OK},
        {"tls-only-1-2", 0x0303, NULL, NULL, REASON_OK, REASON_OK},
        {"tls-only-1-2", 0x0304, NULL, NULL, REASON_TLS_PROTOCOL, REASON_TLS_PROTOCOL},
        {"tls-client", 0, good, hostile_visitor(".key"), REASON_OK, REASON_OK},
        {"tls-good", 0, good, hostile_visitor(".key"), REASON_OK, REASON_OK},
        /* nobody without one: its alert, or the reset that follows */
        {"tls-client", 0, NULL, NULL, REASON_TLS_PROTOCOL, REASON_RESET},
        /* what we cannot show is our own fault */
        {"tls-client", 0, good, "/nonexistent", REASON_LOCAL_ERROR, REASON_LOCAL_ERROR},
        {"tls-client", 0, "/nonexistent", hostile_visitor(".key"), REASON_LOCAL_ERROR, REASON_LOCAL_ERROR},
        {"tls-client", 0, hostile_ca(), hostile_visitor(".key"), REASON_LOCAL_ERROR, REASON_LOCAL_ERROR},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct tls_settings *tls = tls_of(&lab->checks[lab_add_http(lab, SECURE, table[i].behaviour, "127.0.0.1")]);
        tls->version_least = table[i].version;
        tls->certificate = table[i].certificate;
        tls->key = table[i].key;
    }
    lab_open(lab);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
            lab_start(lab, i);
            if (round < 2)
                lab_run(lab, 10000);
        }
        lab_run(lab, 10000);
        for (uint32_t i = 0; i < ARRAY_COUNT(table); i++)
            if (lab->reports[i].reason != table[i].reason && lab->reports[i].reason != table[i].or)
                fail_msg("row %u: %s \"%s\"", (unsigned)i, reason_name(lab->reports[i].reason), lab->reports[i].detail);
    }
    lab_close(lab);
}

/* A certificate that nobody asked about is not what the other side's alert is about. */
static void test_tls_alert_is_told_in_its_own_words(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t watch = lab_add_http(lab, SECURE, "tls-client", "127.0.0.1");
    tls_of(&lab->checks[watch])->verify = false;
    lab_open(lab);
    for (uint32_t round = 0; round < 5; round++) {
        lab_start(lab, watch);
        lab_run(lab, 5000);
        const struct probe_report *report = &lab->reports[watch];
        assert_true(report->reason == REASON_TLS_PROTOCOL || report->reason == REASON_RESET);
        assert_non_null(strstr(report->detail, report->reason == REASON_RESET ? "reset" : "alert"));
    }
    lab_close(lab);
}

int main(void)
{
    hostile_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls_kind_tells_faults_apart),
        cmocka_unit_test(test_tls_kind_says_its_name_and_farewell),
        cmocka_unit_test(test_tls_tells_and_judges_the_end_of_a_certificate),
        cmocka_unit_test(test_tls_asks_for_its_version_and_shows_its_certificate),
        cmocka_unit_test(test_tls_alert_is_told_in_its_own_words),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hostile_stop();
    return failed;
}
