/* SPDX-License-Identifier: MIT */
/*
 * Where: units of ctl/status_table, ctl/table_output, ctl/table and ctl/record_stream.
 * What:  the table of a status to the letter: columns, capitals, colour, the width of a terminal, the closing line.
 *        CLI-3, CLI-4.
 */
#include "ctl/record_stream.h"
#include "ctl/status_table.h"
#include "ctl/table_output.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define NOW 1795443123 /* 2026-11-23T14:12:03Z */
#define TARGET(role, state, streak) \
    "{\"role\":\"" role "\",\"label\":null,\"state\":\"" state "\",\"streak\":" #streak ",\"addresses\":[]}"
#define RECORD(name, answer, since, in_dns, condition, why, override, targets)              \
    "{\"record\":\"" name "\",\"answer\":" answer ",\"since\":" since ",\"in_dns\":" in_dns \
    ",\"condition\":\"" condition "\",\"why\":\"" why "\",\"override\":" override ",\"targets\":[" targets "]}"
#define STATUS(records, rest) "{\"version\":1,\"records\":[" records "]," rest "}"
#define QUIET                                                                      \
    "\"connectivity\":{\"configured\":true,\"ok\":true,\"answering\":2,\"of\":2}," \
    "\"config\":{\"loaded\":\"2026-11-23T13:50:02Z\",\"ok\":true},\"dry_run\":false"

static const char www[] = STATUS(
    RECORD("www.example.com", "\"secondary\"", "\"2026-11-23T14:05:51Z\"", "true", "ok", "primary 192.0.2.10: refused",
           "null",
           TARGET("primary", "down", -38) "," TARGET(
               "secondary", "up",
               1204)) "," RECORD("api.example.com", "\"primary\"", "\"2026-11-20T10:12:03Z\"", "true", "ok", "", "null",
                                 TARGET("primary", "up", 9) "," TARGET(
                                     "secondary", "up", 9)) "," RECORD("x.example.com", "null", "null", "null",
                                                                       "unread", "", "null",
                                                                       TARGET("primary", "unknown",
                                                                              0) "," TARGET("secondary", "unknown", 0)),
    QUIET);

static char *table_of(const char *json, struct table_style style)
{
    char *words = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&words, &length);
    style.now_s = NOW;
    struct status_table *table = status_table_new(&style);
    struct record_stream *stream = record_stream_new(status_table_add, table);
    (void)record_stream_add(stream, json, strlen(json));
    json_t *rest = record_stream_end(stream);
    assert_non_null(out);
    if (rest)
        status_table_print(table, rest, out);
    status_table_free(table);
    fclose(out);
    json_decref(rest);
    return words;
}

static void expect_table(const char *json, struct table_style style, const char *wanted)
{
    char *words = table_of(json, style);
    assert_string_equal(words, wanted);
    free(words);
}

static void test_the_table(void **state)
{
    (void)state;
    expect_table(www, (struct table_style){0},
                 "RECORD           ANSWER     PRIMARY    SECONDARY  IN DNS  SINCE  WHY\n"
                 "www.example.com  SECONDARY  down  38x  up         yes     6m12s  primary 192.0.2.10: refused\n"
                 "api.example.com  primary    up         up         yes     3d4h\n"
                 "x.example.com    -          unknown    unknown    -\n"
                 "3 records: 1 on primary, 1 failed over, 1 not read yet.  connectivity ok.  config 13:50:02, ok.\n");
}

static void test_a_terminal_cuts_the_last_column_alone(void **state)
{
    (void)state;
    char *words = table_of(www, (struct table_style){.width = 75});
    assert_non_null(strstr(words, "6m12s  primary...\n"));
    assert_non_null(strstr(words, "www.example.com  SECONDARY"));
    free(words);
}

static void test_colour_stands_beside_words(void **state)
{
    (void)state;
    char *words = table_of(www, (struct table_style){.color = true});
    assert_non_null(strstr(words, "\033[33mSECONDARY\033[0m  \033[31mdown  38x\033[0m  up"));
    assert_null(strstr(words, "\033[31mup"));
    free(words);
}

static void test_targets_in_a_list_have_columns_by_place(void **state)
{
    (void)state;
    static const char lists[] = STATUS(RECORD("a", "\"ams\"", "null", "false", "ok", "", "null",
                                              TARGET("fra", "up", 1) "," TARGET("ams", "up", 1) "," TARGET(
                                                  "lon", "up", 1)) "," RECORD("b", "\"target-1\"", "null", "true", "ok",
                                                                              "", "null", TARGET("target-1", "up", 1)),
                                       QUIET);
    expect_table(lists, (struct table_style){0},
                 "RECORD  ANSWER    TARGET 1  AMS  LON  IN DNS  SINCE  WHY\n"
                 "a       AMS       up        up   up   no\n"
                 "b       target-1  up                  yes\n"
                 "2 records: 1 on the first target, 1 failed over.  connectivity ok.  config 13:50:02, ok.\n");
}

/* Fault 32: of several certificates the one that ends first. */
static void test_targets_tell_when_a_certificate_ends(void **state)
{
    (void)state;
    static const char lists[] =
        "{\"records\":[{\"record\":\"a\",\"targets\":[{\"role\":\"primary\",\"label\":\"fra1\",\"state\":\"up\","
        "\"streak\":7,"
        "\"reason\":\"ok\",\"detail\":null,\"addresses\":["
        "{\"address\":\"192.0.2.1\",\"latency_ms\":4.5,\"certificate_end\":\"2026-12-23T14:12:03Z\"},"
        "{\"address\":\"192.0.2.2\",\"latency_ms\":null,\"certificate_end\":\"2026-11-25T15:12:03Z\"}]},"
        "{\"role\":\"secondary\",\"label\":null,\"state\":\"down\",\"streak\":-3,\"reason\":\"tls-expired\",\"detail\":"
        "\"x\","
        "\"addresses\":[{\"address\":\"192.0.2.3\",\"latency_ms\":null,\"certificate_end\":\"2026-11-23T13:12:03Z\"}]},"
        "{\"role\":\"third\",\"label\":null,\"state\":\"up\",\"streak\":0,\"reason\":null,\"detail\":null,"
        "\"addresses\":[]}]}]}";
    char *words = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&words, &length);
    json_t *status = json_loads(lists, 0, NULL);
    assert_non_null(out);
    assert_non_null(status);
    struct targets_table targets = table_targets_begin(NOW);
    table_targets_add(json_array_get(json_object_get(status, "records"), 0), &targets);
    table_print(&targets.table, &(struct table_style){.now_s = NOW}, out);
    table_free(&targets.table);
    fclose(out);
    json_decref(status);
    assert_string_equal(words,
                        "RECORD  TARGET     LABEL  ADDRESS               STATE  STREAK  LATENCY  LAST RESULT\n"
                        "a       primary    fra1   192.0.2.1, 192.0.2.2  up     7x      4.5 ms   ok; certificate "
                        "ends in 2d1h\n"
                        "a       secondary         192.0.2.3             down   3x      -        tls-expired: x; "
                        "certificate ended 1h ago\n"
                        "a       third                                   up     -       -        no check: counted "
                        "up\n");
    free(words);
}

static void test_the_closing_line(void **state)
{
    (void)state;
    expect_table(STATUS("{\"record\":\"a\",\"condition\":\"off\",\"ownership\":\"none\"}", QUIET),
                 (struct table_style){0},
                 "RECORD  ANSWER  IN DNS  SINCE  WHY\n"
                 "a       -       -\n"
                 "1 record: 1 off.  connectivity ok.  config 13:50:02, ok.  1 without a marker (ownership: none).\n");
    expect_table(STATUS("", "\"connectivity\":{\"configured\":false,\"ok\":true,\"answering\":0,\"of\":0},"
                            "\"config\":{\"loaded\":\"2026-11-20T13:50:02Z\",\"ok\":false},\"dry_run\":true"),
                 (struct table_style){0},
                 "0 records.  connectivity not watched.  config 2026-11-20 13:50, NOT RELOADED.  DRY RUN: nothing is "
                 "sent.\n");
    expect_table(STATUS("", QUIET ",\"state\":{\"ok\":false,\"why\":\"history.jsonl cannot be written\"}"),
                 (struct table_style){0},
                 "0 records.  connectivity ok.  config 13:50:02, ok.  state NOT WRITABLE: history.jsonl cannot be "
                 "written.\n");
    expect_table(
        STATUS(RECORD("a", "null", "null", "false", "foreign", "", "null", "") "," RECORD(
                   "b", "\"primary\"", "null", "null", "off", "", "null",
                   TARGET("primary", "up", 1)) "," RECORD("c", "\"primary\"", "null", "true", "ok", "",
                                                          "{\"kind\":\"failover\"}", TARGET("primary", "up", 1)),
               "\"connectivity\":{\"configured\":true,\"ok\":false,\"answering\":0,\"of\":2},"
               "\"config\":{\"loaded\":\"?\",\"ok\":true},\"dry_run\":false"),
        (struct table_style){0},
        "RECORD  ANSWER   PRIMARY  IN DNS  SINCE  WHY\n"
        "a       -                 no\n"
        "b       primary  up       -\n"
        "c       primary  up       yes\n"
        "3 records: 1 forced, 1 not written, 1 off.  this host is CUT OFF (0 of 2 answer).  config at an "
        "unknown time, ok.\n");
}

/* Whatever comes in its place, it prints something and does not fall. */
static void test_other_shapes_do_no_harm(void **state)
{
    (void)state;
    static const char *const odd[] = {"{}", "{\"records\":7}", "{\"records\":[7,null,{}]}",
                                      "{\"records\":[{\"targets\":[7,{}],\"answer\":7,\"since\":\"x\"}]}"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        free(table_of(odd[i], (struct table_style){.width = 10, .color = true}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table),
        cmocka_unit_test(test_a_terminal_cuts_the_last_column_alone),
        cmocka_unit_test(test_colour_stands_beside_words),
        cmocka_unit_test(test_targets_in_a_list_have_columns_by_place),
        cmocka_unit_test(test_targets_tell_when_a_certificate_ends),
        cmocka_unit_test(test_the_closing_line),
        cmocka_unit_test(test_other_shapes_do_no_harm),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
