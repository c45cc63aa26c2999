/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/in_flight.
 * What:  what was under way is known to whoever starts next; and what a full disk, a cut line, a flipped bit and
 *        another configuration do to it. Faults 102 to 105, 129 of docs/faults.md.
 */
#include "in_flight_world.h"
#include "io/in_flight.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64], file[128], damaged[160];
static struct state *state_of;
static struct in_flight *in_flight;
static struct error warning;
static mono_ms now;

/* What was given back: messages, copied as far as the tests look at them. */
static uint32_t given;
static struct restore last;
static struct plan last_plan;
static uint8_t last_octets[2][16]; /* of the first member of each set published */

static int set_up(void **state)
{
    (void)state;
    world_set_up();
    (void)snprintf(root, sizeof root, "/tmp/repointd-in-flight.XXXXXX");
    if (!mkdtemp(root))
        return -1;
    (void)snprintf(file, sizeof file, "%s/in-flight.jsonl", root);
    (void)snprintf(damaged, sizeof damaged, "%s.damaged", file);
    struct error err;
    return state_open(root, &state_of, &err) == STATE_OPENED ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    in_flight_close(in_flight);
    in_flight = NULL;
    state_close(state_of);
    (void)unlink(file);
    (void)unlink(damaged);
    return rmdir(root);
}

static void give(const struct restore *restore, void *ctx)
{
    (void)ctx;
    given++;
    last = *restore;
    last_plan = *restore->plan;
    for (uint32_t i = 0; i < 2; i++)
        if (restore->plan->publish[i].count > 0)
            memcpy(last_octets[i], restore->plan->publish[i].packed + 2, restore->plan->publish[i].length - 2u);
}

/* As a process that was killed and started again. */
static void start_again(void)
{
    in_flight_close(in_flight);
    warning.code = ERROR_NONE;
    in_flight = in_flight_open(state_of, &world, &warning);
    given = 0;
    in_flight_restore(in_flight, give, NULL);
}

static bool save(uint32_t record, uint32_t count, uint64_t epoch)
{
    struct plan plan = world_plan(epoch), fence = world_plan(epoch);
    fence.kind = PLAN_FENCE;
    struct restore messages[] = {{.record = record, .plan = &plan, .target = 1},
                                 {.record = record, .plan = &fence, .target = ID_NONE}};
    struct error err;
    in_flight_save(in_flight, record, messages, count);
    return in_flight_flush(in_flight, now, &err);
}

static off_t size_of(const char *path)
{
    struct stat stat;
    return lstat(path, &stat) == 0 ? stat.st_size : -1;
}

static void write_file(const char *bytes, size_t length)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

static size_t read_file(char *bytes, size_t capacity)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t length = read(fd, bytes, capacity);
    assert_true(length >= 0);
    close(fd);
    return (size_t)length;
}

static void test_message_under_way_is_restored(void **state)
{
    (void)state;
    start_again();
    assert_int_equal(given, 0);
    assert_true(save(0, 1, 41));
    start_again();
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(given, 1);
    assert_int_equal(last.record, 0);
    assert_int_equal(last.target, 1);
    assert_int_equal(last_plan.kind, PLAN_SWITCH);
    assert_false(last_plan.bare);
    assert_int_equal(last_plan.expect[0].count, 1);
    assert_int_equal(last_plan.expect[1].count, 1);
    assert_int_equal(last_plan.publish[0].count, 1);
    assert_int_equal(last_plan.publish[0].ttl_s, 30);
    assert_memory_equal(last_octets[0], "\xc0\0\2\2", 4);
    assert_int_equal(last_plan.publish[1].type, RRTYPE_AAAA);
    assert_int_equal(last_plan.publish[1].count, 0);
    assert_true(last_plan.has_old);
    struct plan plan = world_plan(41);
    assert_true(marker_equal(&last_plan.old, &plan.old));
    assert_true(marker_equal(&last_plan.fresh, &plan.fresh));
}

static void test_last_word_counts(void **state)
{
    (void)state;
    start_again();
    assert_true(save(0, 2, 41) && save(0, 1, 42) && save(0, 2, 43));
    start_again();
    assert_int_equal(given, 2);
    assert_int_equal(last_plan.kind, PLAN_FENCE);
    assert_int_equal(last.target, ID_NONE);
    assert_int_equal(last_plan.fresh.epoch, 44);
    assert_true(save(0, 0, 0));
    start_again();
    assert_int_equal(given, 0);
}

static void test_file_is_empty_while_nothing_is_out(void **state)
{
    (void)state;
    start_again();
    assert_true(save(0, 0, 0)); /* nothing to say: no file is made */
    assert_int_equal(size_of(file), -1);
    assert_true(save(0, 1, 41));
    off_t one = size_of(file);
    assert_true(one > 0);
    assert_true(save(0, 0, 0));
    assert_int_equal(size_of(file), 0);
    assert_true(save(0, 1, 41));
    assert_int_equal(size_of(file), one);
}

static void test_file_does_not_grow_without_end(void **state)
{
    (void)state;
    start_again();
    for (uint64_t i = 1; i < 5000; i++)
        assert_true(save(0, 2, i));
    assert_true(size_of(file) < 2 * 1024 * 1024);
    start_again();
    assert_int_equal(given, 2);
    assert_int_equal(last_plan.fresh.epoch, 5000);
}

/* Fault 103: kill -9 within a line. Every cut: the words before it count, and nobody is bothered. */
static void test_cut_line_is_dropped_in_silence(void **state)
{
    (void)state;
    char bytes[4096];
    start_again();
    assert_true(save(0, 1, 41));
    off_t first = size_of(file);
    assert_true(save(0, 2, 42));
    size_t length = read_file(bytes, sizeof bytes);
    for (size_t cut = 0; cut < length; cut++) {
        write_file(bytes, cut);
        start_again();
        assert_int_equal(warning.code, ERROR_NONE);
        assert_int_equal(given, cut < (size_t)first ? 0 : 1);
    }
}

/* Fault 104: every bit. Either nothing was harmed that counts, or the file is put aside and counts for nothing. */
static void test_flipped_bits_are_survived(void **state)
{
    (void)state;
    char bytes[4096];
    start_again();
    assert_true(save(0, 2, 41));
    size_t length = read_file(bytes, sizeof bytes);
    uint32_t aside = 0;
    for (size_t bit = 0; bit < 8 * length; bit++) {
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        write_file(bytes, length);
        (void)unlink(damaged);
        start_again();
        assert_true(given <= 2);
        if (warning.code) {
            aside++;
            assert_int_equal(given, 0);
            assert_int_equal(size_of(damaged), length);
            assert_int_equal(size_of(file), -1);
            assert_true(save(0, 1, 50)); /* and it goes on */
        }
        bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(aside > 100);
}

static void test_newer_version_is_put_aside(void **state)
{
    (void)state;
    static const char newer[] = "{\"version\":2,\"record\":\"db\",\"messages\":[]}\n";
    write_file(newer, sizeof newer - 1);
    start_again();
    assert_int_equal(warning.code, ERROR_SYNTAX);
    assert_non_null(strstr(warning.text, "in-flight.jsonl.damaged"));
    assert_int_equal(size_of(damaged), sizeof newer - 1);
}

static void test_symbolic_link_is_not_followed(void **state)
{
    (void)state;
    assert_int_equal(symlink("/etc/hostname", file), 0);
    start_again();
    assert_int_equal(warning.code, ERROR_SYNTAX);
    assert_int_equal(given, 0);
    assert_true(save(0, 1, 41));
    start_again();
    assert_int_equal(given, 1);
}

/* Another configuration: whatever does not fit it any more is dropped. */
static void test_what_no_longer_fits_is_dropped(void **state)
{
    (void)state;
    for (int change = 0; change < 7; change++) {
        world_set_up();
        start_again();
        assert_true(save(0, 1, 41));
        bool fits = false;
        switch (change) {
        case 0:
            world_records[0].id = "other";
            break;
        case 1:
            world_records[0].owner = world_records[1].owner;
            break;
        case 2:
            world_server.name = "ns2";
            break;
        case 3:
            world_records[0].type_count = 1; /* AAAA is not managed any more */
            break;
        case 4:
            world_records[0].room[1] = 17;
            break;
        case 5:
            world_zone.name = world_records[1].owner;
            break;
        case 6:
            world_values[2].address.bytes[3] = 99; /* the target moved: what it published is still ours */
            fits = true;
            break;
        }
        start_again();
        assert_int_equal(given, fits ? 1 : 0);
        assert_int_equal(last.target, fits ? ID_NONE : last.target);
        assert_true(save(0, 1, 41) && save(0, 0, 0));
    }
}

/* Words of many records, and many of one, are one write; before it the file is as it was. */
static void test_words_are_gathered(void **state)
{
    (void)state;
    start_again();
    struct plan plan = world_plan(41), later = world_plan(43);
    struct error err;
    in_flight_save(in_flight, 0, &(struct restore){.record = 0, .plan = &plan, .target = 1}, 1);
    in_flight_save(in_flight, 1, &(struct restore){.record = 1, .plan = &plan, .target = 1}, 1);
    in_flight_save(in_flight, 1, NULL, 0);
    in_flight_save(in_flight, 0, &(struct restore){.record = 0, .plan = &later, .target = 1}, 1);
    assert_int_equal(size_of(file), -1);
    assert_true(in_flight_flush(in_flight, now, &err));
    off_t size = size_of(file);
    assert_true(size > 0);
    assert_true(in_flight_flush(in_flight, now, &err));
    assert_int_equal(size_of(file), size);
    in_flight_save(in_flight, 0, &(struct restore){.record = 0, .plan = &plan, .target = 1}, 1);
    in_flight_save(in_flight, 0, NULL, 0);
    assert_true(in_flight_flush(in_flight, now, &err));
    assert_int_equal(size_of(file), 0);
    in_flight_save(in_flight, 1, &(struct restore){.record = 1, .plan = &plan, .target = 1}, 1);
    in_flight_save(in_flight, 0, &(struct restore){.record = 0, .plan = &later, .target = 1}, 1);
    assert_true(in_flight_flush(in_flight, now, &err));
    start_again();
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(given, 1); /* that of record 1 has sets of two types, which is none of its */
    assert_int_equal(last_plan.fresh.epoch, 44);
}

/* Fault 105. What was not written is written with the next word. */
static void test_full_disk_costs_words_and_nothing_else(void **state)
{
    (void)state;
    start_again();
    assert_true(save(0, 1, 41));
    off_t one = size_of(file);
    (void)signal(SIGXFSZ, SIG_IGN);
    struct rlimit former, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    small = former;
    small.rlim_cur = (rlim_t)one + 100;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_false(save(1, 2, 7));
    assert_int_equal(size_of(file), one); /* no half of a line stays */
    assert_false(save(1, 2, 8));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    start_again();
    assert_int_equal(warning.code, ERROR_NONE);
    assert_int_equal(given, 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_false(save(0, 2, 41));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    assert_false(save(0, 2, 41)); /* the disk has room again, but each try costs: one a second */
    now += IN_FLIGHT_AGAIN_MS;
    assert_true(save(0, 2, 42));
    start_again();
    assert_int_equal(given, 2);
    assert_int_equal(last_plan.fresh.epoch, 43);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_message_under_way_is_restored),
        TEST(test_last_word_counts),
        TEST(test_file_is_empty_while_nothing_is_out),
        TEST(test_file_does_not_grow_without_end),
        TEST(test_cut_line_is_dropped_in_silence),
        TEST(test_flipped_bits_are_survived),
        TEST(test_newer_version_is_put_aside),
        TEST(test_symbolic_link_is_not_followed),
        TEST(test_words_are_gathered),
        TEST(test_what_no_longer_fits_is_dropped),
        TEST(test_full_disk_costs_words_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
