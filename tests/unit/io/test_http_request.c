/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/http_options and io/http_headers, through the prober, against the hostile server.
 * What:  methods, headers and bodies as the other side gets them, one handle going through all of them; the text rules
 *        of the answer. Faults 10, 27, 29; r53 23, 27, 31.
 */
#include "lab.h"

#include "base/pattern.h"
#include "base/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PLAIN "http://www.example.com:%u/x"
#define AGENT "repointd/" REPOINTD_VERSION " (check web)"

static const struct http_header headers[] = {
    {"Accept", "application/json"}, {"X-Key", "a:b; c"}, {"X-Empty", ""}, {"user-agent", "me/1"}, {"HOST", "other"}};
static const struct http_header kind_of_body[] = {{"content-type", "text/plain"}};
static const struct http_header kept_open[] = {{"Connection", "keep-alive"}};

/* `wanted` stands in what the server was told; `foreign` does not. */
static const struct {
    const char *method, *body;
    const struct http_header *headers;
    uint32_t header_count;
    const char *wanted, *foreign;
} rows[] = {
    {NULL, NULL, NULL, 0, "method=GET|target=/x|accept=*/*|", "content-"},
    {"GET", NULL, NULL, 0, "user-agent=" AGENT "|", "x-key"},
    {"POST", "ping=1", NULL, 0, "method=POST|target=/x|", "content-type"},
    {"POST", "ping=1", NULL, 0, "body=ping=1|", "expect="},
    {"POST", "ping=1", kind_of_body, 1, "content-type=text/plain|", "x-www"},
    {"POST", NULL, NULL, 0, "content-length=0|", "content-type=a"},
    {"PUT", NULL, NULL, 0, "content-length=0|", NULL},
    {"PUT", "x", NULL, 0, "method=PUT|target=/x|", NULL},
    {"OPTIONS", NULL, NULL, 0, "method=OPTIONS|target=/x|", "content-length"},
    {"DELETE", NULL, NULL, 0, "method=DELETE|target=/x|", "content-length"},
    {"DELETE", "x", NULL, 0, "body=x|", NULL},
    {"GET", "x", NULL, 0, "method=GET|target=/x|", NULL},
    {"get", NULL, NULL, 0, "method=get|", NULL},
    {"QUERY", "q", NULL, 0, "method=QUERY|", NULL},
    {NULL, NULL, headers, 5, "accept=application/json|", "*/*"},
    {NULL, NULL, headers, 5, "x-key=a:b; c|", AGENT},
    {NULL, NULL, headers, 5, "x-empty=|", "www.example.com"},
    {NULL, NULL, headers, 5, "user-agent=me/1|", NULL},
    {NULL, NULL, headers, 5, "host=other|", NULL},
    {NULL, NULL, headers, 5, "connection=close|", NULL},
    {NULL, NULL, kept_open, 1, "connection=keep-alive|", "close"},
};

static void set_text(const char **ret, size_t *ret_length, const char *text)
{
    *ret = text;
    *ret_length = text ? strlen(text) : 0;
}

static void test_request_says_what_the_check_says(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct check_settings *check = &lab->checks[lab_add_http(lab, PLAIN, "way", "127.0.0.1")];
        check->how.http.method = rows[i].method;
        check->how.http.headers = rows[i].headers;
        check->how.http.header_count = rows[i].header_count;
        set_text(&check->how.http.body, &check->how.http.body_length, rows[i].body);
        lab_expect(lab, i, rows[i].wanted);
        set_text(&check->expect.not_contains, &check->expect.not_contains_length, rows[i].foreign);
    }
    lab_open(lab);
    uint32_t wrong = 0;
    /* One after the other, so that one handle goes through all of them, up and down; then all at once. */
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
            lab_start(lab, round == 1 ? (uint32_t)ARRAY_COUNT(rows) - 1 - i : i);
            if (round < 2)
                lab_run(lab, 5000);
        }
        lab_run(lab, 5000);
        for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
            if (lab->reports[i].reason == REASON_OK)
                continue;
            printf("# round %u, row %u, wanted %s: %s\n", (unsigned)round, (unsigned)i, rows[i].wanted,
                   lab->reports[i].detail);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    lab_close(lab);
}

/* HEAD has headers alone: nobody waits for a body. What it was is told by "seen". */
static void test_request_head_expects_no_body(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t head = lab_add_http(lab, PLAIN, "way", "127.0.0.1"), seen = lab_add_http(lab, PLAIN, "seen", "127.0.0.1");
    uint32_t get = lab_add_http(lab, PLAIN, "way", "127.0.0.1");
    lab->checks[head].how.http.method = "HEAD";
    lab_expect(lab, seen, "method=HEAD|");
    lab_expect(lab, get, "method=GET|");
    lab_open(lab);
    const uint32_t order[] = {head, seen, get, head, seen, get};
    for (uint32_t i = 0; i < ARRAY_COUNT(order); i++) {
        lab_start(lab, order[i]);
        lab_run(lab, 5000);
        assert_int_equal(lab->reports[order[i]].reason, REASON_OK);
    }
    lab_close(lab);
}

static void test_request_carries_a_large_body(void **state)
{
    (void)state;
    static char body[65537];
    memset(body, 'x', sizeof(body) - 1);
    struct lab *lab = lab_new();
    uint32_t plain = lab_add_http(lab, PLAIN, "way", "127.0.0.1");
    uint32_t secure = lab_add_http(lab, "https://www.example.com:%u/", "tls-way", "127.0.0.1");
    for (uint32_t i = 0; i < 2; i++) {
        lab->checks[i].how.http.method = "POST";
        set_text(&lab->checks[i].how.http.body, &lab->checks[i].how.http.body_length, body);
        lab_expect(lab, i, "content-length=65536|");
    }
    lab_open(lab);
    lab_probe_all(lab, 5000);
    assert_string_equal(lab->reports[plain].detail, "HTTP 200");
    assert_string_equal(lab->reports[secure].detail, "HTTP 200");
    lab_close(lab);
}

/* Fault 27; a pattern that runs wild is stopped, and said to be the trouble. Fault 29: also behind a bomb. */
static void test_request_judges_texts(void **state)
{
    (void)state;
    static const struct {
        const char *behaviour, *path, *contains, *not_contains, *regex, *detail;
    } table[] = {
        {"ok", "", NULL, "sick", NULL, "HTTP 200"},
        {"ok", "", NULL, "healthy", NULL, "HTTP 200, the text not wanted is in the body of 8 octets"},
        {"ok", "", "healthy", "y\n", NULL, "HTTP 200, the text not wanted is in the body of 8 octets"},
        {"ok", "", NULL, "Healthy", NULL, "HTTP 200"},
        {"match-at-5120", "", NULL, "healthy", NULL,
         "HTTP 200, the text not wanted is in the first 5120 octets of the body"},
        {"match-at-5121", "", NULL, "healthy", NULL, "HTTP 200"},
        {"gzip", "", NULL, "healthy", NULL, "HTTP 200, the text not wanted is in the body of 15 octets"},
        {"gzip-bomb", "", NULL, "sick", "healthy", "HTTP 200"},
        {"status-503", "", NULL, NULL, "healthy", "HTTP 503, wanted 200-399"},
        {"ok", "", NULL, NULL, "^heal.*y$", "HTTP 200"},
        {"ok", "", NULL, NULL, "^ealthy", "HTTP 200, the pattern matches nothing in the body of 8 octets"},
        {"scripted", "?text=a%0abuild:%20c0ffee1%0ab", NULL, NULL, "^build: [0-9a-f]{7,}$", "HTTP 200"},
        {"status-204", "", NULL, NULL, "^$", "HTTP 204"},
        {"scripted", "?text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%21", NULL, NULL, "^(a+)+$",
         "HTTP 200, the pattern takes too many steps on the body of"},
    };
    struct pattern *patterns[ARRAY_COUNT(table)] = {NULL};
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        char url[128];
        snprintf(url, sizeof(url), "http://www.example.com:%%u/%s", table[i].path);
        struct expect_settings *expect = &lab->checks[lab_add_http(lab, url, table[i].behaviour, "127.0.0.1")].expect;
        set_text(&expect->contains, &expect->contains_length, table[i].contains);
        set_text(&expect->not_contains, &expect->not_contains_length, table[i].not_contains);
        if (table[i].regex)
            assert_non_null(patterns[i] = pattern_new(table[i].regex, NULL));
        expect->regex = patterns[i];
    }
    lab_open(lab);
    lab_probe_all(lab, 5000);
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        bool good = strlen(table[i].detail) == 8;
        const struct probe_report *report = &lab->reports[i];
        if (strncmp(report->detail, table[i].detail, good ? DETAIL_TEXT_MAX : strlen(table[i].detail)) != 0)
            fail_msg("row %u: %s", (unsigned)i, report->detail);
        if (!good && i != 8)
            assert_int_equal(report->reason, REASON_BODY);
        pattern_free(patterns[i]);
    }
    lab_close(lab);
}

/* Fault 10: an address that this host does not have is our own fault. */
static void test_request_comes_from_its_source(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t here = lab_add_http(lab, PLAIN, "way", "127.0.0.1"), gone = lab_add_http(lab, PLAIN, "way", "127.0.0.1");
    uint32_t tcp = lab_add_tcp(lab, "ok", "127.0.0.1"), other = lab_add_http(lab, PLAIN, "way-v6", "::1");
    assert_true(address_parse("127.0.0.7", &lab->checks[here].source.source4, NULL));
    for (uint32_t i = gone; i <= other; i++)
        assert_true(address_parse("192.0.2.77", &lab->checks[i].source.source4, NULL));
    lab_open(lab);
    lab_probe_all(lab, 5000);
    assert_int_equal(lab->reports[here].reason, REASON_OK);
    assert_int_equal(lab->reports[other].reason, REASON_OK);
    for (uint32_t i = gone; i <= tcp; i++) {
        assert_int_equal(lab->reports[i].verdict, VERDICT_LOCAL);
        assert_string_equal(lab->reports[i].detail, "Cannot assign requested address");
    }
    lab_close(lab);
}

int main(void)
{
    hostile_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_says_what_the_check_says), cmocka_unit_test(test_request_head_expects_no_body),
        cmocka_unit_test(test_request_carries_a_large_body),     cmocka_unit_test(test_request_judges_texts),
        cmocka_unit_test(test_request_comes_from_its_source),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hostile_stop();
    return failed;
}
