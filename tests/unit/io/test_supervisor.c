/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/supervisor, before a socket that stands for systemd's.
 * What:  each word arrives; one that nobody reads is not waited for; how often the watchdog wants to hear from us.
 */
#include "io/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* More words than the queue of a socket takes anywhere. */
#define WORDS_MANY 5000
#define HANGS_S    60

static char folder[] = "/tmp/repointd-supervisor.XXXXXX";
static int manager = -1;

static void open_manager(bool abstract)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    (void)snprintf(name.sun_path, sizeof name.sun_path, "%s%s/notify", abstract ? "@" : "", folder);
    size_t length = offsetof(struct sockaddr_un, sun_path) + strlen(name.sun_path);
    assert_int_equal(setenv("NOTIFY_SOCKET", name.sun_path, 1), 0);
    if (abstract)
        name.sun_path[0] = '\0';
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(manager >= 0);
    assert_int_equal(bind(manager, (const struct sockaddr *)&name, (socklen_t)length), 0);
}

static int set_up(void **state)
{
    (void)state;
    memcpy(strchr(folder, '.') + 1, "XXXXXX", 6);
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/notify", folder);
    (void)unlink(path);
    if (manager >= 0)
        close(manager);
    manager = -1;
    unsetenv("NOTIFY_SOCKET");
    return rmdir(folder);
}

/* The next word, or "" if none is there. */
static const char *heard(void)
{
    static char word[256];
    ssize_t length = recv(manager, word, sizeof word - 1, MSG_DONTWAIT);
    word[length > 0 ? length : 0] = '\0';
    return word;
}

static void say_everything(void)
{
    supervisor_ready("one");
    assert_string_equal(heard(), "READY=1\nSTATUS=one");
    supervisor_status("100%s");
    assert_string_equal(heard(), "STATUS=100%s");
    supervisor_alive();
    assert_string_equal(heard(), "WATCHDOG=1");
    supervisor_stopping("end");
    assert_string_equal(heard(), "STOPPING=1\nSTATUS=end");
    assert_string_equal(heard(), "");
}

static void test_words_arrive(void **state)
{
    (void)state;
    open_manager(false);
    say_everything();
}

static void test_words_arrive_at_an_abstract_socket(void **state)
{
    (void)state;
    open_manager(true);
    say_everything();
}

static void test_words_are_not_waited_for(void **state)
{
    (void)state;
    open_manager(false);
    alarm(HANGS_S);
    for (int i = 0; i < WORDS_MANY; i++)
        supervisor_alive();
    supervisor_status("unheard");
    supervisor_stopping("unheard");
    alarm(0);
    int count = 0;
    for (const char *word = heard(); word[0] != '\0'; word = heard(), count++)
        assert_string_equal(word, "WATCHDOG=1");
    assert_true(count > 0 && count < WORDS_MANY);
    say_everything();
}

static void test_without_a_manager_nothing_happens(void **state)
{
    (void)state;
    supervisor_alive();
    assert_int_equal(setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1), 0);
    supervisor_alive();
    char path[400];
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
    supervisor_alive();
}

static void test_watchdog_wants_half(void **state)
{
    (void)state;
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    assert_int_equal(supervisor_watchdog_ms(), 0);
    (void)setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(supervisor_watchdog_ms(), 15000);
    (void)setenv("WATCHDOG_USEC", "1", 1);
    assert_int_equal(supervisor_watchdog_ms(), 1);
    (void)setenv("WATCHDOG_USEC", "18446744073709551614", 1);
    assert_int_equal(supervisor_watchdog_ms(), UINT32_MAX);
    (void)setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(supervisor_watchdog_ms(), 0);
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_words_arrive),
        TEST(test_words_arrive_at_an_abstract_socket),
        TEST(test_words_are_not_waited_for),
        TEST(test_without_a_manager_nothing_happens),
        TEST(test_watchdog_wants_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
