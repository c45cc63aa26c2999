/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/history.
 * What:  switches come back after a restart; at most two generations of them; a last line that was cut costs itself;
 *        what is damaged or of a newer version is put aside. Faults 102, 104, 105.
 */
#include "io/history.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LINE                                                                                                          \
    "{\"version\":1,\"time_ms\":5,\"record\":\"www\",\"from\":\"primary\",\"to\":\"secondary\",\"cause\":\"health\"}" \
    "\n"

static char root[64];
static struct state *state_of_test;
static struct error warning;

static int open_state(void **state)
{
    (void)state;
    struct error err;
    (void)snprintf(root, sizeof root, "/tmp/repointd-history.XXXXXX");
    assert_non_null(mkdtemp(root));
    assert_int_equal(state_open(root, &state_of_test, &err), STATE_OPENED);
    return 0;
}

static int close_state(void **state)
{
    (void)state;
    static const char *const leftovers[] = {HISTORY_FILE, HISTORY_FILE ".1", HISTORY_FILE ".damaged",
                                            HISTORY_FILE ".1.damaged"};
    for (size_t i = 0; i < sizeof leftovers / sizeof leftovers[0]; i++)
        if (unlinkat(state_directory(state_of_test), leftovers[i], 0) != 0)
            (void)unlinkat(state_directory(state_of_test), leftovers[i], AT_REMOVEDIR);
    state_close(state_of_test);
    assert_int_equal(rmdir(root), 0);
    return 0;
}

static struct history *open_history(void)
{
    warning = (struct error){.code = ERROR_NONE};
    return history_open(state_of_test, &warning);
}

static void put(const char *bytes)
{
    int fd = openat(state_directory(state_of_test), HISTORY_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    close(fd);
}

static off_t size_of(const char *name)
{
    struct stat stat;
    return fstatat(state_directory(state_of_test), name, &stat, AT_SYMLINK_NOFOLLOW) == 0 ? stat.st_size : -1;
}

static const struct history_entry moved = {.record = "www",
                                           .time_ms = 1795443123000,
                                           .event = "failover",
                                           .from = "primary",
                                           .to = "secondary",
                                           .cause = "health",
                                           .reason = "refused",
                                           .rcode = "NOERROR",
                                           .change = 17,
                                           .has_serial = true,
                                           .serial = 2026112304,
                                           .outage_ms = 21500};

static void add(struct history *history, const struct history_entry *entry)
{
    struct error err = {0};
    assert_true(history_add(history, entry, &err));
}

static void test_they_come_back(void **state)
{
    (void)state;
    struct history *history = open_history();
    assert_int_equal(history_count(history), 0);
    assert_int_equal(size_of(HISTORY_FILE), -1);
    struct history_entry other = moved;
    add(history, &moved);
    other.from = "secondary", other.to = "primary", other.cause = "manual", other.outage_ms = -1;
    add(history, &other);
    other = (struct history_entry){.record = "www", .time_ms = 7, .released = true};
    add(history, &other);
    history_close(history);

    history = open_history();
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(history_count(history), 3);
    assert_string_equal(
        history_at(history, 0)->line,
        "{\"version\":1,\"time_ms\":1795443123000,\"record\":\"www\",\"change\":17,\"event\":\"failover\","
        "\"from\":\"primary\",\"to\":\"secondary\",\"cause\":\"health\",\"reason\":\"refused\","
        "\"serial\":2026112304,\"rcode\":\"NOERROR\",\"outage_ms\":21500}");
    assert_int_equal(history_at(history, 0)->time_ms, 1795443123000);
    assert_true(history_at(history, 0)->by_health);
    assert_false(history_at(history, 1)->by_health);
    assert_non_null(strstr(history_at(history, 1)->line, "\"outage_ms\":null"));
    assert_true(history_at(history, 2)->released);
    assert_false(history_at(history, 0)->released);
    history_close(history);
}

static void test_a_line_that_was_cut_costs_itself(void **state)
{
    (void)state;
    put(LINE "{\"version\":1,\"time_ms\":5,\"reco");
    struct history *history = open_history();
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(history_count(history), 1);
    add(history, &moved);
    history_close(history);
    history = open_history();
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(history_count(history), 2);
    history_close(history);
}

static void test_what_is_no_good_is_put_aside(void **state)
{
    (void)state;
    static const char *const bad[] = {LINE "rubbish\n" LINE, LINE "{\"version\":2,\"time_ms\":5,\"record\":\"www\"}\n",
                                      "[]\n", "{\"version\":1,\"time_ms\":\"5\",\"record\":\"www\"}\n", "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put(bad[i]);
        struct history *history = open_history();
        assert_int_equal(warning.code, ERROR_SYNTAX);
        assert_int_equal(history_count(history), 0);
        assert_int_equal(size_of(HISTORY_FILE), -1);
        assert_int_equal(size_of(HISTORY_FILE ".damaged"), (off_t)strlen(bad[i]));
        add(history, &moved);
        history_close(history);
        history = open_history();
        assert_int_equal(history_count(history), 1);
        history_close(history);
    }
}

static void test_two_generations_and_no_more(void **state)
{
    (void)state;
    struct history *history = open_history();
    struct history_entry entry = moved;
    for (uint64_t i = 1; i <= 3 * HISTORY_LINES + 1; i++) {
        entry.time_ms = (int64_t)i;
        add(history, &entry);
    }
    assert_true(history_count(history) <= 2 * HISTORY_LINES);
    history_close(history);
    history = open_history();
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(history_count(history), HISTORY_LINES + 1);
    assert_int_equal(history_at(history, 0)->time_ms, 2 * HISTORY_LINES + 1);
    assert_int_equal(history_at(history, HISTORY_LINES)->time_ms, 3 * HISTORY_LINES + 1);
    history_close(history);
}

static void test_what_cannot_be_written_is_known_all_the_same(void **state)
{
    (void)state;
    assert_int_equal(mkdirat(state_directory(state_of_test), HISTORY_FILE, 0700), 0);
    struct history *history = open_history();
    assert_int_equal(warning.code, ERROR_SYNTAX);
    assert_int_equal(mkdirat(state_directory(state_of_test), HISTORY_FILE, 0700), 0);
    struct error err = {0};
    assert_false(history_add(history, &moved, &err));
    assert_non_null(strstr(err.text, HISTORY_FILE " cannot be written: Is a directory"));
    assert_int_equal(history_count(history), 1);
    assert_int_equal(unlinkat(state_directory(state_of_test), HISTORY_FILE, AT_REMOVEDIR), 0);
    add(history, &moved);
    assert_int_equal(history_count(history), 2);
    history_close(history);
}

int main(void)
{
#define ON_A_DISK(test) cmocka_unit_test_setup_teardown(test, open_state, close_state)
    const struct CMUnitTest tests[] = {
        ON_A_DISK(test_they_come_back),
        ON_A_DISK(test_a_line_that_was_cut_costs_itself),
        ON_A_DISK(test_what_is_no_good_is_put_aside),
        ON_A_DISK(test_two_generations_and_no_more),
        ON_A_DISK(test_what_cannot_be_written_is_known_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
