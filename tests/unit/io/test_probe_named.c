/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/probe_named, with the prober above it and a kind below, against a greeter of their own.
 * What:  a look at a host name ends as the same look at an address does.
 */
#include "lab.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the other side: greets and waits, at both loopback addresses where there are two ---- */

static pid_t greeter;
static uint16_t port;

static int bound(int family, uint16_t wanted)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(wanted)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(wanted), .sin6_addr = in6addr_loopback};
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool is_v4 = family == AF_INET;
    int fd = socket(family, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6, is_v4 ? sizeof v4 : sizeof v6) ||
        listen(fd, 8)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void greet(const int listeners[2])
{
    for (;;) {
        struct pollfd ready[] = {{.fd = listeners[0], .events = POLLIN}, {.fd = listeners[1], .events = POLLIN}};
        if (poll(ready, 2, 60000) <= 0)
            _exit(0);
        for (int i = 0; i < 2; i++)
            if (ready[i].revents)
                (void)!send(accept(listeners[i], NULL, NULL), "ready", 5, MSG_NOSIGNAL); /* and it stays open */
    }
}

static void greeter_start(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int listeners[2] = {bound(AF_INET, 0), -1};
    assert_int_equal(getsockname(listeners[0], (struct sockaddr *)&address, &size), 0);
    port = ntohs(address.sin_port);
    listeners[1] = bound(AF_INET6, port);
    greeter = fork();
    assert_true(greeter >= 0);
    if (greeter == 0)
        greet(listeners);
    close(listeners[0]);
    close(listeners[1]);
}

/* ---- the tests ---- */

/* c-ares 1.18 forgets its copy of this one name, which no target has. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcares";
}

/* RFC 6761 6.3: nobody is asked about it. */
static const struct name_settings localhost = {.text = "localhost"};

/* A greeting without the text not wanted is good as soon as the time is over, and not before. */
static void test_named_answer_is_judged_when_the_time_is_over(void **state)
{
    (void)state;
    struct lab *lab = lab_new();
    static const char *const wanted[] = {"steady", "ready"}, unwanted[] = "maintenance";
    for (uint32_t i = 0; i < 4; i++) {
        struct check_settings *check = &lab->checks[lab_add(lab, CHECK_TCP, "127.0.0.1")];
        check->total_ms = 300;
        check->how.tcp.port = port;
        check->expect.contains = wanted[i / 2];
        check->expect.contains_length = strlen(wanted[i / 2]);
        check->expect.not_contains = unwanted;
        check->expect.not_contains_length = strlen(unwanted);
        lab->watches[i].name = ID_NONE;
        if (i % 2) {
            lab->watches[i].address = (struct address){.family = ADDRESS_NONE};
            lab->watches[i].name = 0;
        }
    }
    lab->settings.names = &localhost;
    lab->settings.name_count = 1;
    lab_open(lab);
    uint32_t before = open_descriptors();
    lab_probe_all(lab, 5000);
    for (uint32_t i = 0; i < 4; i++) {
        if (lab->reports[i].reason != (i < 2 ? REASON_BODY : REASON_OK))
            fail_msg("%u: %s", (unsigned)i, lab->reports[i].detail);
        assert_string_equal(lab->reports[i].detail, i < 2 ? "the text wanted is not in the answer of 5 octets"
                                                          : "answered as wanted");
        assert_int_equal(lab->reports[i].phases.resolve_us >= 0, i % 2);
        assert_true(lab->reports[i].phases.total_us >= lab->reports[i].phases.resolve_us);
    }
    assert_int_equal(open_descriptors(), before);
    lab_close(lab);
}

int main(void)
{
    greeter_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_named_answer_is_judged_when_the_time_is_over)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kill(greeter, SIGKILL);
    waitpid(greeter, NULL, 0);
    return failed;
}
