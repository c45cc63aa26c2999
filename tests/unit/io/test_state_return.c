/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/state, and of who keeps a file there.
 * What:  a state directory that is removed, moved or replaced while it is open: no write goes into nothing unseen;
 *        when it can be there again it is, locked, with the owner id of before and all that is known. Faults 105, 106.
 */
#include "in_flight_world.h"
#include "io/history.h"
#include "io/in_flight.h"
#include "io/override_file.h"
#include "io/state_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64], directory[96], elsewhere[96];
static struct state *held;
static uint64_t owner;
static struct error err;

static int open_directory(void **state)
{
    (void)state;
    bool fresh;
    world_set_up();
    (void)snprintf(root, sizeof root, "/tmp/repointd-return.XXXXXX");
    assert_non_null(mkdtemp(root));
    (void)snprintf(directory, sizeof directory, "%s/state", root);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/moved", root);
    assert_int_equal(state_open(directory, &held, &err), STATE_OPENED);
    assert_true(state_owner(held, &owner, &fresh, &err));
    return 0;
}

static void clear(const char *path)
{
    static const char *const names[] = {"owner", IN_FLIGHT_FILE, HISTORY_FILE, HISTORY_FILE ".1", OVERRIDE_FILE};
    char name[160];
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        (void)snprintf(name, sizeof name, "%s/%s", path, names[i]);
        (void)unlink(name);
    }
    (void)remove(path);
}

static int close_directory(void **state)
{
    (void)state;
    state_close(held);
    clear(directory);
    clear(elsewhere);
    assert_int_equal(rmdir(root), 0);
    return 0;
}

static void put_owner(const char *words)
{
    char name[160];
    (void)snprintf(name, sizeof name, "%s/owner", directory);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(words, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void expect_gone(const char *words)
{
    err = (struct error){.code = ERROR_NONE};
    assert_false(state_is_there(held, &err));
    if (!strstr(err.text, words) || !strstr(err.text, directory))
        fail_msg("'%s' lacks '%s'", err.text, words);
}

static uint64_t owner_there(void)
{
    uint64_t found = 0;
    bool there = false;
    assert_true(state_peek_owner(directory, &found, &there, &err));
    assert_true(there);
    return found;
}

static void test_it_is_made_again(void **state)
{
    (void)state;
    struct state *second = NULL;
    struct stat stat_of;
    assert_true(state_is_there(held, &err));
    assert_true(state_has_room(held, &err));
    uint32_t generation = state_generation(held);
    clear(directory);
    expect_gone("is gone: No such file or directory");
    assert_false(state_file_replace(held, OVERRIDE_FILE, "x", 1, &err));
    assert_true(state_return(held, &err));
    assert_int_equal(state_generation(held), generation + 1);
    assert_true(state_is_there(held, &err));
    assert_int_equal(stat(directory, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0700);
    assert_true(owner_there() == owner);
    assert_int_equal(state_open(directory, &second, &err), STATE_TAKEN);
}

static void test_what_is_there_now_may_not_be_ours(void **state)
{
    (void)state;
    struct state *second = NULL;
    clear(directory);
    assert_int_equal(symlink("/tmp", directory), 0);
    expect_gone("is another one than at the start");
    assert_false(state_return(held, &err));
    assert_int_equal(unlink(directory), 0);
    assert_int_equal(mkdir(directory, 0700), 0);
    put_owner("0123456789abcdef\n");
    assert_false(state_return(held, &err));
    assert_non_null(strstr(err.text, "holds another owner id, 0123456789abcdef"));
    put_owner("rubbish");
    assert_false(state_return(held, &err));
    assert_true(state_open(directory, &second, &err) == STATE_OPENED); /* it was let go of */
    assert_int_equal(state_generation(held), 0);
    char right[32];
    (void)snprintf(right, sizeof right, "%016llx\n", (unsigned long long)owner);
    put_owner(right);
    assert_false(state_return(held, &err));
    assert_non_null(strstr(err.text, "is held by another repointd"));
    state_close(second);
    assert_true(state_return(held, &err));
}

/* An id that stands in the configuration is not written there. */
static void test_one_without_an_owner_stays_without(void **state)
{
    (void)state;
    bool there = true;
    uint64_t found;
    state_close(held);
    clear(directory);
    assert_int_equal(state_open(directory, &held, &err), STATE_OPENED);
    assert_int_equal(rmdir(directory), 0);
    assert_true(state_return(held, &err));
    assert_true(state_peek_owner(directory, &found, &there, &err));
    assert_false(there);
}

static void count_given(const struct restore *restore, void *ctx)
{
    (void)restore;
    (*(uint32_t *)ctx)++;
}

static uint32_t kept_in_flight(void)
{
    uint32_t given = 0;
    struct error warning = {0};
    struct in_flight *in_flight = in_flight_open(held, &world, &warning);
    in_flight_restore(in_flight, count_given, &given);
    in_flight_close(in_flight);
    assert_int_equal(warning.code, ERROR_NONE);
    return given;
}

static void test_all_is_written_there_again(void **state)
{
    (void)state;
    struct error warning = {0};
    const struct history_entry entry = {.record = "www", .time_ms = 5, .event = "failover", .cause = "health"};
    struct plan plan = world_plan(41);
    const struct restore message = {.record = 0, .plan = &plan, .target = 1};
    struct in_flight *in_flight = in_flight_open(held, &world, &warning);
    struct history *history = history_open(held, &warning);
    assert_true(history_add(history, &entry, &err));
    in_flight_save(in_flight, 0, &message, 1);
    assert_true(in_flight_flush(in_flight, 0, &err));

    assert_int_equal(rename(directory, elsewhere), 0);
    in_flight_save(in_flight, 0, &message, 1);
    assert_false(in_flight_flush(in_flight, 0, &err));
    assert_non_null(strstr(err.text, "is gone"));
    assert_false(history_add(history, &entry, &err));
    assert_non_null(strstr(err.text, "is gone"));

    assert_true(state_return(held, &err));
    assert_true(in_flight_try_again(in_flight, &err));
    assert_true(history_try_again(history, &err));
    assert_true(history_add(history, &entry, &err));
    in_flight_close(in_flight);
    history_close(history);
    assert_int_equal(kept_in_flight(), 1);
    history = history_open(held, &warning);
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(history_count(history), 3);
    history_close(history);
}

/* The same directory at its place again: nothing was missed, nothing is there twice. */
static void test_moved_away_and_back(void **state)
{
    (void)state;
    struct error warning = {0};
    const struct history_entry entry = {.record = "www", .time_ms = 5, .event = "failover", .cause = "health"};
    struct history *history = history_open(held, &warning);
    assert_true(history_add(history, &entry, &err));
    assert_int_equal(rename(directory, elsewhere), 0);
    assert_false(history_add(history, &entry, &err));
    assert_false(history_try_again(history, &err));
    assert_int_equal(rename(elsewhere, directory), 0);
    assert_true(history_try_again(history, &err));
    history_close(history);
    history = history_open(held, &warning);
    assert_int_equal(history_count(history), 2);
    history_close(history);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_directory, close_directory)
    const struct CMUnitTest tests[] = {
        TEST(test_it_is_made_again),
        TEST(test_what_is_there_now_may_not_be_ours),
        TEST(test_one_without_an_owner_stays_without),
        TEST(test_all_is_written_there_again),
        TEST(test_moved_away_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
