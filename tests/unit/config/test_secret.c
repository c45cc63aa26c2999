/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/secret; docs/faults.md, security, secrets; rule CFG-10.
 * What:  which files are read, both sides of the size; strict base64; memory that is locked and left out of dumps.
 */
#include "config/secret.h"

#include "reading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_a_file_is_read_with_its_mode(void **state)
{
    (void)state;
    static const struct {
        unsigned mode;
        bool open;
    } rows[] = {{0600, false}, {0400, false}, {0640, false}, {0660, false}, {0644, true}, {0602, true}, {0604, true}};
    struct folder folder = folder_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct secret_text text;
        const char *path = folder_write(&folder, "key", "a secret", rows[i].mode);
        assert_true(secret_read(path, &text, NULL));
        assert_int_equal(text.length, 8);
        assert_memory_equal(text.bytes, "a secret", 8);
        assert_int_equal(text.open_to_others, rows[i].open);
        secret_wipe(&text);
        assert_null(text.bytes);
        secret_wipe(&text); /* again is fine */
    }
    folder_remove(&folder);
}

static void test_the_size_has_a_bound(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    for (size_t size = SECRET_FILE_MAX; size <= SECRET_FILE_MAX + 1; size++) {
        char *large = calloc(1, size + 1);
        struct secret_text text = {.bytes = NULL};
        struct error err;
        memset(large, 'x', size);
        bool good = secret_read(folder_write(&folder, "key", large, 0600), &text, &err);
        assert_int_equal(good, size == SECRET_FILE_MAX);
        if (!good)
            assert_non_null(strstr(err.text, "is larger than 4096 bytes"));
        else
            assert_int_equal(text.length, size);
        secret_wipe(&text);
        free(large);
    }
    folder_remove(&folder);
}

static void test_only_regular_files_are_read(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    struct secret_text text = {.bytes = NULL};
    struct error err;
    assert_false(secret_read(folder_path(&folder, "nothing"), &text, &err));
    assert_int_equal(err.sys_errno, ENOENT);
    assert_false(secret_read(folder.path, &text, &err));
    assert_non_null(strstr(err.text, "is not a regular file"));
    folder_write(&folder, "key", "x", 0600);
    assert_int_equal(symlink("key", folder_path(&folder, "link")), 0);
    assert_false(secret_read(folder_path(&folder, "link"), &text, &err));
    assert_non_null(strstr(err.text, "is a symbolic link"));
    assert_int_equal(mkfifo(folder_path(&folder, "pipe"), 0600), 0);
    assert_false(secret_read(folder_path(&folder, "pipe"), &text, &err)); /* and does not wait for a writer */
    assert_non_null(strstr(err.text, "is not a regular file"));
    assert_null(text.bytes);
    folder_remove(&folder);
}

static void test_base64_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *base64;
        int length; /* -1: refused */
        const char *bytes;
    } rows[] = {
        {"YQ==", 1, "a"},
        {"YWI=", 2, "ab"},
        {"YWJj", 3, "abc"},
        {"YWJjZA==", 4, "abcd"},
        {"+/+/", 3, "\xfb\xff\xbf"},
        {"", -1, NULL},
        {"YQ=", -1, NULL},
        {"YQ", -1, NULL},
        {"YQ===", -1, NULL},
        {"=YQ=", -1, NULL},
        {"Y=Q=", -1, NULL},
        {"====", -1, NULL},
        {"YW J", -1, NULL},
        {" YWJj", -1, NULL},
        {"YWJj\n", -1, NULL},
        {"YW-_", -1, NULL},
        {"YWJjYQ==YWJj", -1, NULL},
    };
    struct secrets *secrets = secrets_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const uint8_t *secret = NULL;
        uint16_t length = 0;
        bool good = secret_decode(secrets, rows[i].base64, strlen(rows[i].base64), &secret, &length, NULL);
        if (good != (rows[i].length >= 0))
            fail_msg("'%s'", rows[i].base64);
        if (!good)
            continue;
        assert_int_equal(length, rows[i].length);
        assert_memory_equal(secret, rows[i].bytes, length);
    }
    secrets_free(secrets);
    secrets_free(NULL);
}

static void test_many_keys_do_not_disturb_each_other(void **state)
{
    (void)state;
    enum { KEYS = 300 };
    const uint8_t *keys[KEYS];
    struct secrets *secrets = secrets_new();
    for (unsigned i = 0; i < KEYS; i++) {
        char base64[89];
        uint16_t length = 0;
        memset(base64, 'A' + (int)(i % 26), 88);
        base64[88] = '\0';
        assert_true(secret_decode(secrets, base64, 88, &keys[i], &length, NULL));
        assert_int_equal(length, 66);
    }
    for (unsigned i = 0; i < KEYS; i++)
        for (unsigned k = i + 26; k < KEYS; k += 26)
            assert_memory_equal(keys[i], keys[k], 66);
    assert_memory_not_equal(keys[0], keys[1], 66);
    char large[SECRET_OCTETS_MAX / 3 * 4 + 9];
    const uint8_t *secret = NULL;
    uint16_t length = 0;
    memset(large, 'A', sizeof(large));
    assert_true(secret_decode(secrets, large, SECRET_OCTETS_MAX / 3 * 4, &secret, &length, NULL));
    assert_false(secret_decode(secrets, large, SECRET_OCTETS_MAX / 3 * 4 + 4, &secret, &length, NULL));
    secrets_free(secrets);
}

/* The flags of the mapping that holds an address, as the kernel tells them. */
static void flags_of(const void *address, char *ret, size_t capacity)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    bool here = false;
    ret[0] = '\0';
    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps) != NULL) {
        unsigned long from = 0, to = 0;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            here = (uintptr_t)address >= from && (uintptr_t)address < to;
        if (here && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(ret, capacity, "%s", line);
    }
    fclose(maps);
}

static void test_secrets_are_locked_and_left_out_of_dumps(void **state)
{
    (void)state;
    char flags[512];
    struct folder folder = folder_new();
    struct secrets *secrets = secrets_new();
    struct secret_text text;
    const uint8_t *secret = NULL;
    uint16_t length = 0;
    assert_true(secret_decode(secrets, "YWJj", 4, &secret, &length, NULL));
    assert_true(secret_read(folder_write(&folder, "key", "x", 0600), &text, NULL));
    const void *places[] = {secret, text.bytes};
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        flags_of(places[i], flags, sizeof(flags));
        assert_non_null(strstr(flags, " dd"));
#ifndef __SANITIZE_ADDRESS__ /* the sanitizer takes mlock away */
        assert_non_null(strstr(flags, " lo"));
#endif
    }
    secret_wipe(&text);
    secrets_free(secrets);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_read_with_its_mode),
        cmocka_unit_test(test_the_size_has_a_bound),
        cmocka_unit_test(test_only_regular_files_are_read),
        cmocka_unit_test(test_base64_is_strict),
        cmocka_unit_test(test_many_keys_do_not_disturb_each_other),
        cmocka_unit_test(test_secrets_are_locked_and_left_out_of_dumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
