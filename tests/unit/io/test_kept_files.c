/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/state, io/state_file and of all who keep a file in the state directory.
 * What:  each file of it with each bit flipped, cut behind each octet, of another version, with a directory, a pipe, a
 *        link or something unreadable in its place, or writable by others: it is put aside and told by name, nothing
 *        of it is believed, and the next one is written and read as ever. The owner id is not put aside: an error.
 *        Faults 103, 104, 106, 129.
 */
#include "in_flight_world.h"
#include "io/history.h"
#include "io/in_flight.h"
#include "io/notifier_file.h"
#include "io/override_file.h"
#include "io/state_file.h"

#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64];
static struct state *held;
static struct error trouble; /* what the last reader said */

/* ---- the files ---- */

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

static const struct kept {
    const char *name;
    void (*write)(void);
    uint32_t (*read)(void); /* how much was believed: 1 of what `write` wrote */
    bool stays, by_lines;   /* is not put aside; what is cut at its end is no damage */
} files[] = {
    {"owner", write_owner, read_owner, true, false},
    {IN_FLIGHT_FILE, write_in_flight, read_in_flight, false, true},
    {OVERRIDE_FILE, write_overrides, read_overrides, false, false},
    {HISTORY_FILE, write_history, read_history, false, true},
    {NOTIFIER_FILE, write_notifications, read_notifications, false, true},
    {HISTORY_FILE ".1", write_former_history, read_history, false, true},
};

/* ---- the directory ---- */

static const char *path_of(const char *name, const char *more)
{
    static char path[160];
    (void)snprintf(path, sizeof path, "%s/%s%s", root, name, more);
    return path;
}

static bool is_there(const char *name, const char *more)
{
    struct stat stat;
    return lstat(path_of(name, more), &stat) == 0;
}

static void clear(void)
{
    static const char *const more[] = {"/within", "", ".damaged/within", ".damaged", ".real"};
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        for (size_t k = 0; k < ARRAY_COUNT(more); k++)
            (void)remove(path_of(files[i].name, more[k]));
}

static int open_directory(void **state)
{
    (void)state;
    world_set_up();
    bool quick = access("/dev/shm", W_OK) == 0; /* there a sync costs nothing */
    (void)snprintf(root, sizeof root, "%s/repointd-kept.XXXXXX", quick ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(root));
    assert_int_equal(state_open(root, &held, &trouble), STATE_OPENED);
    return 0;
}

static int close_directory(void **state)
{
    (void)state;
    clear();
    state_close(held);
    assert_int_equal(rmdir(root), 0);
    return 0;
}

static void put(const char *name, const char *bytes, size_t length)
{
    int fd = open(path_of(name, ""), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

/* The file as it is written, anew. */
static size_t begin(const struct kept *file, char *bytes, size_t room)
{
    clear();
    file->write();
    int fd = open(path_of(file->name, ""), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t length = read(fd, bytes, room);
    close(fd);
    assert_in_range(length, 10, room - 1);
    return (size_t)length;
}

static uint32_t take(const struct kept *file)
{
    trouble = (struct error){.code = ERROR_NONE};
    return file->read();
}

static void expect_words(const struct kept *file, const char *what, const char *part)
{
    if (!strstr(trouble.text, part))
        fail_msg("%s, %s: '%s' lacks '%s'", file->name, what, trouble.text, part);
}

/* Nothing of what stands there now is believed, that is told, and it goes on. */
static void expect_refused(const struct kept *file, const char *what, const char *why)
{
    uint32_t believed = take(file);
    if (believed != 0 || trouble.code == ERROR_NONE)
        fail_msg("%s, %s: %u believed; '%s'", file->name, what, (unsigned)believed, trouble.text);
    expect_words(file, what, path_of(file->name, ""));
    expect_words(file, what, why);
    if (file->stays) {
        expect_words(file, what, "daemon.owner");
        assert_true(is_there(file->name, ""));
        assert_false(is_there(file->name, ".damaged"));
        return;
    }
    expect_words(file, what, "it is put aside as ");
    assert_false(is_there(file->name, ""));
    assert_true(is_there(file->name, ".damaged"));
    file->write();
    if (take(file) != 1 || trouble.code != ERROR_NONE)
        fail_msg("%s, %s: does not go on: '%s'", file->name, what, trouble.text);
}

/* ---- tests ---- */

static void test_they_come_back(void **state)
{
    (void)state;
    char bytes[4096];
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        begin(&files[i], bytes, sizeof bytes);
        assert_int_equal(take(&files[i]), 1);
        assert_int_equal(trouble.code, ERROR_NONE);
    }
}

/* Either nothing was harmed that could be seen, or all of it counts for nothing. */
static void test_each_bit_flipped(void **state)
{
    (void)state;
    char bytes[4096];
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        size_t length = begin(&files[i], bytes, sizeof bytes), refused = 0;
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[bit / 8] ^= (char)(1 << bit % 8);
            put(files[i].name, bytes, length);
            assert_in_range(take(&files[i]), 0, 1);
            if (trouble.code != ERROR_NONE) {
                put(files[i].name, bytes, length);
                expect_refused(&files[i], "a bit flipped", "damaged");
                refused++;
            }
            bytes[bit / 8] ^= (char)(1 << bit % 8);
        }
        assert_true(refused > 2 * length);
    }
}

static void test_cut_behind_each_octet(void **state)
{
    (void)state;
    char bytes[4096];
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        size_t length = begin(&files[i], bytes, sizeof bytes);
        bool ends_a_line = bytes[length - 1] == '\n';
        for (size_t cut = 0; cut + (ends_a_line ? 1 : 0) < length; cut++) {
            put(files[i].name, bytes, cut);
            if (!files[i].by_lines) {
                expect_refused(&files[i], "cut", "damaged");
                continue;
            }
            assert_int_equal(take(&files[i]), 0);
            assert_int_equal(trouble.code, ERROR_NONE);
        }
    }
}

/* The owner id has none: it is sixteen digits for ever. */
static void test_of_another_version(void **state)
{
    (void)state;
    static const char *const versions[] = {"0", "2", "99", "-1", "null", "[]"};
    char bytes[4096], changed[4200];
    for (size_t i = 1; i < ARRAY_COUNT(files); i++)
        for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
            bytes[begin(&files[i], bytes, sizeof bytes)] = '\0';
            char *at = strstr(bytes, "\"version\":");
            assert_non_null(at);
            at += strcspn(at, "1");
            int length = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - bytes), bytes, versions[v], at + 1);
            put(files[i].name, changed, (size_t)length);
            expect_refused(&files[i], versions[v], "of a newer version");
        }
}

static void test_something_else_in_its_place(void **state)
{
    (void)state;
    char bytes[4096];
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        const struct kept *file = &files[i];
        char path[160], real[160];
        (void)snprintf(path, sizeof path, "%s", path_of(file->name, ""));
        (void)snprintf(real, sizeof real, "%s", path_of(file->name, ".real"));
        clear();
        assert_int_equal(mkdir(path, 0700), 0);
        expect_refused(file, "a directory", "is no regular file");
        clear();
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(mkdir(path_of(file->name, "/within"), 0700), 0);
        expect_refused(file, "a directory with something in it", "is no regular file");
        clear();
        assert_int_equal(mkfifo(path, 0600), 0);
        expect_refused(file, "a pipe", "is no regular file");
        begin(file, bytes, sizeof bytes);
        assert_int_equal(rename(path, real), 0);
        assert_int_equal(symlink(real, path), 0);
        expect_refused(file, "a link to a good one", "Too many levels of symbolic links");
        clear();
        assert_int_equal(symlink("/nowhere/at/all", path), 0);
        expect_refused(file, "a link to nothing", "Too many levels of symbolic links");
    }
}

static void test_writable_by_others(void **state)
{
    (void)state;
    char bytes[4096];
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        begin(&files[i], bytes, sizeof bytes);
        assert_int_equal(chmod(path_of(files[i].name, ""), 0602), 0);
        expect_refused(&files[i], "writable by others", "may be written by everybody");
        begin(&files[i], bytes, sizeof bytes);
        assert_int_equal(chmod(path_of(files[i].name, ""), 0664), 0);
        assert_int_equal(take(&files[i]), 1);
        assert_int_equal(trouble.code, ERROR_NONE);
        if (geteuid() != 0)
            continue;
        assert_int_equal(chown(path_of(files[i].name, ""), 65534, 65534), 0);
        expect_refused(&files[i], "somebody else's", "belongs to user 65534");
    }
}

/* What stands where it would be put gives way. */
static void test_there_is_a_damaged_one_already(void **state)
{
    (void)state;
    for (size_t i = 1; i < ARRAY_COUNT(files); i++)
        for (int directory = 0; directory < 2; directory++) {
            clear();
            put(files[i].name, "rubbish\n", 8);
            if (directory)
                assert_int_equal(mkdir(path_of(files[i].name, ".damaged"), 0700), 0);
            else
                assert_int_equal(symlink("of before", path_of(files[i].name, ".damaged")), 0);
            expect_refused(&files[i], "a second time", "damaged");
        }
}

/* In a process that is not root: to root everything is readable. 0: as it should be. */
static int look_without_rights(void)
{
    if (geteuid() == 0 &&
        (chown(root, 65534, 65534) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
        return 2;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        clear();
        files[i].write();
        if (chmod(path_of(files[i].name, ""), 0) != 0)
            return 3;
        uint32_t believed = take(&files[i]);
        if (believed != 0 || !strstr(trouble.text, "Permission denied") || !strstr(trouble.text, files[i].name) ||
            is_there(files[i].name, ".damaged") == files[i].stays)
            return 4;
        clear();
    }
    return 0;
}

static void test_unreadable(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(look_without_rights());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_directory, close_directory)
    const struct CMUnitTest tests[] = {
        TEST(test_they_come_back),
        TEST(test_each_bit_flipped),
        TEST(test_cut_behind_each_octet),
        TEST(test_of_another_version),
        TEST(test_something_else_in_its_place),
        TEST(test_writable_by_others),
        TEST(test_there_is_a_damaged_one_already),
        TEST(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
