/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/probe_dns, with the prober above it and dns_inquiry below, against a name server of their own.
 * What:  answers that are none; one that comes late, in another name, cut, or not at all. Faults 3, 18, 57, 58, 59, 65.
 */
#include "io/wire.h"
#include "lab.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Built under a sanitizer or valgrind everything takes longer, but not this much. */
#define SLACK_MS 900

/* ---- the other side: what it does stands in the first letters of the name ---- */

static pid_t side;
static uint16_t port;

static int bound(int type, uint16_t wanted)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(wanted)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || (type == SOCK_STREAM && listen(fd, 8) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* The question with one A record behind it: 192.0.2.80, at the name that was asked for. */
static size_t answer_to(const uint8_t *question, size_t length, uint8_t *ret)
{
    static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 192, 0, 2, 80};
    memcpy(ret, question, length);
    memcpy(ret + length, record, sizeof record);
    ret[2] |= 0x80;
    ret[7] = 1;
    return length + sizeof record;
}

static bool is(const uint8_t *question, const char *behaviour)
{
    return question[12] == strlen(behaviour) && memcmp(question + 13, behaviour, strlen(behaviour)) == 0;
}

static void serve_datagram(int fd, int other)
{
    uint8_t question[512], answer[600];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    static unsigned lost;
    ssize_t got = recvfrom(fd, question, sizeof question, 0, (struct sockaddr *)&from, &size);
    if (got < 17)
        return;
    size_t length = answer_to(question, (size_t)got, answer);
    bool silent = is(question, "silence") || (is(question, "lost") && lost++ == 0);
    if (is(question, "forged")) { /* each of these is dropped, and the right one behind them is taken */
        (void)!sendto(other, answer, length, 0, (struct sockaddr *)&from, size);
        answer[0] ^= 1;
        (void)!sendto(fd, answer, length, 0, (struct sockaddr *)&from, size);
        answer[0] ^= 1;
        answer[13] ^= 1;
        (void)!sendto(fd, answer, length, 0, (struct sockaddr *)&from, size);
        answer[13] ^= 1;
        (void)!sendto(fd, question, (size_t)got, 0, (struct sockaddr *)&from, size);
        (void)!sendto(fd, answer, length - 1, 0, (struct sockaddr *)&from, size);
        (void)!sendto(fd, "\0\0", 2, 0, (struct sockaddr *)&from, size);
    }
    if (is(question, "sick"))
        answer[3] |= 2;
    if (is(question, "plain") && (question[2] & 1) == 0)
        answer[3] |= 5; /* no recursion was desired */
    if (question[13] == 'c')
        answer[2] |= 2; /* cut: by TCP, please */
    if (!silent)
        (void)!sendto(fd, answer, length, 0, (struct sockaddr *)&from, size);
}

static void serve_line(int listener)
{
    uint8_t question[514], answer[602];
    int fd = accept(listener, NULL, NULL);
    ssize_t got = recv(fd, question, sizeof question, 0);
    if (got > 19 && is(question + 2, "cutreset")) {
        struct linger none = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    } else if (got > 19) {
        size_t length = answer_to(question + 2, (size_t)got - 2, answer + 2);
        answer[0] = (uint8_t)(length >> 8);
        answer[1] = (uint8_t)length;
        if (is(question + 2, "cutwrong"))
            answer[2] ^= 1;
        if (!is(question + 2, "cutclosed"))
            (void)!send(fd, answer, length + 2, MSG_NOSIGNAL);
    }
    close(fd);
}

static void side_start(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int datagrams = -1, lines = -1, other = bound(SOCK_DGRAM, 0);
    while (lines < 0) {
        close(datagrams);
        datagrams = bound(SOCK_DGRAM, 0);
        assert_int_equal(getsockname(datagrams, (struct sockaddr *)&address, &size), 0);
        port = ntohs(address.sin_port);
        lines = bound(SOCK_STREAM, port);
    }
    side = fork();
    assert_true(side >= 0);
    while (side == 0) {
        struct pollfd ready[] = {{.fd = datagrams, .events = POLLIN}, {.fd = lines, .events = POLLIN}};
        if (poll(ready, 2, 60000) <= 0)
            _exit(0);
        if (ready[0].revents)
            serve_datagram(datagrams, other);
        if (ready[1].revents)
            serve_line(lines);
    }
    close(datagrams);
    close(lines);
    close(other);
}

/* ---- the tests ---- */

static const struct row {
    const char *query, *answer;
    bool has_rcode;
    uint16_t rcode;
    enum reason reason;
    const char *detail; /* its beginning */
    int64_t least_ms, most_ms;
} rows[] = {
    {"good.test", NULL, false, 0, REASON_OK, "NOERROR: 192.0.2.80", 0, 50},
    {"good.test", "192.0.2.80", false, 0, REASON_OK, "NOERROR: 192.0.2.80", 0, 50},
    {"good.test", "192.0.2.8", false, 0, REASON_DNS_ANSWER, "NOERROR: 192.0.2.80", 0, 50},
    {"good.test", NULL, true, WIRE_RCODE_NXDOMAIN, REASON_DNS_RCODE, "NOERROR, wanted NXDOMAIN", 0, 50},
    {"sick.test", "192.0.2.80", false, 0, REASON_DNS_RCODE, "SERVFAIL, wanted NOERROR", 0, 50},
    {"sick.test", NULL, true, WIRE_RCODE_SERVFAIL, REASON_OK, "SERVFAIL: 192.0.2.80", 0, 50},
    {"plain.test", NULL, false, 0, REASON_OK, "NOERROR", 0, 50},
    {"forged.test", "192.0.2.80", false, 0, REASON_OK, "NOERROR: 192.0.2.80", 0, 50},
    {"lost.test", "192.0.2.80", false, 0, REASON_OK, "NOERROR: 192.0.2.80", 1000, 1100},
    {"silence.test", NULL, false, 0, REASON_TIMEOUT_RESPONSE, "no answer within 1500ms", 1500, 1600},
    {"cut.test", "192.0.2.80", false, 0, REASON_OK, "NOERROR: 192.0.2.80", 0, 50},
    {"cutwrong.test", NULL, false, 0, REASON_PROTOCOL, "answer not believed", 0, 50},
    {"cutreset.test", NULL, false, 0, REASON_RESET, "Connection reset by peer", 0, 50},
    {"cutclosed.test", NULL, false, 0, REASON_PROTOCOL, "127.0.0.1 port ", 0, 50},
};

static void test_dns_hears_what_is_an_answer(void **state)
{
    (void)state;
    static uint8_t names[ARRAY_COUNT(rows) + 1][DNAME_WIRE_MAX];
    struct lab *lab = lab_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct check_settings *check = &lab->checks[lab_add(lab, CHECK_DNS, "127.0.0.1")];
        check->how.dns = (struct dns_check_settings){.type = 1, .port = port};
        assert_true(dname_parse(rows[i].query, names[i], &check->how.dns.query, NULL));
        check->expect.answer = rows[i].answer;
        check->expect.has_rcode = rows[i].has_rcode;
        check->expect.rcode = rows[i].rcode;
    }
    uint32_t refused = lab_add(lab, CHECK_DNS, "127.0.0.1"), nowhere = lab_add(lab, CHECK_DNS, "127.255.255.255");
    lab->checks[refused].how.dns = (struct dns_check_settings){lab->checks[0].how.dns.query, 1, 1};
    lab->checks[nowhere].how.dns = lab->checks[0].how.dns;
    lab_open(lab);
    uint32_t before = open_descriptors(), wrong = 0;
    lab_probe_all(lab, 10000);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct probe_report *report = &lab->reports[i];
        int64_t took_ms = lab->ended[i] - report->started;
        if (report->reason == rows[i].reason && took_ms >= rows[i].least_ms && took_ms <= rows[i].most_ms + SLACK_MS &&
            strncmp(report->detail, rows[i].detail, strlen(rows[i].detail)) == 0)
            continue;
        printf("# row %zu: %s \"%s\" after %d ms\n", i, reason_name(report->reason), report->detail, (int)took_ms);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(lab->reports[refused].reason, REASON_REFUSED);
    assert_int_equal(lab->reports[nowhere].reason, REASON_LOCAL_ERROR);
    assert_int_equal(open_descriptors(), before);
    lab_close(lab);
}

/* Fault 14: the answer is cut, and for the line it asks for there is no descriptor left. */
static void test_dns_without_a_second_descriptor_is_local(void **state)
{
    (void)state;
    static uint8_t name[DNAME_WIRE_MAX];
    struct lab *lab = lab_new();
    struct check_settings *check = &lab->checks[lab_add(lab, CHECK_DNS, "127.0.0.1")];
    check->how.dns = (struct dns_check_settings){.type = 1, .port = port};
    assert_true(dname_parse("cut.test", name, &check->how.dns.query, NULL));
    lab_open(lab);
    struct rlimit usual, none = {0, 0};
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
    none.rlim_max = usual.rlim_max;
    lab_start(lab, 0); /* has its socket for datagrams */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    lab_run(lab, 5000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
    assert_int_equal(lab->reports[0].reason, REASON_LOCAL_ERROR);
    assert_string_equal(lab->reports[0].detail, "Too many open files");
    lab_start(lab, 0);
    lab_run(lab, 5000);
    assert_int_equal(lab->reports[0].reason, REASON_OK);
    lab_close(lab);
}

static void test_dns_cancelled_is_silent(void **state)
{
    (void)state;
    static uint8_t name[DNAME_WIRE_MAX];
    struct lab *lab = lab_new();
    struct check_settings *check = &lab->checks[lab_add(lab, CHECK_DNS, "127.0.0.1")];
    check->how.dns = (struct dns_check_settings){.type = 1, .port = port};
    assert_true(dname_parse("silence.test", name, &check->how.dns.query, NULL));
    lab_open(lab);
    uint32_t before = open_descriptors();
    for (uint32_t i = 1; i < 20; i++) {
        prober_start(lab->prober, (struct op){0, i}, loop_refresh(lab->loop));
        prober_cancel(lab->prober, (struct op){0, i});
    }
    assert_int_equal(open_descriptors(), before);
    prober_start(lab->prober, (struct op){0, 99}, loop_refresh(lab->loop));
    lab_close(lab); /* under way */
    assert_int_equal(lab->done, 0);
}

int main(void)
{
    side_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dns_hears_what_is_an_answer),
        cmocka_unit_test(test_dns_without_a_second_descriptor_is_local),
        cmocka_unit_test(test_dns_cancelled_is_silent),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kill(side, SIGKILL);
    waitpid(side, NULL, 0);
    return failed;
}
