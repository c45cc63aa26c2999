/* SPDX-License-Identifier: MIT */
/*
 * Where: units of ctl/complete.
 * What:  each place of a command line to what could stand there; nothing that a shell would run.
 */
#include "ctl/complete.h"

#include "base/attributes.h"
#include "ctl/rows.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STATUS                                                                                                       \
    "{\"version\":1,\"records\":["                                                                                   \
    "{\"record\":\"www.example.com\",\"marker\":{\"owner\":\"4be1c0de77aa0912\",\"epoch\":57},\"targets\":["         \
    "{\"role\":\"primary\",\"label\":\"fra1\",\"check\":\"web\",\"addresses\":[{\"address\":\"192.0.2.10\"},"        \
    "{\"address\":\"2001:db8:1::10\"}]},"                                                                            \
    "{\"role\":\"secondary\",\"label\":null,\"check\":\"web\",\"addresses\":[{\"address\":\"198.51.100.20\"}]}]},"   \
    "{\"record\":\"mail.example.com\",\"marker\":null,\"targets\":["                                                 \
    "{\"role\":\"primary\",\"label\":\"$(reboot)\",\"check\":\"smtp\",\"addresses\":[{\"address\":\"192.0.2.25\"}]}" \
    "]}]}"

static const json_t *answer(void *ctx)
{
    return ctx;
}

/* The words are joined by blanks, a single dot is an empty one; so are the offers, in their order. */
static char *offers_to(const char *line, json_t *status)
{
    static char storage[4096];
    char copy[256];
    const char *words[16];
    uint32_t count = 0;
    (void)snprintf(copy, sizeof copy, "%s", line);
    for (char *rest = copy, *word; (word = strsep(&rest, " ")) != NULL;)
        words[count++] = strcmp(word, ".") == 0 ? "" : word;
    FILE *out = fmemopen(storage, sizeof storage, "w");
    complete_words(words, count, answer, status, out);
    fputc('\0', out);
    fclose(out);
    for (char *end = storage; (end = strchr(end, '\n')) != NULL;)
        *end = end[1] ? ' ' : '\0';
    return storage;
}

static const struct {
    const char *line, *offers;
} rows[] = {
    {"stat", "status"},
    {"fail", "failover failback"},
    {"--v", "--version"},
    {"nonsense .", ""},
    {"status .", "www.example.com mail.example.com"},
    {"status www.example.com m", "mail.example.com"},
    {"status --w", "--watch"},
    {"status --json w", "www.example.com"},
    {"explain w", "www.example.com"},
    {"explain www.example.com .", "--json --color --socket --help"},
    {"--color .", "auto always never"},
    {"status --color=a", "--color=auto --color=always"},
    {"status --socket /run/x m", "mail.example.com"},
    {"status --socket .", ""},
    {"log-level d", "debug"},
    {"log-level debug --for .", ""},
    {"failover www.example.com --to .", "primary fra1 secondary"},
    {"failover --to=s", "--to=secondary"},
    {"drain .", "fra1 192.0.2.10 2001:db8:1::10 198.51.100.20 192.0.2.25"},
    {"drain 2001:", "2001:db8:1::10"},
    {"hold .", "www.example.com mail.example.com"},
    {"wait www.example.com .", "primary secondary fra1"},
    {"heartbeat .", "web smtp"},
    {"heartbeat smtp .", "192.0.2.25"},
    {"heartbeat smtp 192.0.2.25 .", "up down"},
    {"adopt www.example.com --expect 1", "192.0.2.10,2001:db8:1::10 198.51.100.20"},
    {"take-over www.example.com --owner .", "4be1c0de77aa0912"},
    {"take-over www.example.com --owner 4be1c0de77aa0912 --epoch .", "57"},
    {"reload .", "--no-wait --json --color --socket --help"},
};

static void test_each_place_of_a_line_is_completed(void **state)
{
    json_t *status = json_loads(STATUS, 0, NULL);
    (void)state;
    assert_non_null(status);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_string_equal(offers_to(rows[i].line, status), rows[i].offers);
    json_decref(status);
}

static void test_without_a_daemon_there_are_commands_and_options_and_no_names(void **state)
{
    (void)state;
    assert_string_equal(offers_to("stat", NULL), "status");
    assert_string_equal(offers_to("status .", NULL), "");
    assert_string_equal(offers_to("status --j", NULL), "--json");
}

/* A label that a shell would run is not put in, and neither does nonsense of a strange daemon end it. */
static void test_what_a_shell_would_run_is_not_offered(void **state)
{
    json_t *status = json_loads(STATUS, 0, NULL), *odd = json_loads("{\"records\":[1,{\"targets\":[[]]}]}", 0, NULL);
    (void)state;
    assert_string_equal(offers_to("failover mail.example.com --to .", status), "primary");
    assert_string_equal(offers_to("status .", odd), "");
    assert_string_equal(offers_to("drain .", odd), "");
    json_decref(status);
    json_decref(odd);
}

/* Each word in capitals of each usage line and of each option has a row. */
static void assert_known(const char *usage)
{
    while (*usage) {
        size_t length = strspn(usage, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length > 0 && !complete_knows(usage, length))
            fail_msg("'%s' begins with a word that complete.c does not know", usage);
        usage += length > 0 ? length : 1;
    }
}

static void test_each_word_of_the_tables_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++)
        assert_known(command_rows[i].arguments);
    for (size_t i = 0; i < option_count; i++)
        assert_known(option_rows[i].value ? option_rows[i].value : "");
    assert_false(complete_knows("NOBODY", 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_place_of_a_line_is_completed),
        cmocka_unit_test(test_without_a_daemon_there_are_commands_and_options_and_no_names),
        cmocka_unit_test(test_what_a_shell_would_run_is_not_offered),
        cmocka_unit_test(test_each_word_of_the_tables_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
