/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/http and of the files inside it, against the hostile server.
 * What:  what a request says (Host, SNI, User-Agent: r53 18, 23 to 26; TLS and phases: r53 17, 85), where it
 *        goes, what the environment may not change, certificates, both families, phases, cancelling, and the pool of
 *        handles in made-up time. Faults 31, 33, 35.
 */
#include "io/http.h"

#include "base/version.h"
#include "io/http_handle.h"
#include "lab.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define AGENT "repointd/" REPOINTD_VERSION " (check web)"

/* One probe of `url` at the port of `behaviour` whose echo has to hold `wanted`, in which %u is the port. */
struct asking {
    const char *behaviour, *address, *url, *wanted, *sni, *host;
};

static void expect_echoes(const struct asking *rows, uint32_t count, const char *contact)
{
    static char wanted[LAB_MAX][200];
    struct lab *lab = lab_new();
    lab->settings.daemon.contact = contact;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t watch = lab_add_http(lab, rows[i].url, rows[i].behaviour, rows[i].address);
        struct http_settings *http = &lab->checks[watch].how.http;
        const char *place = strstr(rows[i].wanted, "%u");
        if (place)
            snprintf(wanted[i], sizeof(wanted[i]), "%.*s%u%s", (int)(place - rows[i].wanted), rows[i].wanted,
                     (unsigned)http->port, place + 2);
        else
            snprintf(wanted[i], sizeof(wanted[i]), "%s", rows[i].wanted);
        lab_expect(lab, watch, wanted[i]);
        http->tls.sni = rows[i].sni;
        if (rows[i].host)
            http->host = rows[i].host;
    }
    lab_open(lab);
    lab_probe_all(lab, 10000);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (lab->reports[i].reason == REASON_OK)
            continue;
        printf("# %s at %s, wanted %s: %s\n", lab->urls[i], rows[i].address, wanted[i], lab->reports[i].detail);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    lab_close(lab);
}

static void test_http_host_and_sni_are_the_urls(void **state)
{
    (void)state;
    static const struct asking rows[] = {
        {"echo", "127.0.0.1", "http://www.example.com:%u/a?b=c", "host=www.example.com:%u|", NULL, NULL},
        {"echo", "127.0.0.1", "http://www.example.com:%u/a?b=c", "line=GET /a?b=c HTTP/1.1|", NULL, NULL},
        {"echo", "127.0.0.1", "http://www.example.com:%u", "line=GET / HTTP/1.1|", NULL, NULL},
        {"echo", "127.0.0.1", "http://192.0.2.99:%u/", "host=192.0.2.99:%u|", NULL, NULL},
        {"echo", "127.0.0.1", "http://[2001:db8::1]:%u/", "host=[2001:db8::1]:%u|", NULL, NULL},
        {"echo-v6", "::1", "http://www.example.com:%u/", "host=www.example.com:%u|", NULL, NULL},
        {"echo-v6", "::1", "http://192.0.2.99:%u/", "host=192.0.2.99:%u|", NULL, NULL},
        {"echo-v6", "::1", "http://[2001:db8::1]:%u/", "host=[2001:db8::1]:%u|", NULL, NULL},
        {"tls-echo", "127.0.0.1", "https://www.example.com:%u/", "host=www.example.com:%u|", NULL, NULL},
        {"tls-echo", "127.0.0.1", "https://www.example.com:%u/", "sni=www.example.com|", NULL, NULL},
        {"tls-echo-v6", "::1", "https://www.example.com:%u/", "sni=www.example.com|", NULL, NULL},
        /* an address in the URL: no SNI, and the certificate has to name the address */
        {"tls-echo", "127.0.0.1", "https://127.0.0.1:%u/", "sni=-|", NULL, NULL},
        {"tls-echo-v6", "::1", "https://[::1]:%u/", "sni=-|", NULL, NULL},
        /* tls.sni: sent and verified instead of the URL's host, which stays in Host */
        {"tls-echo", "127.0.0.1", "https://web.internal:%u/", "sni=www.example.com|", "www.example.com",
         "web.internal"},
        {"tls-echo", "127.0.0.1", "https://web.internal:%u/", "host=web.internal:%u|", "www.example.com",
         "web.internal"},
        {"tls-echo", "127.0.0.1", "https://[2001:db8::7]:%u/", "host=[2001:db8::7]:%u|", "www.example.com",
         "2001:db8::7"},
        {"echo", "127.0.0.1", "http://www.example.com:%u/", "user-agent=" AGENT "|", NULL, NULL},
        {"echo", "127.0.0.1", "http://www.example.com:%u/", "accept-encoding=gzip, deflate|", NULL, NULL},
        {"echo", "127.0.0.1", "http://www.example.com:%u/", "connection=close|", NULL, NULL},
    };
    expect_echoes(rows, ARRAY_COUNT(rows), NULL);
}

/* r53 24 and 26: no port where it is the scheme's own. Only where we may listen at 80 and 443. */
static void test_http_host_has_no_port_of_its_own_scheme(void **state)
{
    (void)state;
    static const struct asking rows[] = {
        {"echo-80", "127.0.0.91", "http://www.example.com:%u/", "host=www.example.com|", NULL, NULL},
        {"echo-80", "127.0.0.91", "http://127.0.0.91:%u/", "host=127.0.0.91|", NULL, NULL},
        {"echo-443", "127.0.0.91", "https://www.example.com:%u/", "host=www.example.com|", NULL, NULL},
        {"echo-443", "127.0.0.91", "https://web.internal:%u/", "host=web.internal|", "www.example.com", "web.internal"},
    };
    if (hostile_port("echo-80") != 80 || hostile_port("echo-443") != 443)
        skip();
    expect_echoes(rows, ARRAY_COUNT(rows), NULL);
}

static void test_http_agent_names_a_contact(void **state)
{
    (void)state;
    static const struct asking rows[] = {
        {"echo", "127.0.0.1", "http://www.example.com:%u/",
         "user-agent=repointd/" REPOINTD_VERSION " (check web; hostmaster@example.com)|", NULL, NULL}};
    expect_echoes(rows, 1, "hostmaster@example.com");
}

/* What no body rule needs is not asked for; one handle serves both kinds in turn. */
static void test_http_asks_for_compression_only_with_a_body_rule(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t plain = lab_add_http(lab, "http://www.example.com:%u/", "echo", "127.0.0.1");
    uint32_t seen_plain = lab_add_http(lab, "http://www.example.com:%u/", "seen", "127.0.0.1");
    uint32_t ruled = lab_add_http(lab, "http://www.example.com:%u/", "echo", "127.0.0.1");
    lab_expect(lab, seen_plain, "accept-encoding=-|");
    lab_expect(lab, ruled, "accept-encoding=gzip, deflate|");
    lab_open(lab);
    for (uint32_t round = 0; round < 3; round++) {
        lab_start(lab, plain);
        lab_run(lab, 5000);
        lab_start(lab, seen_plain);
        lab_run(lab, 5000);
        assert_int_equal(lab->reports[seen_plain].reason, REASON_OK);
        lab_start(lab, ruled);
        lab_run(lab, 5000);
        assert_int_equal(lab->reports[ruled].reason, REASON_OK);
    }
    lab_close(lab);
}

/* Acceptance 35. */
static void test_http_ignores_a_proxy_of_the_environment(void **state)
{
    (void)state;
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        setenv(names[i], "http://127.0.0.1:1/", 1);
    setenv("no_proxy", "", 1);
    static const struct asking rows[] = {
        {"echo", "127.0.0.1", "http://www.example.com:%u/", "line=GET / HTTP/1.1|", NULL, NULL},
        {"tls-echo", "127.0.0.1", "https://www.example.com:%u/", "line=GET / HTTP/1.1|", NULL, NULL},
    };
    expect_echoes(rows, ARRAY_COUNT(rows), NULL);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        unsetenv(names[i]);
    unsetenv("no_proxy");
}

static void test_http_verifies_as_told(void **state)
{
    (void)state;
    static const struct {
        const char *behaviour;
        bool verify;
        const char *ca; /* "ours": the one that signed */
        enum reason reason;
    } rows[] = {
        {"tls-good", true, "ours", REASON_OK},
        {"tls-good", true, NULL, REASON_TLS_UNTRUSTED},
        {"tls-good", true, "/nonexistent/ca.pem", REASON_LOCAL_ERROR},
        {"tls-good", false, NULL, REASON_OK},
        {"tls-expired", false, NULL, REASON_OK},
        {"tls-wrong-name", false, "ours", REASON_OK},
        {"tls-self-signed", false, NULL, REASON_OK},
        {"tls-self-signed", true, NULL, REASON_TLS_UNTRUSTED},
        {"tls-expired", true, "ours", REASON_TLS_EXPIRED},
        {"tls-old", false, NULL, REASON_TLS_PROTOCOL},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct tls_settings *tls =
            &lab->checks[lab_add_http(lab, "https://www.example.com:%u/", rows[i].behaviour, "127.0.0.1")].how.http.tls;
        tls->verify = rows[i].verify;
        tls->ca = rows[i].ca && strcmp(rows[i].ca, "ours") == 0 ? hostile_ca() : rows[i].ca;
    }
    lab_open(lab);
    /* One after the other, so that one handle goes through all of them, and then all at once. */
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
            lab_start(lab, i);
            if (round < 2)
                lab_run(lab, 10000);
        }
        lab_run(lab, 10000);
        for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
            if (lab->reports[i].reason != rows[i].reason)
                fail_msg("%s: %s \"%s\"", rows[i].behaviour, reason_name(lab->reports[i].reason),
                         lab->reports[i].detail);
    }
    lab_close(lab);
}

static void test_http_times_ascend(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t plain = lab_add_http(lab, "http://www.example.com:%u/", "slow-answer", "127.0.0.1");
    uint32_t secure = lab_add_http(lab, "https://www.example.com:%u/", "tls-good", "127.0.0.1");
    uint32_t silent = lab_add_http(lab, "https://www.example.com:%u/", "tls-silence", "127.0.0.1");
    uint32_t full = lab_add_http(lab, "http://www.example.com:%u/", "full", "127.0.0.1");
    lab_open(lab);
    lab_probe_all(lab, 10000);
    struct phase_times t = lab->reports[plain].phases;
    assert_int_equal(lab->reports[plain].code, 200);
    assert_true(t.resolve_us == -1 && t.tls_us == -1);
    assert_true(0 <= t.connect_us && t.connect_us < t.first_byte_us && t.first_byte_us < t.total_us);
    assert_in_range(t.first_byte_us, 490000, 1200000);
    assert_in_range(t.total_us, 990000, 1500000);
    t = lab->reports[secure].phases;
    assert_true(0 <= t.connect_us && t.connect_us < t.tls_us && t.tls_us < t.first_byte_us &&
                t.first_byte_us <= t.total_us);
    t = lab->reports[silent].phases;
    assert_true(0 <= t.connect_us && t.connect_us < t.tls_us && t.first_byte_us == -1 && t.total_us >= 1490000);
    t = lab->reports[full].phases;
    assert_true(t.connect_us == -1 && t.tls_us == -1 && t.first_byte_us == -1 && t.total_us >= 1490000);
    lab_close(lab);
}

static void test_http_cancelled_in_any_phase_leaves_nothing(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"full", "http://www.example.com:%u/"},        {"silence", "http://www.example.com:%u/"},
        {"drip", "http://www.example.com:%u/"},        {"drip-body", "http://www.example.com:%u/"},
        {"tls-stall", "https://www.example.com:%u/"},  {"tls-silence", "https://www.example.com:%u/"},
        {"slow-answer", "http://www.example.com:%u/"},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        lab_add_http(lab, rows[i][1], rows[i][0], "127.0.0.1");
    uint32_t good = lab_add_http(lab, "http://www.example.com:%u/", "ok", "127.0.0.1");
    lab_open(lab);
    uint32_t before = open_descriptors();
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
            prober_start(lab->prober, (struct op){i, 1000 + round}, loop_refresh(lab->loop));
        /* as long as a good one takes, so that the others have come somewhere */
        lab_start(lab, good);
        lab_run(lab, 5000);
        assert_int_equal(lab->reports[good].reason, REASON_OK);
        for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
            prober_cancel(lab->prober, (struct op){i, 1000 + round});
        assert_int_equal(open_descriptors(), before);
    }
    lab_close(lab);
}

/* ---- a look ---- */

static void test_look_refuses_what_libcurl_cannot_take(void **state)
{
    (void)state;
    static const char *const bad[] = {"http://", "http://user:secret@www.example.com/", "http://www.example.com:99999/",
                                      "http://a b/"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        struct check_settings check = {
            .name = "web", .kind = CHECK_HTTP, .how.http = {.url = bad[i], .host = "www.example.com", .port = 80}};
        struct http_look look;
        struct error err = {0};
        assert_false(http_look_prepare(&look, &check, NULL, &err));
        assert_non_null(strstr(err.text, "check 'web': "));
        assert_null(strstr(err.text, "secret"));
    }
}

/* ---- the pool, in made-up time ---- */

static struct check_settings pool_check = {
    .name = "web",
    .kind = CHECK_HTTP,
    .how.http = {.url = "http://www.example.com/", .host = "www.example.com", .port = 80}};

static void test_pool_keeps_what_is_in_flight_and_lets_go_later(void **state)
{
    (void)state;
    struct http_pool pool = {0};
    struct http_look look;
    struct http_handle *handles[40];
    assert_true(http_look_prepare(&look, &pool_check, NULL, NULL));
    for (uint32_t i = 0; i < 40; i++)
        assert_non_null(handles[i] = http_pool_take(&pool, &look));
    for (uint32_t i = 0; i < 40; i++)
        http_pool_put(&pool, handles[i], 1000);
    assert_int_equal(pool.count, 40);
    /* a quiet span, and another one: now two are enough */
    for (int64_t now = 2000; now < 40000; now += 100) {
        handles[0] = http_pool_take(&pool, &look);
        handles[1] = http_pool_take(&pool, &look);
        http_pool_put(&pool, handles[0], now);
        http_pool_put(&pool, handles[1], now);
    }
    assert_in_range(pool.count, 1, 2);
    http_pool_done(&pool);
    assert_int_equal(pool.count, 0);
    http_look_done(&look);
}

static void test_pool_prefers_a_handle_of_the_same_check(void **state)
{
    (void)state;
    struct http_pool pool = {0};
    struct http_look a, b;
    assert_true(http_look_prepare(&a, &pool_check, NULL, NULL));
    assert_true(http_look_prepare(&b, &pool_check, NULL, NULL));
    struct http_handle *of_a = http_pool_take(&pool, &a), *of_b = http_pool_take(&pool, &b);
    http_pool_put(&pool, of_b, 1000);
    http_pool_put(&pool, of_a, 1000);
    assert_ptr_equal(http_pool_take(&pool, &b), of_b);
    assert_ptr_equal(http_pool_take(&pool, &a), of_a);
    http_pool_put(&pool, of_a, 1000);
    /* none of b is idle and as many as are usual exist: the one of a gets the options of b */
    struct http_handle *taken = http_pool_take(&pool, &b);
    assert_ptr_equal(taken, of_a);
    assert_ptr_equal(taken->look, &b);
    assert_null(a.idle);
    http_pool_put(&pool, taken, 1000);
    http_pool_put(&pool, of_b, 1000);
    assert_int_equal(pool.count, 2);
    http_pool_done(&pool);
    http_look_done(&a);
    http_look_done(&b);
}

int main(void)
{
    hostile_start();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_host_and_sni_are_the_urls),
        cmocka_unit_test(test_http_host_has_no_port_of_its_own_scheme),
        cmocka_unit_test(test_http_agent_names_a_contact),
        cmocka_unit_test(test_http_asks_for_compression_only_with_a_body_rule),
        cmocka_unit_test(test_http_ignores_a_proxy_of_the_environment),
        cmocka_unit_test(test_http_verifies_as_told),
        cmocka_unit_test(test_http_times_ascend),
        cmocka_unit_test(test_http_cancelled_in_any_phase_leaves_nothing),
        cmocka_unit_test(test_look_refuses_what_libcurl_cannot_take),
        cmocka_unit_test(test_pool_keeps_what_is_in_flight_and_lets_go_later),
        cmocka_unit_test(test_pool_prefers_a_handle_of_the_same_check),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    hostile_stop();
    return failed;
}
