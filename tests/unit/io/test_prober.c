/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/prober, with http, connect and judge behind it, against the hostile server.
 * What:  budgets, the limit, the order of those that wait, cancelling, descriptors (fault 14), lateness (faults 11 and
 *        12). What each hostile behaviour comes to is in test_hostile.c.
 */
#include "lab.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PLAIN  "http://www.example.com:%u/healthz"
#define SECURE "https://www.example.com:%u/healthz"

/* Built under a sanitizer or valgrind everything takes longer, but not this much. */
#define SLACK_MS 900

/* ---- budgets ---- */

static void give_map(struct check_settings *check, uint32_t connect_ms, uint32_t response_ms, uint32_t body_ms)
{
    check->phased = true;
    check->connect_ms = connect_ms;
    check->response_ms = response_ms;
    check->body_ms = body_ms;
    check->total_ms = connect_ms + response_ms + body_ms;
}

/* "slow-answer" has its status line after 500 ms and its end after 1,000 ms. */
static void test_prober_gives_each_phase_its_budget(void **state)
{
    (void)state;
    static const struct {
        const char *behaviour, *url;
        uint32_t total_ms, connect_ms, response_ms, body_ms; /* total 0: a map */
        enum reason reason;
        const char *detail;
        int64_t ends_ms;
    } table[] = {
        {"slow-answer", PLAIN, 1400, 0, 0, 0, REASON_OK, "HTTP 200", 1000},
        {"slow-answer", PLAIN, 300, 0, 0, 0, REASON_TIMEOUT_RESPONSE, "no answer within 300ms", 300},
        {"slow-answer", PLAIN, 700, 0, 0, 0, REASON_TIMEOUT_RESPONSE, "no end of the body within 700ms", 700},
        {"slow-answer", PLAIN, 0, 200, 800, 800, REASON_OK, "HTTP 200", 1000},
        {"slow-answer", PLAIN, 0, 2000, 300, 2000, REASON_TIMEOUT_RESPONSE, "no answer within 300ms", 300},
        {"slow-answer", PLAIN, 0, 2000, 2000, 200, REASON_TIMEOUT_RESPONSE, "no end of the body within 200ms", 700},
        {"full", PLAIN, 0, 400, 2000, 2000, REASON_TIMEOUT_CONNECT, "not connected within 400ms", 400},
        {"tls-stall", SECURE, 0, 400, 2000, 2000, REASON_TIMEOUT_TLS, "no TLS session within 400ms", 400},
        {"tls-silence", SECURE, 0, 2000, 400, 2000, REASON_TIMEOUT_RESPONSE, "no answer within 400ms", 400},
        {"drip-body", PLAIN, 0, 2000, 2000, 600, REASON_TIMEOUT_RESPONSE, "no end of the body within 600ms", 600},
    };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct check_settings *check = &lab->checks[lab_add_http(lab, table[i].url, table[i].behaviour, "127.0.0.1")];
        check->total_ms = table[i].total_ms;
        if (table[i].total_ms == 0)
            give_map(check, table[i].connect_ms, table[i].response_ms, table[i].body_ms);
    }
    lab_open(lab);
    lab_probe_all(lab, 10000);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(table); i++) {
        int64_t took = lab->ended[i] - lab->reports[i].started;
        if (lab->reports[i].reason == table[i].reason && strcmp(lab->reports[i].detail, table[i].detail) == 0 &&
            took >= table[i].ends_ms - 1 && took <= table[i].ends_ms + SLACK_MS)
            continue;
        printf("# row %u: %s \"%s\" after %d ms\n", (unsigned)i, reason_name(lab->reports[i].reason),
               lab->reports[i].detail, (int)took);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    lab_close(lab);
}

static void test_prober_probes_tcp(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    static const char *const behaviours[] = {"ok", "silence", "banner", "reset", "ok-v6"};
    for (uint32_t i = 0; i < ARRAY_COUNT(behaviours); i++)
        lab_add_tcp(lab, behaviours[i], i == 4 ? "::1" : "127.0.0.1");
    uint32_t refuse = lab_add_tcp(lab, "refuse", "127.0.0.1"), full = lab_add_tcp(lab, "full", "127.0.0.1");
    uint32_t nowhere = lab_add_tcp(lab, "ok", "127.255.255.255"), refuse6 = lab_add_tcp(lab, "refuse", "::1");
    lab_open(lab);
    uint32_t before = open_descriptors();
    lab_probe_all(lab, 10000);
    for (uint32_t i = 0; i < ARRAY_COUNT(behaviours); i++) {
        assert_int_equal(lab->reports[i].reason, REASON_OK);
        assert_string_equal(lab->reports[i].detail, "connected");
        assert_true(lab->reports[i].phases.connect_us >= 0 && lab->reports[i].phases.total_us >= 0);
    }
    assert_int_equal(lab->reports[refuse].reason, REASON_REFUSED);
    assert_int_equal(lab->reports[refuse6].reason, REASON_REFUSED);
    assert_int_equal(lab->reports[full].reason, REASON_TIMEOUT_CONNECT);
    assert_true(lab->ended[full] - lab->reports[full].started >= 1500);
    /* what connect says at once does not count: fault 6 */
    assert_int_equal(lab->reports[nowhere].reason, REASON_LOCAL_ERROR);
    assert_int_equal(lab->reports[nowhere].verdict, VERDICT_LOCAL);
    assert_string_equal(lab->reports[nowhere].detail, "Network is unreachable");
    assert_int_equal(open_descriptors(), before);
    lab_close(lab);
}

/* ---- the limit ---- */

static void test_prober_starts_the_earliest_due_first(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    static const uint32_t due[COUNT] = {7, 3, 19, 0, 12, 5, 5, 1, 18, 2, 9, 4, 17, 6, 11, 8, 10, 13, 16, 14};
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < COUNT + 1; i++)
        lab_add_tcp(lab, "ok", "127.0.0.1");
    lab->settings.daemon.probe_concurrency = 1;
    lab_open(lab);
    assert_int_equal(prober_concurrency(lab->prober), 1);
    lab_start(lab, COUNT); /* takes the one place */
    mono_ms now = loop_now(lab->loop);
    for (uint32_t i = 0; i < COUNT; i++) {
        lab->asked++;
        prober_start(lab->prober, (struct op){i, lab->asked}, now - 100 + due[i]);
    }
    prober_cancel(lab->prober, (struct op){2, 4});   /* waits, and goes */
    prober_cancel(lab->prober, (struct op){8, 4});   /* another ticket: nothing happens */
    prober_cancel(lab->prober, (struct op){900, 1}); /* no such watch */
    lab->asked--;
    lab_run(lab, 10000);
    assert_int_equal(lab->done, COUNT);
    assert_int_equal(lab->order[0], COUNT);
    for (uint32_t i = 2; i < COUNT; i++)
        assert_true(due[lab->order[i - 1]] <= due[lab->order[i]]);
    assert_false(lab->answered[2]);
    lab_close(lab);
}

/* What is due all at once does not begin all at once: what is under way comes first. */
static void test_prober_begins_no_more_than_it_can_look_after(void **state)
{
    (void)state;
    enum { COUNT = 100, A_TURN = 64 };
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < COUNT; i++)
        lab_add_tcp(lab, "ok", "127.0.0.1");
    lab->settings.daemon.probe_concurrency = COUNT;
    lab_open(lab);
    assert_int_equal(prober_concurrency(lab->prober), COUNT);
    uint32_t before = open_descriptors();
    mono_ms now = loop_refresh(lab->loop);
    for (uint32_t i = 0; i < COUNT; i++) {
        lab->asked++;
        prober_start(lab->prober, (struct op){i, lab->asked}, now);
    }
    assert_int_equal(open_descriptors(), before + A_TURN);
    lab_run(lab, 10000);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(lab->reports[i].reason, REASON_OK);
    assert_int_equal(open_descriptors(), before);
    lab_close(lab);
}

static void test_prober_cancel_makes_room(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t silent = lab_add_http(lab, PLAIN, "silence", "127.0.0.1"),
             good = lab_add_http(lab, PLAIN, "ok", "127.0.0.1");
    lab->settings.daemon.probe_concurrency = 1;
    lab_open(lab);
    prober_start(lab->prober, (struct op){silent, 77}, loop_refresh(lab->loop));
    lab_start(lab, good);
    prober_cancel(lab->prober, (struct op){silent, 77});
    lab_run(lab, 1000);
    assert_int_equal(lab->reports[good].reason, REASON_OK);
    assert_false(lab->answered[silent]);
    /* the watch may be asked again at once */
    prober_start(lab->prober, (struct op){silent, 78}, loop_refresh(lab->loop));
    prober_cancel(lab->prober, (struct op){silent, 78});
    lab_close(lab);
}

static void start_another(struct lab *lab, uint32_t watch)
{
    if (watch > 0 && !lab->answered[watch - 1])
        lab_start(lab, watch - 1);
}

/* `done` may start and cancel; and a start that fails at once is told on a later turn. */
static void test_prober_may_be_used_inside_done(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < 8; i++)
        lab_add_tcp(lab, i % 2 ? "ok" : "refuse", i % 4 == 2 ? "127.255.255.255" : "127.0.0.1");
    lab->on_report = start_another;
    lab_open(lab);
    lab_start(lab, 7);
    lab->stop_after = 8;
    loop_timer_set(lab->loop, &lab->limit, loop_refresh(lab->loop) + 5000);
    loop_run(lab->loop);
    assert_int_equal(lab->done, 8);
    lab_close(lab);
}

/* Fault 14: no descriptors. */
static void test_prober_without_descriptors_is_local_and_recovers(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t tcp = lab_add_tcp(lab, "ok", "127.0.0.1"), http = lab_add_http(lab, PLAIN, "ok", "127.0.0.1");
    lab_open(lab);
    struct rlimit limit, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){3, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    lab_probe_all(lab, 5000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(lab->reports[tcp].reason, REASON_LOCAL_ERROR);
    assert_int_equal(lab->reports[http].reason, REASON_LOCAL_ERROR);
    assert_string_equal(lab->reports[http].detail, "Too many open files");
    lab_probe_all(lab, 5000);
    assert_int_equal(lab->reports[tcp].reason, REASON_OK);
    assert_int_equal(lab->reports[http].reason, REASON_OK);
    lab_close(lab);
}

static void test_prober_limit_follows_the_configuration(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < 100; i++)
        lab_add_tcp(lab, "ok", "127.0.0.1");
    /* 100 × 1.5 / 10 × 1.25 = 18.75 */
    assert_int_equal(prober_concurrency_auto(&lab->settings, 65536), 19);
    for (uint32_t i = 0; i < 100; i++)
        lab->checks[i].interval_ms = 100000;
    assert_int_equal(prober_concurrency_auto(&lab->settings, 65536), 16);
    for (uint32_t i = 0; i < 100; i++)
        lab->checks[i].interval_ms = 1500;
    assert_int_equal(prober_concurrency_auto(&lab->settings, 65536), 125);
    assert_int_equal(prober_concurrency_auto(&lab->settings, 1024), 125);
    assert_int_equal(prober_concurrency_auto(&lab->settings, 228), 114);
    assert_int_equal(prober_concurrency_auto(&lab->settings, 257), 125);
    assert_int_equal(prober_concurrency_auto(&lab->settings, 20), 10);
    assert_int_equal(prober_concurrency_auto(&lab->settings, 1), 1);
    lab->settings.watch_count = 0;
    assert_int_equal(prober_concurrency_auto(&lab->settings, 65536), 16);
}

/* ---- lateness ---- */

static uint32_t gaps_at_first_report;

static void note_gaps(struct lab *lab, uint32_t watch)
{
    (void)watch;
    if (lab->done == 1)
        gaps_at_first_report = lab->gaps;
}

/* Comes in the first turn, before anything that arrived is looked at; a child stops us there for three seconds. */
static void stand_still(struct lab *lab)
{
    (void)lab;
    pid_t parent = getpid(), child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        kill(parent, SIGSTOP);
        poll(NULL, 0, 3000);
        kill(parent, SIGCONT);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/*
 * Faults 11 and 12: who answered meanwhile has passed, nobody failed because of us, and the gap is told before all of
 * it.
 */
static void test_prober_does_not_blame_a_target_for_our_own_lateness(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t good = lab_add_http(lab, PLAIN, "ok", "127.0.0.1"), tcp = lab_add_tcp(lab, "ok", "127.0.0.1");
    uint32_t secure = lab_add_http(lab, SECURE, "tls-good", "127.0.0.1"),
             silent = lab_add_http(lab, PLAIN, "silence", "127.0.0.1");
    for (uint32_t i = 0; i < 4; i++)
        lab->checks[i].total_ms = 500;
    lab->on_report = note_gaps;
    lab->on_wake = stand_still;
    lab_open(lab);
    for (uint32_t i = 0; i < 4; i++)
        lab_start(lab, i);
    loop_wake_at(lab->loop, loop_now(lab->loop));
    lab_run(lab, 10000);
    assert_int_equal(lab->gaps, 1);
    assert_int_equal(gaps_at_first_report, 1);
    assert_int_equal(lab->reports[good].reason, REASON_OK);
    assert_int_equal(lab->reports[tcp].reason, REASON_OK);
    assert_int_equal(lab->reports[secure].reason, REASON_OK);
    assert_int_equal(lab->reports[silent].reason, REASON_TIMEOUT_RESPONSE);
    assert_true(lab->ended[silent] - lab->reports[silent].started >= 3000);
    lab_close(lab);
}

int main(void)
{
    hostile_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prober_gives_each_phase_its_budget),
        cmocka_unit_test(test_prober_probes_tcp),
        cmocka_unit_test(test_prober_starts_the_earliest_due_first),
        cmocka_unit_test(test_prober_begins_no_more_than_it_can_look_after),
        cmocka_unit_test(test_prober_cancel_makes_room),
        cmocka_unit_test(test_prober_may_be_used_inside_done),
        cmocka_unit_test(test_prober_without_descriptors_is_local_and_recovers),
        cmocka_unit_test(test_prober_limit_follows_the_configuration),
        cmocka_unit_test(test_prober_does_not_blame_a_target_for_our_own_lateness),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hostile_stop();
    return failed;
}
