/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/override_file and io/state_file.
 * What:  overrides come back as they were written; a file that is damaged, strange or of a newer version is put aside,
 *        and nothing of it is believed. Faults 103 to 105, 129.
 */
#include "io/override_file.h"

#include "io/state_file.h"

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

static char root[64];
static struct state *state_directory_of_test;

static int open_state(void **state)
{
    (void)state;
    struct error err;
    (void)snprintf(root, sizeof root, "/tmp/repointd-override.XXXXXX");
    assert_non_null(mkdtemp(root));
    assert_int_equal(state_open(root, &state_directory_of_test, &err), STATE_OPENED);
    return 0;
}

static int close_state(void **state)
{
    (void)state;
    static const char *const leftovers[] = {OVERRIDE_FILE, OVERRIDE_FILE ".damaged", OVERRIDE_FILE ".new"};
    int directory = state_directory(state_directory_of_test);
    for (size_t i = 0; i < ARRAY_COUNT(leftovers); i++)
        if (unlinkat(directory, leftovers[i], 0) != 0)
            (void)unlinkat(directory, leftovers[i], AT_REMOVEDIR);
    state_close(state_directory_of_test);
    assert_int_equal(rmdir(root), 0);
    return 0;
}

static bool is_there(const char *name)
{
    return faccessat(state_directory(state_directory_of_test), name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void put(const char *bytes)
{
    struct error err;
    assert_true(state_file_replace(state_directory_of_test, OVERRIDE_FILE, bytes, strlen(bytes), &err));
}

static struct override_note notes[8];

static uint32_t take(struct error *warning)
{
    *warning = (struct error){.code = ERROR_NONE};
    memset(notes, 0x5a, sizeof notes);
    return override_file_read(state_directory_of_test, notes, 8, warning);
}

static const struct override_note forced = {.kind = OVERRIDE_FAILOVER,
                                            .subject = "db.example.com",
                                            .target = "secondary",
                                            .user = "root",
                                            .reason = "kernel \"update\"",
                                            .since_wall_ms = 1795000000123,
                                            .until_wall_ms = 1795003600000};

static void test_they_come_back_as_they_were(void **state)
{
    (void)state;
    const struct override_note three[] = {
        forced,
        {.kind = OVERRIDE_DRAIN, .subject = "2001:db8::1", .user = "ann", .since_wall_ms = 5},
        {.kind = OVERRIDE_HOLD, .subject = OVERRIDE_ALL, .user = "0", .reason = "freeze", .until_wall_ms = 7},
    };
    struct error err;
    assert_true(override_file_write(state_directory_of_test, three, 3, &err));
    assert_int_equal(take(&err), 3);
    assert_int_equal(err.code, ERROR_NONE);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(notes[i].kind, three[i].kind);
        assert_string_equal(notes[i].subject, three[i].subject);
        assert_string_equal(notes[i].target, three[i].target);
        assert_string_equal(notes[i].user, three[i].user);
        assert_string_equal(notes[i].reason, three[i].reason);
        assert_true(notes[i].since_wall_ms == three[i].since_wall_ms);
        assert_true(notes[i].until_wall_ms == three[i].until_wall_ms);
    }
    assert_true(override_file_write(state_directory_of_test, three, 0, &err));
    assert_int_equal(take(&err), 0);
    assert_int_equal(err.code, ERROR_NONE);
    assert_false(is_there(OVERRIDE_FILE ".new"));
}

static void test_no_file_is_none(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(take(&err), 0);
    assert_int_equal(err.code, ERROR_NONE);
}

#define HEAD "{\"version\": 1, \"overrides\": [{"
#define REST "\"user\": \"root\", \"reason\": \"\", \"since_ms\": 1, \"until_ms\": 2}]}"

static void test_what_is_damaged_is_put_aside_whole(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{\"version\": 2, \"overrides\": []}",
        "{\"version\": 1, \"version\": 1, \"overrides\": []}",
        "{\"version\": 1}",
        "{\"version\": 1, \"overrides\": [7]}",
        HEAD "\"kind\": \"reboot\", \"subject\": \"a\", \"target\": \"\", " REST,
        HEAD "\"kind\": \"hold\", \"subject\": \"\", \"target\": \"\", " REST,
        HEAD "\"kind\": \"hold\", \"subject\": \"a\\u001b[31m\", \"target\": \"\", " REST,
        HEAD "\"kind\": \"failover\", \"subject\": \"a\", \"target\": \"\", " REST,
        HEAD "\"kind\": \"hold\", \"subject\": \"a\", \"target\": \"\", \"user\": \"r\", \"reason\": \"\"}]}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        struct error err;
        put(bad[i]);
        if (take(&err) != 0 || err.code == ERROR_NONE)
            fail_msg("taken: %s", bad[i]);
        assert_non_null(strstr(err.text, "put aside"));
        assert_false(is_there(OVERRIDE_FILE));
        assert_true(is_there(OVERRIDE_FILE ".damaged"));
    }
}

/* In turn, and cut behind each: nothing of it is believed, and nothing is read beyond it. */
static void test_each_octet_spoilt(void **state)
{
    (void)state;
    struct error err;
    char *bytes = NULL;
    size_t length = 0;
    assert_true(override_file_write(state_directory_of_test, &forced, 1, &err));
    assert_int_equal(state_file_read(state_directory_of_test, OVERRIDE_FILE, 65536, &bytes, &length, &err),
                     STATE_FILE_READ);
    for (size_t i = 0; i < length; i++) {
        char former = bytes[i];
        bytes[i] = (char)(former ^ 0x80);
        assert_true(state_file_replace(state_directory_of_test, OVERRIDE_FILE, bytes, length, &err));
        assert_int_equal(take(&err), 0);
        assert_int_not_equal(err.code, ERROR_NONE);
        bytes[i] = former;
    }
    for (size_t cut = 0; cut + 1 < length; cut++) {
        assert_true(state_file_replace(state_directory_of_test, OVERRIDE_FILE, bytes, cut, &err));
        assert_int_equal(take(&err), 0);
    }
    free(bytes);
}

static void test_more_than_there_is_room_for_is_refused(void **state)
{
    (void)state;
    static struct override_note many[9];
    struct error err;
    for (size_t i = 0; i < ARRAY_COUNT(many); i++)
        many[i] = forced;
    assert_true(override_file_write(state_directory_of_test, many, 8, &err));
    assert_int_equal(take(&err), 8);
    assert_true(override_file_write(state_directory_of_test, many, 9, &err));
    assert_int_equal(take(&err), 0);
    assert_int_not_equal(err.code, ERROR_NONE);
}

static void test_a_directory_in_its_place_is_told(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(mkdirat(state_directory(state_directory_of_test), OVERRIDE_FILE, 0700), 0);
    assert_int_equal(take(&err), 0);
    assert_int_not_equal(err.code, ERROR_NONE);
    assert_int_equal(mkdirat(state_directory(state_directory_of_test), OVERRIDE_FILE, 0700), 0);
    assert_false(override_file_write(state_directory_of_test, &forced, 1, &err));
    assert_non_null(strstr(err.text, OVERRIDE_FILE " cannot be written"));
    assert_false(is_there(OVERRIDE_FILE ".new"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_they_come_back_as_they_were, open_state, close_state),
        cmocka_unit_test_setup_teardown(test_no_file_is_none, open_state, close_state),
        cmocka_unit_test_setup_teardown(test_what_is_damaged_is_put_aside_whole, open_state, close_state),
        cmocka_unit_test_setup_teardown(test_each_octet_spoilt, open_state, close_state),
        cmocka_unit_test_setup_teardown(test_more_than_there_is_room_for_is_refused, open_state, close_state),
        cmocka_unit_test_setup_teardown(test_a_directory_in_its_place_is_told, open_state, close_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
