/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/probe_tcp, with the prober above it, against the hostile server.
 * What:  what is sent, what has to come back, and every way in which it does not. Faults 10, 21, 22, 23, 27.
 */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Built under a sanitizer or valgrind everything takes longer, but not this much. */
#define SLACK_MS 900

struct row {
    const char *behaviour, *send, *contains;
    enum reason reason;
    const char *detail;
    int32_t least_ms, most_ms; /* when it ends */
};

static const struct row rows[] = {
    {"smtp", NULL, NULL, REASON_OK, "connected", 0, 50},
    {"smtp", "EHLO repointd\r\n", NULL, REASON_OK, "connected", 0, 50},
    {"smtp", NULL, "220 ", REASON_OK, "answered as wanted", 0, 90},
    {"smtp", NULL, "220 mail.example.com", REASON_OK, "answered as wanted", 90, 300},
    {"smtp", "EHLO repointd\r\n", "250 8BITMIME", REASON_OK, "answered as wanted", 90, 300},
    {"smtp", "EHLO nobody\r\n", "250 8BITMIME", REASON_BODY, "the text wanted is not in the answer of 22 octets", 1500,
     1600},
    {"smtp-busy", NULL, "220 ", REASON_BODY, "the text wanted is not in the answer of 14 octets", 0, 300},
    {"smtp-busy", NULL, "421 ", REASON_OK, "answered as wanted", 0, 300},
    {"silence", "HELLO\r\n", "220 ", REASON_TIMEOUT_RESPONSE, "no answer within 1500ms", 1500, 1600},
    {"talk-drip", NULL, "220 ", REASON_BODY, "the text wanted is not in the answer of ", 1500, 1600},
    {"talk-flood", NULL, "220 ", REASON_BODY, "the text wanted is not in the first 5120 octets of the answer", 0, 300},
    {"talk-reset", "x", "250 ", REASON_RESET, "Connection reset by peer", 0, 300},
    {"refuse", "x", "220 ", REASON_REFUSED, "Connection refused", 0, 50},
    {"full", "x", "220 ", REASON_TIMEOUT_CONNECT, "not connected within 1500ms", 1500, 1600},
};

static void add_row(struct lab *lab, const struct row *row)
{
    uint32_t number = lab_add_tcp(lab, row->behaviour, "127.0.0.1");
    struct tcp_settings *tcp = &lab->checks[number].how.tcp;
    tcp->send = (const uint8_t *)row->send;
    tcp->send_length = row->send ? strlen(row->send) : 0;
    if (row->contains)
        lab_expect(lab, number, row->contains);
}

static void test_tcp_talks(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        add_row(lab, &rows[i]);
    lab_open(lab);
    uint32_t before = open_descriptors();
    lab_probe_all(lab, 10000);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct probe_report *report = &lab->reports[i];
        int64_t took_ms = lab->ended[i] - report->started;
        if (report->reason == rows[i].reason && strncmp(report->detail, rows[i].detail, strlen(rows[i].detail)) == 0 &&
            took_ms >= rows[i].least_ms && took_ms <= rows[i].most_ms + SLACK_MS)
            continue;
        printf("# row %zu: %s \"%s\" after %d ms\n", i, reason_name(report->reason), report->detail, (int)took_ms);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(open_descriptors(), before);
    lab_close(lab);
}

/* The phases of a talk: connected, the first of the answer, the end; those that were not reached say so. */
static void test_tcp_tells_its_phases(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    add_row(lab, &rows[3]);
    add_row(lab, &rows[0]);
    lab_open(lab);
    lab_probe_all(lab, 10000);
    const struct phase_times *talk = &lab->reports[0].phases, *bare = &lab->reports[1].phases;
    assert_true(talk->connect_us >= 0 && talk->first_byte_us >= talk->connect_us);
    assert_true(talk->total_us >= talk->first_byte_us + 80000);
    assert_true(bare->connect_us >= 0 && bare->total_us >= bare->connect_us);
    assert_int_equal(bare->first_byte_us, -1);
    lab_close(lab);
}

/* As a map each budget is its own: the answer has its first octet in time, and its end not. */
static void test_tcp_keeps_the_budgets(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < 3; i++) {
        add_row(lab, &rows[i == 2 ? 8 : 9]); /* silence, talk-drip */
        lab->checks[i].phased = true;
        lab->checks[i].response_ms = i == 2 ? 300 : 1500;
        lab->checks[i].body_ms = i == 0 ? 300 : 900;
    }
    lab_open(lab);
    lab_probe_all(lab, 10000);
    static const int32_t wanted_ms[] = {300, 900, 300};
    for (uint32_t i = 0; i < 3; i++) {
        int64_t took_ms = lab->ended[i] - lab->reports[i].started;
        assert_int_equal(lab->reports[i].reason, i == 2 ? REASON_TIMEOUT_RESPONSE : REASON_BODY);
        assert_in_range(took_ms, wanted_ms[i], wanted_ms[i] + SLACK_MS);
    }
    assert_string_equal(lab->reports[2].detail, "no answer within 300ms");
    lab_close(lab);
}

/* An answer in many small pieces is judged with each of them, so after 256 it is over: long before its time is. */
static void test_tcp_does_not_judge_for_ever(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    uint32_t number = lab_add_tcp(lab, "talk-patter", "127.0.0.1");
    lab_expect(lab, number, "220 ");
    lab->checks[number].total_ms = 4500; /* in which many more would come, and not yet 5120 octets */
    lab_open(lab);
    lab_probe_all(lab, 10000);
    assert_int_equal(lab->reports[number].reason, REASON_BODY);
    assert_true(lab->ended[number] - lab->reports[number].started < 4000);
    lab_close(lab);
}

/* Each place in the pool is used again and again, whatever it was used for; what is cancelled says nothing. */
static void test_tcp_cancelled_is_silent(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    add_row(lab, &rows[9]);
    lab->settings.daemon.probe_concurrency = 1;
    lab_open(lab);
    uint32_t before = open_descriptors();
    for (uint32_t round = 1; round <= 50; round++) {
        prober_start(lab->prober, (struct op){0, round}, loop_refresh(lab->loop));
        loop_timer_set(lab->loop, &lab->limit, loop_refresh(lab->loop) + 10);
        loop_run(lab->loop);
        prober_cancel(lab->prober, (struct op){0, round});
        assert_int_equal(open_descriptors(), before);
    }
    assert_int_equal(lab->done, 0);
    prober_start(lab->prober, (struct op){0, 99}, loop_refresh(lab->loop));
    lab_close(lab); /* under way */
    lab->limit_came = false;
}

int main(void)
{
    hostile_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp_talks),
        cmocka_unit_test(test_tcp_tells_its_phases),
        cmocka_unit_test(test_tcp_keeps_the_budgets),
        cmocka_unit_test(test_tcp_does_not_judge_for_ever),
        cmocka_unit_test(test_tcp_cancelled_is_silent),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hostile_stop();
    return failed;
}
