/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/journal_line.
 * What:  the three forms of a line, byte for byte, and hostile text in them. LOG-14.
 */
#include "io/journal_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-23T14:02:31.204Z */
#define INSTANT_MS 1795442551204

static const struct log_record failover = {
    .level = LOG_LEVEL_WARNING,
    .message = "www.example.com FAILED OVER primary -> secondary (198.51.100.20): primary refused; ns1 NOERROR in 3 "
               "ms, serial 2026112304",
    .event = "failover",
    .message_id = "b7002155a9454778a49a1d9f6c8c5a5a",
    .field_count = 11,
    .fields = {{"RECORD", "www.example.com"},
               {"ZONE", "example.com"},
               {"SERVER", "ns1"},
               {"FROM", "primary"},
               {"TO", "secondary"},
               {"CAUSE", "health"},
               {"REASON", "refused"},
               {"RCODE", "NOERROR"},
               {"SERIAL", "2026112304"},
               {"CHANGE", "17"},
               {"DURATION_USEC", "372000000"}},
};

static char storage[JOURNAL_DATAGRAM_MAX];

static void test_logfmt_is_as_documented(void **state)
{
    (void)state;
    struct text line = text_over(storage, JOURNAL_LINE_MAX);
    journal_line_logfmt(&failover, INSTANT_MS, &line);
    assert_string_equal(
        line.bytes,
        "time=2026-11-23T14:02:31.204Z level=warning event=failover record=www.example.com zone=example.com server=ns1 "
        "from=primary to=secondary cause=health reason=refused rcode=NOERROR serial=2026112304 change=17 "
        "duration_usec=372000000 msg=\"www.example.com FAILED OVER primary -> secondary (198.51.100.20): primary "
        "refused; "
        "ns1 NOERROR in 3 ms, serial 2026112304\"\n");
}

static void expect_logfmt(const char *value, const char *wanted)
{
    struct log_record record = {
        .level = LOG_LEVEL_DEBUG, .message = "m", .field_count = 1, .fields = {{"DETAIL", value}}};
    struct text line = text_over(storage, JOURNAL_LINE_MAX);
    journal_line_logfmt(&record, 0, &line);
    char whole[256];
    struct text expected = text_over(whole, sizeof whole);
    text_addf(&expected, "time=1970-01-01T00:00:00.000Z level=debug detail=%s msg=\"m\"\n", wanted);
    assert_string_equal(line.bytes, expected.bytes);
}

static void test_logfmt_quotes_where_it_must(void **state)
{
    (void)state;
    expect_logfmt("plain-1.2:3/4", "plain-1.2:3/4");
    expect_logfmt("two words", "\"two words\"");
    expect_logfmt("a=b", "\"a=b\"");
    expect_logfmt("say \"no\"", "\"say \\\"no\\\"\"");
    expect_logfmt("back\\slash", "back\\slash");
    expect_logfmt("back\\slash here", "\"back\\\\slash here\"");
    expect_logfmt("", "\"\"");
    expect_logfmt("one\ntwo\x1b[31m\x7f", "\"one\\x0atwo\\x1b[31m\\x7f\"");
}

static void test_logfmt_names_each_level(void **state)
{
    (void)state;
    static const char *const names[] = {[LOG_LEVEL_CRITICAL] = " level=crit ",   [LOG_LEVEL_ERROR] = " level=error ",
                                        [LOG_LEVEL_WARNING] = " level=warning ", [LOG_LEVEL_NOTICE] = " level=notice ",
                                        [LOG_LEVEL_INFO] = " level=info ",       [LOG_LEVEL_DEBUG] = " level=debug "};
    for (enum log_level level = LOG_LEVEL_CRITICAL; level <= LOG_LEVEL_DEBUG; level++) {
        struct log_record record = {.level = level, .message = "m"};
        struct text line = text_over(storage, JOURNAL_LINE_MAX);
        journal_line_logfmt(&record, 0, &line);
        assert_non_null(strstr(line.bytes, names[level]));
    }
}

static void test_lines_that_are_cut_still_end(void **state)
{
    (void)state;
    char long_message[2 * JOURNAL_LINE_MAX];
    memset(long_message, '"', sizeof long_message - 1);
    long_message[sizeof long_message - 1] = '\0';
    struct log_record record = {.level = LOG_LEVEL_INFO, .message = long_message};
    struct text line = text_over(storage, JOURNAL_LINE_MAX);
    journal_line_logfmt(&record, 0, &line);
    assert_int_equal(line.length, JOURNAL_LINE_MAX - 1);
    assert_int_equal(line.bytes[line.length - 1], '\n');
    line = text_over(storage, JOURNAL_LINE_MAX);
    journal_line_stderr(&record, &line);
    assert_int_equal(line.bytes[line.length - 1], '\n');
    assert_int_equal(strlen(line.bytes), JOURNAL_LINE_MAX - 1);
}

static void test_stderr_has_the_priority_in_front(void **state)
{
    (void)state;
    struct log_record record = {.level = LOG_LEVEL_NOTICE, .message = "back again\n<0>forged"};
    struct text line = text_over(storage, JOURNAL_LINE_MAX);
    journal_line_stderr(&record, &line);
    assert_string_equal(line.bytes, "<5>back again\\x0a<0>forged\n");
}

static void test_native_has_a_field_a_line(void **state)
{
    (void)state;
    struct log_record record = failover;
    record.field_count = 2;
    record.message = "short";
    struct text line = text_over(storage, sizeof storage);
    journal_line_native(&record, &line);
    assert_string_equal(
        line.bytes,
        "MESSAGE=short\nPRIORITY=4\nSYSLOG_IDENTIFIER=repointd\nMESSAGE_ID=b7002155a9454778a49a1d9f6c8c5a5a\n"
        "REPOINT_EVENT=failover\nREPOINT_RECORD=www.example.com\nREPOINT_ZONE=example.com\n");
}

static void test_native_gives_the_length_of_what_has_newlines(void **state)
{
    (void)state;
    struct log_record record = {
        .level = LOG_LEVEL_DEBUG, .message = "m", .field_count = 1, .fields = {{"DETAIL", "a\nPRIORITY=0"}}};
    static const char wanted[] =
        "MESSAGE=m\nPRIORITY=7\nSYSLOG_IDENTIFIER=repointd\nREPOINT_DETAIL\n\x0c\0\0\0\0\0\0\0a\nPRIORITY=0\n";
    struct text line = text_over(storage, sizeof storage);
    journal_line_native(&record, &line);
    assert_int_equal(line.length, sizeof wanted - 1);
    assert_memory_equal(line.bytes, wanted, sizeof wanted - 1);
}

/* NOT-2: what a hook writes is its own word. */
static void test_words_of_others_have_their_name(void **state)
{
    (void)state;
    const struct log_record record = {.level = LOG_LEVEL_INFO, .message = "m", .event = "hook", .speaker = "hook"};
    struct text line = text_over(storage, sizeof storage);
    journal_line_native(&record, &line);
    assert_string_equal(line.bytes, "MESSAGE=m\nPRIORITY=6\nSYSLOG_IDENTIFIER=repointd[hook]\nREPOINT_EVENT=hook\n");
    line = text_over(storage, sizeof storage);
    journal_line_logfmt(&record, 0, &line);
    assert_string_equal(line.bytes, "time=1970-01-01T00:00:00.000Z level=info event=hook speaker=hook msg=\"m\"\n");
}

/* Half a field would spoil the whole datagram. */
static void test_native_leaves_out_what_does_not_fit(void **state)
{
    (void)state;
    char big[JOURNAL_DATAGRAM_MAX];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    struct log_record record = {
        .level = LOG_LEVEL_DEBUG, .message = "m", .field_count = 2, .fields = {{"DETAIL", big}, {"CHANGE", "1"}}};
    struct text line = text_over(storage, sizeof storage);
    journal_line_native(&record, &line);
    assert_string_equal(line.bytes, "MESSAGE=m\nPRIORITY=7\nSYSLOG_IDENTIFIER=repointd\nREPOINT_CHANGE=1\n");
    assert_false(line.truncated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logfmt_is_as_documented),
        cmocka_unit_test(test_logfmt_quotes_where_it_must),
        cmocka_unit_test(test_logfmt_names_each_level),
        cmocka_unit_test(test_lines_that_are_cut_still_end),
        cmocka_unit_test(test_stderr_has_the_priority_in_front),
        cmocka_unit_test(test_native_has_a_field_a_line),
        cmocka_unit_test(test_native_gives_the_length_of_what_has_newlines),
        cmocka_unit_test(test_words_of_others_have_their_name),
        cmocka_unit_test(test_native_leaves_out_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
