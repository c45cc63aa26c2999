/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/state.
 * What:  who may hold the state directory, and an owner id that is made once and never guessed. Faults 103 to 106.
 */
#include "io/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

struct fixture {
    char root[64], directory[96];
};

static int make_root(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)snprintf(f->root, sizeof f->root, "/tmp/repointd-state.XXXXXX");
    assert_non_null(mkdtemp(f->root));
    (void)snprintf(f->directory, sizeof f->directory, "%s/state", f->root);
    *state = f;
    return 0;
}

static int remove_root(void **state)
{
    struct fixture *f = *state;
    static const char *const leftovers[] = {"state/owner", "state/owner.new", "state", "elsewhere", "run"};
    for (size_t i = 0; i < ARRAY_COUNT(leftovers); i++) {
        char path[160];
        (void)snprintf(path, sizeof path, "%s/%s", f->root, leftovers[i]);
        (void)remove(path);
    }
    assert_int_equal(rmdir(f->root), 0);
    free(f);
    return 0;
}

static void write_file(const struct fixture *f, const char *name, const char *bytes)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", f->directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static struct state *opened(const struct fixture *f)
{
    struct state *state = NULL;
    struct error err = {0};
    if (state_open(f->directory, &state, &err) != STATE_OPENED)
        fail_msg("%s", err.text);
    return state;
}

static void test_open_makes_a_private_directory(void **state)
{
    struct fixture *f = *state;
    struct stat stat_of;
    struct state *held = opened(f);
    assert_int_equal(stat(f->directory, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0700);
    state_close(held);
    state_close(NULL);
}

static void expect_unusable(const char *path, const char *part)
{
    struct state *held = NULL;
    struct error err = {0};
    assert_int_equal(state_open(path, &held, &err), STATE_UNUSABLE);
    assert_null(held);
    if (!strstr(err.text, part) || !strstr(err.text, path))
        fail_msg("'%s' lacks '%s' or the path", err.text, part);
}

static void test_open_refuses_what_is_not_ours_alone(void **state)
{
    struct fixture *f = *state;
    char path[200];
    (void)snprintf(path, sizeof path, "%s/no/such/parent", f->root);
    expect_unusable(path, "daemon.state-directory");

    (void)snprintf(path, sizeof path, "%s/elsewhere", f->root);
    assert_int_equal(symlink(f->root, path), 0);
    expect_unusable(path, "symbolic link");
    assert_int_equal(unlink(path), 0);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    expect_unusable(path, "directory");

    assert_int_equal(mkdir(f->directory, 0700), 0);
    assert_int_equal(chmod(f->directory, 0707), 0);
    expect_unusable(f->directory, "writable by everybody");
    assert_int_equal(chmod(f->directory, 0775), 0);
    state_close(opened(f));
    if (geteuid() == 0) {
        assert_int_equal(chown(f->directory, 65534, 65534), 0);
        expect_unusable(f->directory, "belongs to user 65534");
    }
}

static void test_open_keeps_a_second_instance_out(void **state)
{
    struct fixture *f = *state;
    struct state *first = opened(f), *second = NULL;
    struct error err = {0};
    assert_int_equal(state_open(f->directory, &second, &err), STATE_TAKEN);
    assert_non_null(strstr(err.text, "another repointd"));
    state_close(first);
    state_close(opened(f));
}

static void test_lock_dies_with_its_holder(void **state)
{
    struct fixture *f = *state;
    pid_t child = fork();
    if (child == 0) {
        struct state *held = NULL;
        struct error err;
        _exit(state_open(f->directory, &held, &err) == STATE_OPENED ? 7 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    state_close(opened(f));
}

static void test_owner_is_made_once(void **state)
{
    struct fixture *f = *state;
    struct state *held = opened(f);
    struct error err = {0};
    uint64_t first = 0, again = 0;
    bool fresh = false;
    assert_true(state_owner(held, &first, &fresh, &err));
    assert_true(fresh);
    assert_true(first != 0);
    assert_true(state_owner(held, &again, &fresh, &err));
    assert_false(fresh);
    assert_true(again == first);
    state_close(held);

    char path[160], bytes[32] = {0}, wanted[32];
    (void)snprintf(path, sizeof path, "%s/owner", f->directory);
    struct stat stat_of;
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    (void)snprintf(wanted, sizeof wanted, "%016" PRIx64 "\n", first);
    assert_int_equal(fread(bytes, 1, sizeof bytes - 1, file), 17);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(bytes, wanted);
}

static void test_owner_reads_what_stands_there(void **state)
{
    struct fixture *f = *state;
    struct state *held = opened(f);
    struct error err = {0};
    uint64_t owner = 0;
    bool fresh = true;
    write_file(f, "owner", "4be1c0de77aa0912\n");
    assert_true(state_owner(held, &owner, &fresh, &err));
    assert_false(fresh);
    assert_true(owner == 0x4be1c0de77aa0912);
    write_file(f, "owner", "ffffffffffffffff");
    assert_true(state_owner(held, &owner, &fresh, &err));
    assert_true(owner == UINT64_MAX);
    state_close(held);
}

static void test_damaged_owner_is_an_error_and_is_left_alone(void **state)
{
    struct fixture *f = *state;
    struct state *held = opened(f);
    static const char *const damaged[] = {"",
                                          "\n",
                                          "4be1c0de77aa091\n",
                                          "4be1c0de77aa09122\n",
                                          "4BE1C0DE77AA0912\n",
                                          "4be1c0de77aa091g\n",
                                          " 4be1c0de77aa091\n",
                                          "0x4be1c0de77aa09\n",
                                          "4be1c0de77aa0912\n\n",
                                          "4be1c0de77aa0912\nmore\n"};
    for (size_t i = 0; i < ARRAY_COUNT(damaged); i++) {
        uint64_t owner = 77;
        bool fresh = false;
        struct error err = {0};
        write_file(f, "owner", damaged[i]);
        assert_false(state_owner(held, &owner, &fresh, &err));
        assert_true(owner == 77);
        assert_non_null(strstr(err.text, "damaged"));
        assert_non_null(strstr(err.text, "daemon.owner"));
    }
    state_close(held);
}

static void test_leftover_of_a_crash_is_no_hindrance(void **state)
{
    struct fixture *f = *state;
    struct state *held = opened(f);
    struct error err = {0};
    uint64_t owner = 0;
    bool fresh = false;
    write_file(f, "owner.new", "0123");
    assert_true(state_owner(held, &owner, &fresh, &err));
    assert_true(fresh);
    uint64_t again = 0;
    assert_true(state_owner(held, &again, &fresh, &err));
    assert_true(again == owner);
    state_close(held);
}

static void test_runtime_directory_is_made_for_the_group(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    struct stat stat_of;
    char path[200];
    (void)snprintf(path, sizeof path, "%s/run", f->root);
    assert_true(state_make_runtime_directory(path, &err));
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0750);
    assert_true(state_make_runtime_directory(path, &err));

    (void)snprintf(path, sizeof path, "%s/no/such/parent", f->root);
    assert_false(state_make_runtime_directory(path, &err));
    assert_non_null(strstr(err.text, "daemon.runtime-directory"));
    (void)snprintf(path, sizeof path, "%s/elsewhere", f->root);
    assert_int_equal(symlink(f->root, path), 0);
    assert_false(state_make_runtime_directory(path, &err));
    assert_non_null(strstr(err.text, "is no directory"));
}

int main(void)
{
    umask(0027);
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        TEST(test_open_makes_a_private_directory),
        TEST(test_open_refuses_what_is_not_ours_alone),
        TEST(test_open_keeps_a_second_instance_out),
        TEST(test_lock_dies_with_its_holder),
        TEST(test_owner_is_made_once),
        TEST(test_owner_reads_what_stands_there),
        TEST(test_damaged_owner_is_an_error_and_is_left_alone),
        TEST(test_leftover_of_a_crash_is_no_hindrance),
        TEST(test_runtime_directory_is_made_for_the_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
