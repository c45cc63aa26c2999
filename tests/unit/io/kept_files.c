/* SPDX-License-Identifier: MIT */
/*
 * Where: under test_kept_files.
 * What:  a writer and a reader for each file of the state directory.
 */
#include "kept_files.h"

#include "in_flight_world.h"
#include "io/history.h"
#include "io/in_flight.h"
#include "io/notifier_file.h"
#include "io/override_file.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct state *held;
struct error trouble;

void kept_set_up(void)
{
    world_set_up();
}

static void write_owner(void)
{
    uint64_t owner;
    bool fresh;
    assert_true(state_owner(held, &owner, &fresh, &trouble) && fresh);
}

static uint32_t read_owner(void)
{
    uint64_t owner;
    bool fresh;
    return state_owner(held, &owner, &fresh, &trouble);
}

static void write_in_flight(void)
{
    struct plan plan = world_plan(41);
    struct in_flight *in_flight = in_flight_open(held, &world, &trouble);
    in_flight_save(in_flight, 0, &(struct restore){.record = 0, .plan = &plan, .target = 1}, 1);
    assert_true(in_flight_flush(in_flight, 0, &trouble));
    in_flight_close(in_flight);
}

static void count_given(const struct restore *restore, void *ctx)
{
    assert_int_equal(restore->record, 0);
    (*(uint32_t *)ctx)++;
}

static uint32_t read_in_flight(void)
{
    uint32_t given = 0;
    struct in_flight *in_flight = in_flight_open(held, &world, &trouble);
    in_flight_restore(in_flight, count_given, &given);
    in_flight_close(in_flight);
    return given;
}

static void write_overrides(void)
{
    const struct override_note note = {.kind = OVERRIDE_HOLD, .subject = "www", .user = "root", .since_wall_ms = 5};
    assert_true(override_file_write(held, &note, 1, &trouble));
}

static uint32_t read_overrides(void)
{
    struct override_note notes[4];
    return override_file_read(held, notes, 4, &trouble);
}

static void write_history(void)
{
    const struct history_entry entry = {.record = "www", .time_ms = 5, .event = "failover", .cause = "health"};
    struct history *history = history_open(held, &trouble);
    assert_true(history_add(history, &entry, &trouble));
    history_close(history);
}

static void write_former_history(void)
{
    write_history();
    assert_int_equal(renameat(state_directory(held), HISTORY_FILE, state_directory(held), HISTORY_FILE ".1"), 0);
}

static uint32_t read_history(void)
{
    struct history *history = history_open(held, &trouble);
    uint32_t count = history_count(history);
    history_close(history);
    return count;
}

static void walk_nobody(notifier_file_give_fn *give, void *give_ctx, void *ctx)
{
    (void)give, (void)give_ctx, (void)ctx;
}

static void write_notifications(void)
{
    struct notifier_file *file = notifier_file_open(held, walk_nobody, NULL);
    struct letter *letter = letter_new("key-1", 5, json_pack("{s:s}", "text", "www FAILED OVER"));
    assert_true(notifier_file_add(file, "ops", letter, 0, &trouble));
    letter_free(letter);
    notifier_file_close(file);
}

static void count_letters(const char *notifier, struct letter *letter, void *ctx)
{
    assert_true(strlen(notifier) == 3 && letter->body);
    (*(uint32_t *)ctx)++;
}

static uint32_t read_notifications(void)
{
    uint32_t given = 0;
    struct notifier_file *file = notifier_file_open(held, walk_nobody, NULL);
    notifier_file_load(file, count_letters, &given, &trouble);
    notifier_file_close(file);
    return given;
}

const struct kept kept_files[] = {
    {"owner", write_owner, read_owner, true, false},
    {IN_FLIGHT_FILE, write_in_flight, read_in_flight, false, true},
    {OVERRIDE_FILE, write_overrides, read_overrides, false, false},
    {HISTORY_FILE, write_history, read_history, false, true},
    {NOTIFIER_FILE, write_notifications, read_notifications, false, true},
    {HISTORY_FILE ".1", write_former_history, read_history, false, true},
};

const size_t kept_count = ARRAY_COUNT(kept_files);
