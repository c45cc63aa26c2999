/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/http_redirect, through the prober, against the hostile server.
 * What:  where redirects are followed to and where not, how often, what is told on the way and what is kept back. Fault
 *        25; security rule 4.4; r53 15.
 */
#include "lab.h"

#include "base/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOST "http://www.example.com:%u"

struct row {
    const char *path; /* of HOST, at 127.0.0.1 */
    uint32_t most;
    const char *contains;
    enum reason reason;
    const char *detail;
};

static const struct row rows[] = {
    /* how often */
    {"/hops/3", 0, NULL, REASON_OK, "HTTP 302"},
    {"/hops/1", 1, "target=/hops/0|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/hops/3", 3, "target=/hops/0|", REASON_OK, "HTTP 200 after 3 redirects"},
    {"/hops/3", 2, NULL, REASON_REDIRECT, "more than 2 redirects"},
    {"/go?to=/go%3fto=/go", 20, NULL, REASON_OK, "HTTP 302 after 2 redirects"},
    /* the same host: at the target's own address, whatever the port and the scheme */
    {"/go?to=http://www.example.com:{way}/x", 1, "target=/x|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=http://WWW.Example.COM.:{way}/x", 1, "target=/x|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=//www.example.com:{way}/x", 1, "target=/x|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=x%3fy=z", 1, "target=/x?y=z|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=%3fto=", 1, NULL, REASON_OK, "HTTP 302 after 1 redirect"},
    {"/go?to=/a%2520b%20c%fc", 1, "target=/a%20b%20c%fc|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=https://www.example.com:{tls-way}/x", 1, "sni=www.example.com|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=https://www.example.com:{tls-expired}/", 1, NULL, REASON_TLS_EXPIRED, "certificate has expired"},
    {"/go?to=http://www.example.com:{refuse}/", 1, NULL, REASON_REFUSED, "redirected to 127.0.0.1:"},
    {"/go?to=http://www.example.com:{silence}/", 1, NULL, REASON_TIMEOUT_RESPONSE, "no answer within 1500ms"},
    {"/go?to=http://www.example.com:{status-503}/", 1, NULL, REASON_STATUS,
     "HTTP 503 after 1 redirect, wanted 200-399"},
    /* an address: no nearer to us than the target is */
    {"/go?to=http://127.0.0.1:{way}/x", 1, "host=127.0.0.1:", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=http://127.0.0.2:{way-elsewhere}/x", 1, "host=127.0.0.2:", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=http://0x7f.2:{way-elsewhere}/x", 1, "host=127.0.0.2:", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=http://[::1]:{way-v6}/x", 1, "host=[::1]:", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=https://127.0.0.1:{tls-way}/", 1, "sni=-|", REASON_OK, "HTTP 200 after 1 redirect"},
    {"/go?to=http://169.254.169.254/latest/", 1, NULL, REASON_REDIRECT,
     "a redirect to an address that a target may not lead to: 169.254.169.254"},
    {"/go?to=http://[::ffff:169.254.169.254]/", 1, NULL, REASON_REDIRECT,
     "a redirect to an address that a target may not lead to: ::ffff:"},
    {"/go?to=http://0.0.0.0:{trap}/", 1, NULL, REASON_REDIRECT,
     "a redirect to an address that a target may not lead to: 0.0.0.0"},
    {"/go?to=http://2852039166/", 1, NULL, REASON_REDIRECT,
     "a redirect to an address that a target may not lead to: 169.254.169.254"},
    /* another name, another scheme, no URL */
    {"/go?to=http://example.com:{trap}/", 1, NULL, REASON_REDIRECT, "a redirect to another host: example.com"},
    {"/go?to=http://localhost:{trap}/", 1, NULL, REASON_REDIRECT, "a redirect to another host: localhost"},
    {"/go?to=http://www.example.com.evil.example:{trap}/", 1, NULL, REASON_REDIRECT, "a redirect to another host: www"},
    {"/go?to=http://www:{trap}/", 1, NULL, REASON_REDIRECT, "a redirect to another host: www"},
    {"/go?to=ftp://www.example.com:{trap}/", 1, NULL, REASON_REDIRECT, "a redirect to what is not HTTP: ftp://www."},
    {"/go?to=file:///etc/passwd", 1, NULL, REASON_REDIRECT, "a redirect to what is not HTTP: file:///etc/passwd"},
    {"/go?to=gopher://127.0.0.1:{trap}/", 1, NULL, REASON_REDIRECT, "a redirect to what is not HTTP: gopher://"},
    {"/go?to=http://user@www.example.com:{trap}/", 1, NULL, REASON_REDIRECT, "a redirect to what is no URL: http://"},
    {"/go?to=http://www.example.com:99999/", 1, NULL, REASON_REDIRECT, "a redirect to what is no URL: http://www."},
    {"/go?to=http://www.example.com:0/", 1, NULL, REASON_REDIRECT, "a redirect to what is not HTTP: http://www."},
    {"/go?to=javascript:alert(1)", 1, NULL, REASON_REDIRECT, "a redirect to what is no"},
    {"/go?to=http://%1b[31m/", 1, NULL, REASON_REDIRECT, "a redirect to what is no URL: http://\\x1b[31m/"},
    /* no place to go to: a status like others */
    {"/go?to=", 1, NULL, REASON_OK, "HTTP 302"},
    {"/go?status=304&to=/x", 1, NULL, REASON_OK, "HTTP 304"},
    {"/go?status=300&to=/x", 1, NULL, REASON_OK, "HTTP 300"},
    {"/go?status=201&to=/x", 1, NULL, REASON_OK, "HTTP 201"},
    {"/go?status=308&to=/x", 1, "target=/x|", REASON_OK, "HTTP 200 after 1 redirect"},
    /* what it says beside does not keep us */
    {"/go?to=/x&body=endless", 1, "target=/x|", REASON_OK, "HTTP 200 after 1 redirect"},
};

static uint32_t add(struct lab *lab, const char *path, const char *behaviour, const char *scheme, uint32_t most)
{
    char url[256];
    snprintf(url, sizeof(url), "%s://www.example.com:%%u%s", scheme, path);
    uint32_t watch = lab_add_http(lab, url, behaviour, "127.0.0.1");
    lab->checks[watch].how.http.redirects_most = most;
    return watch;
}

static void test_redirect_leads_where_it_may(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t watch = add(lab, rows[i].path, "way", "http", rows[i].most);
        if (rows[i].contains)
            lab_expect(lab, watch, rows[i].contains);
    }
    uint32_t trap = lab_add_http(lab, "http://www.example.com:%u/trapped", "trap", "127.0.0.1");
    lab_expect(lab, trap, "came=0|");
    lab_open(lab);
    uint32_t before = open_descriptors(), wrong = 0;
    for (uint32_t round = 0; round < 2; round++) {
        lab_probe_all(lab, 15000);
        for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
            const struct probe_report *report = &lab->reports[i];
            if (report->reason == rows[i].reason &&
                strncmp(report->detail, rows[i].detail, strlen(rows[i].detail)) == 0)
                continue;
            printf("# %s: %s \"%s\", wanted %s \"%s\"\n", rows[i].path, reason_name(report->reason), report->detail,
                   reason_name(rows[i].reason), rows[i].detail);
            wrong++;
        }
        assert_int_equal(lab->reports[trap].reason, REASON_OK);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(open_descriptors(), before);
    lab_close(lab);
}

/* RFC 9110 15.4. */
static void test_redirect_keeps_the_method_or_makes_it_get(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *contains;
    } table[] = {
        {"POST", "/go?status=301&to=/x", "method=GET|target=/x|"},
        {"POST", "/go?status=302&to=/x", "method=GET|target=/x|"},
        {"POST", "/go?status=303&to=/x", "method=GET|target=/x|"},
        {"POST", "/go?status=307&to=/x", "method=POST|target=/x|"},
        {"POST", "/go?status=308&to=/x", "body=ping|"},
        {"PUT", "/go?status=302&to=/x", "method=PUT|target=/x|"},
        {"PUT", "/go?status=303&to=/x", "method=GET|target=/x|"},
        {"POST", "/go?status=303&to=/go%3fstatus=307%26to=/x", "method=GET|target=/x|"},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct http_settings *http = &lab->checks[add(lab, table[i].path, "way", "http", 2)].how.http;
        http->method = table[i].method;
        http->body = "ping";
        http->body_length = 4;
        lab_expect(lab, i, table[i].contains);
    }
    lab_open(lab);
    for (uint32_t round = 0; round < 2; round++) {
        lab_probe_all(lab, 15000);
        for (uint32_t i = 0; i < ARRAY_COUNT(table); i++)
            if (lab->reports[i].reason != REASON_OK)
                fail_msg("%s %s: %s", table[i].method, table[i].path, lab->reports[i].detail);
    }
    lab_close(lab);
}

/* What the user wrote goes to the check's own host alone, and never from TLS into the open. */
static void test_redirect_keeps_secrets_back(void **state)
{
    (void)state;
    static const struct http_header headers[] = {
        {"Authorization", "Bearer secret"}, {"X-Key", "secret"}, {"Host", "inside.example:77"}, {"User-Agent", "me"}};
    static const struct {
        const char *scheme, *behaviour, *path, *contains, *not_contains;
    } table[] = {
        {"http", "way", "/go?to=/x", "authorization=Bearer secret|", NULL},
        {"http", "way", "/go?to=/x", "host=inside.example:77|", NULL},
        {"http", "way", "/go?to=http://inside.example:{way}/x", "host=inside.example:77|", NULL},
        {"http", "way", "/go?to=https://www.example.com:{tls-way}/x", "x-key=secret|", NULL},
        {"http", "way", "/go?to=https://inside.example:{tls-way}/x", "sni=www.example.com|", NULL},
        {"http", "way", "/go?to=http://127.0.0.2:{way-elsewhere}/x", "user-agent=me|", "secret"},
        {"http", "way", "/go?to=http://127.0.0.2:{way-elsewhere}/x", "host=127.0.0.2:", "inside"},
        {"https", "tls-way", "/go?to=http://www.example.com:{way}/x", "host=inside.example:77|", "secret"},
        {"https", "tls-way", "/go?to=/x", "x-key=secret|", NULL},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct check_settings *check = &lab->checks[add(lab, table[i].path, table[i].behaviour, table[i].scheme, 1)];
        check->how.http.headers = headers;
        check->how.http.header_count = ARRAY_COUNT(headers);
        lab_expect(lab, i, table[i].contains);
        check->expect.not_contains = table[i].not_contains;
        check->expect.not_contains_length = table[i].not_contains ? strlen(table[i].not_contains) : 0;
    }
    lab_open(lab);
    lab_probe_all(lab, 15000);
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++)
        if (lab->reports[i].reason != REASON_OK)
            fail_msg("row %u: %s", (unsigned)i, lab->reports[i].detail);
    lab_close(lab);
}

/* With tls.sni our Host is written by hand: its port has to be the new one. A client certificate stays here. */
static void test_redirect_keeps_the_name_of_tls(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t named = add(lab, "/go?to=https://web.internal:{tls-way}/x", "way", "http", 1);
    lab->checks[named].how.http.host = "web.internal";
    lab->checks[named].how.http.tls.sni = "www.example.com";
    static char wanted[64];
    snprintf(wanted, sizeof(wanted), "host=web.internal:%u|", (unsigned)hostile_port("tls-way"));
    lab_expect(lab, named, wanted);
    uint32_t welcome = add(lab, "/go?to=https://www.example.com:{tls-way-client}/x", "way", "http", 1);
    uint32_t stranger = add(lab, "/go?to=https://127.0.0.1:{tls-way-client}/x", "way", "http", 1);
    for (uint32_t i = welcome; i <= stranger; i++) {
        lab->checks[i].how.http.tls.certificate = hostile_visitor(".pem");
        lab->checks[i].how.http.tls.key = hostile_visitor(".key");
    }
    lab_open(lab);
    for (uint32_t round = 0; round < 2; round++) {
        lab_probe_all(lab, 15000);
        assert_string_equal(lab->reports[named].detail, "HTTP 200 after 1 redirect");
        assert_string_equal(lab->reports[welcome].detail, "HTTP 200 after 1 redirect");
        /* whichever comes first: its alert, or the reset that follows since our request was in vain */
        assert_true(lab->reports[stranger].reason == REASON_TLS_PROTOCOL ||
                    lab->reports[stranger].reason == REASON_RESET);
    }
    lab_close(lab);
}

/* Each request of a chain has the budgets of its phases, and all together the whole one. */
static void test_redirect_does_not_stretch_the_timeout(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t whole = add(lab, "/go?to=http://www.example.com:{slow-answer}/", "way", "http", 1);
    uint32_t phased = add(lab, "/go?to=http://www.example.com:{silence}/", "way", "http", 1);
    uint32_t again = add(lab, "/go?to=http://www.example.com:{slow-answer}/", "way", "http", 1);
    lab->checks[whole].total_ms = 800;
    uint32_t slow = add(lab, "/hops/9?wait=0.5", "way", "http", 9);
    for (uint32_t i = phased; i <= slow; i++) {
        lab->checks[i].phased = true;
        lab->checks[i].connect_ms = lab->checks[i].body_ms = 700;
        lab->checks[i].response_ms = 300;
        lab->checks[i].total_ms = 1700;
    }
    lab->checks[again].response_ms = lab->checks[slow].response_ms = 700;
    lab_open(lab);
    lab_probe_all(lab, 5000);
    assert_string_equal(lab->reports[whole].detail, "no end of the body within 800ms");
    assert_string_equal(lab->reports[phased].detail, "no answer within 300ms");
    assert_string_equal(lab->reports[again].detail, "HTTP 200 after 1 redirect");
    assert_string_equal(lab->reports[slow].detail, "no answer within 1700ms");
    assert_true(lab->ended[slow] - lab->reports[slow].started >= 1700);
    struct phase_times t = lab->reports[again].phases;
    assert_true(0 <= t.connect_us && t.connect_us < 400000 && t.first_byte_us >= 490000 && t.total_us >= 990000);
    lab_close(lab);
}

/* What stands beside a redirect is not read, and still its connection ends with FIN. */
static void test_redirect_ends_politely(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t beside = add(lab, "/go?to=/x&body=long", "way", "http", 1), asked = add(lab, "/", "asked", "http", 0);
    lab_expect(lab, asked, "ended-well=20|");
    lab->checks[asked].expect.not_contains = "reset";
    lab->checks[asked].expect.not_contains_length = 5;
    lab_open(lab);
    for (uint32_t round = 0; round < 20; round++) {
        lab_start(lab, beside);
        lab_run(lab, 5000);
        assert_string_equal(lab->reports[beside].detail, "HTTP 200 after 1 redirect");
    }
    for (uint32_t round = 0; round < 50 && lab->reports[asked].reason != REASON_OK; round++) {
        lab_start(lab, asked);
        lab_run(lab, 5000);
    }
    assert_string_equal(lab->reports[asked].detail, "HTTP 200");
    lab_close(lab);
}

static void test_redirect_cancelled_leaves_nothing(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    add(lab, "/go?to=http://www.example.com:{full}/", "way", "http", 1);
    add(lab, "/go?to=http://www.example.com:{silence}/", "way", "http", 1);
    add(lab, "/go?to=https://www.example.com:{tls-stall}/", "way", "http", 1);
    uint32_t good = add(lab, "/hops/3", "way", "http", 3);
    lab_open(lab);
    uint32_t before = open_descriptors();
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < good; i++)
            prober_start(lab->prober, (struct op){i, 1000 + round}, loop_refresh(lab->loop));
        lab_start(lab, good);
        lab_run(lab, 5000);
        assert_int_equal(lab->reports[good].reason, REASON_OK);
        for (uint32_t i = 0; i < good; i++)
            prober_cancel(lab->prober, (struct op){i, 1000 + round});
        assert_int_equal(open_descriptors(), before);
    }
    lab_close(lab);
}

int main(void)
{
    hostile_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redirect_leads_where_it_may),
        cmocka_unit_test(test_redirect_keeps_the_method_or_makes_it_get),
        cmocka_unit_test(test_redirect_keeps_secrets_back),
        cmocka_unit_test(test_redirect_keeps_the_name_of_tls),
        cmocka_unit_test(test_redirect_does_not_stretch_the_timeout),
        cmocka_unit_test(test_redirect_ends_politely),
        cmocka_unit_test(test_redirect_cancelled_leaves_nothing),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hostile_stop();
    return failed;
}
