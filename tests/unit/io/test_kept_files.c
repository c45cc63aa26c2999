/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/state, io/state_file and of all who keep a file in the state directory.
 * What:  each file of it with each bit flipped, cut behind each octet, of another version, with a directory, a pipe, a
 *        link or something unreadable in its place, or writable by others: it is put aside and told by name, nothing
 *        of it is believed, and the next one is written and read as ever. The owner id is not put aside: an error.
 *        Faults 103, 104, 106, 129.
 */
#include "kept_files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64];

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
    for (size_t i = 0; i < kept_count; i++)
        for (size_t k = 0; k < ARRAY_COUNT(more); k++)
            (void)remove(path_of(kept_files[i].name, more[k]));
}

static int open_directory(void **state)
{
    (void)state;
    kept_set_up();
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
    for (size_t i = 0; i < kept_count; i++) {
        begin(&kept_files[i], bytes, sizeof bytes);
        assert_int_equal(take(&kept_files[i]), 1);
        assert_int_equal(trouble.code, ERROR_NONE);
    }
}

/* Either nothing was harmed that could be seen, or all of it counts for nothing. */
static void test_each_bit_flipped(void **state)
{
    (void)state;
    char bytes[4096];
    for (size_t i = 0; i < kept_count; i++) {
        size_t length = begin(&kept_files[i], bytes, sizeof bytes), refused = 0;
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[bit / 8] ^= (char)(1 << bit % 8);
            put(kept_files[i].name, bytes, length);
            assert_in_range(take(&kept_files[i]), 0, 1);
            if (trouble.code != ERROR_NONE) {
                put(kept_files[i].name, bytes, length);
                expect_refused(&kept_files[i], "a bit flipped", "damaged");
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
    for (size_t i = 0; i < kept_count; i++) {
        size_t length = begin(&kept_files[i], bytes, sizeof bytes);
        bool ends_a_line = bytes[length - 1] == '\n';
        for (size_t cut = 0; cut + (ends_a_line ? 1 : 0) < length; cut++) {
            put(kept_files[i].name, bytes, cut);
            if (!kept_files[i].by_lines) {
                expect_refused(&kept_files[i], "cut", "damaged");
                continue;
            }
            assert_int_equal(take(&kept_files[i]), 0);
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
    for (size_t i = 1; i < kept_count; i++)
        for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
            bytes[begin(&kept_files[i], bytes, sizeof bytes)] = '\0';
            char *at = strstr(bytes, "\"version\":");
            assert_non_null(at);
            at += strcspn(at, "1");
            int length = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - bytes), bytes, versions[v], at + 1);
            put(kept_files[i].name, changed, (size_t)length);
            expect_refused(&kept_files[i], versions[v], "of a newer version");
        }
}

static void test_something_else_in_its_place(void **state)
{
    (void)state;
    char bytes[4096];
    for (size_t i = 0; i < kept_count; i++) {
        const struct kept *file = &kept_files[i];
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
    for (size_t i = 0; i < kept_count; i++) {
        begin(&kept_files[i], bytes, sizeof bytes);
        assert_int_equal(chmod(path_of(kept_files[i].name, ""), 0602), 0);
        expect_refused(&kept_files[i], "writable by others", "may be written by everybody");
        begin(&kept_files[i], bytes, sizeof bytes);
        assert_int_equal(chmod(path_of(kept_files[i].name, ""), 0664), 0);
        assert_int_equal(take(&kept_files[i]), 1);
        assert_int_equal(trouble.code, ERROR_NONE);
        if (geteuid() != 0)
            continue;
        assert_int_equal(chown(path_of(kept_files[i].name, ""), 65534, 65534), 0);
        expect_refused(&kept_files[i], "somebody else's", "belongs to user 65534");
    }
}

/* What stands where it would be put gives way. */
static void test_there_is_a_damaged_one_already(void **state)
{
    (void)state;
    for (size_t i = 1; i < kept_count; i++)
        for (int directory = 0; directory < 2; directory++) {
            clear();
            put(kept_files[i].name, "rubbish\n", 8);
            if (directory)
                assert_int_equal(mkdir(path_of(kept_files[i].name, ".damaged"), 0700), 0);
            else
                assert_int_equal(symlink("of before", path_of(kept_files[i].name, ".damaged")), 0);
            expect_refused(&kept_files[i], "a second time", "damaged");
        }
}

/* In a process that is not root: to root everything is readable. 0: as it should be. */
static int look_without_rights(void)
{
    if (geteuid() == 0 &&
        (chown(root, 65534, 65534) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
        return 2;
    for (size_t i = 0; i < kept_count; i++) {
        clear();
        kept_files[i].write();
        if (chmod(path_of(kept_files[i].name, ""), 0) != 0)
            return 3;
        uint32_t believed = take(&kept_files[i]);
        if (believed != 0 || !strstr(trouble.text, "Permission denied") || !strstr(trouble.text, kept_files[i].name) ||
            is_there(kept_files[i].name, ".damaged") == kept_files[i].stays)
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
