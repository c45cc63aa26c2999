/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/override_book and app/override_request.
 * What:  names to numbers, what is told where there is no such name, the wall clock, and the JSON of a request.
 * Names: faults 107, 130, 132.
 */
#include "app/override_book.h"
#include "app/override_request.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct override_book book;

static int open_book(void **state)
{
    (void)state;
    override_book_init(&book, &fixture_settings, NULL);
    (void)setenv("TZ", "UTC", 1);
    return 0;
}

static int close_book(void **state)
{
    (void)state;
    override_book_done(&book);
    return 0;
}

static void copy(char *to, size_t room, const char *words)
{
    struct text text = text_over(to, room);
    text_add(&text, words);
}

static struct override_note note_of(enum override_kind kind, const char *subject, const char *target)
{
    struct override_note note = {.kind = kind, .user = "root"};
    copy(note.subject, sizeof note.subject, subject);
    copy(note.target, sizeof note.target, target);
    return note;
}

static struct override resolved(struct override_note *note, uint32_t current)
{
    struct override override;
    struct error err = {0};
    if (!override_book_resolve(&fixture_settings, note, current, &override, &err))
        fail_msg("%s: %s", note->subject, err.text);
    return override;
}

static void expect_unknown(enum override_kind kind, const char *subject, const char *target, const char *part)
{
    struct override_note note = note_of(kind, subject, target);
    struct override override;
    struct error err = {0};
    assert_false(override_book_resolve(&fixture_settings, &note, 0, &override, &err));
    if (!strstr(err.text, part))
        fail_msg("'%s' lacks '%s'", err.text, part);
}

static void test_a_target_is_found_by_role_or_label(void **state)
{
    (void)state;
    struct override_note note = note_of(OVERRIDE_FAILOVER, "WWW.example.com.", "fra1");
    struct override override = resolved(&note, 1);
    assert_int_equal(override.record, 0);
    assert_int_equal(override.target, 0);
    assert_string_equal(note.subject, "www.example.com"); /* from here on as the file says it */
    assert_string_equal(note.target, "primary");
    note = note_of(OVERRIDE_FAILOVER, "db.example.com", "secondary");
    assert_int_equal(resolved(&note, 0).target, 1);
}

static void test_without_a_target_it_is_the_first_that_does_not_answer(void **state)
{
    (void)state;
    struct override_note note = note_of(OVERRIDE_FAILOVER, "www.example.com", "");
    assert_int_equal(resolved(&note, 0).target, 1);
    note = note_of(OVERRIDE_FAILOVER, "www.example.com", "");
    assert_int_equal(resolved(&note, 1).target, 0);
    note = note_of(OVERRIDE_FAILOVER, "www.example.com", "");
    assert_int_equal(resolved(&note, ID_NONE).target, 0);
}

static void test_a_drain_is_of_a_label_an_address_or_a_host_name(void **state)
{
    (void)state;
    struct override_note note = note_of(OVERRIDE_DRAIN, "fra1", "");
    struct override override = resolved(&note, ID_NONE);
    assert_string_equal(override.label, "fra1");
    assert_int_equal(override.address.family, ADDRESS_NONE);
    note = note_of(OVERRIDE_DRAIN, "2001:DB8:0::10", "");
    override = resolved(&note, ID_NONE);
    assert_null(override.label);
    assert_int_equal(override.address.family, ADDRESS_V6);
    assert_string_equal(note.subject, "2001:db8::10"); /* in one form, or it would be a second override */
    assert_int_equal(override.record, ID_NONE);

    uint8_t wire[DNAME_WIRE_MAX];
    struct name_settings host = {.text = "LB1.example.org."};
    assert_true(dname_parse(host.text, wire, &host.name, NULL));
    struct settings settings = fixture_settings;
    settings.names = &host;
    settings.name_count = 1;
    note = note_of(OVERRIDE_DRAIN, "lb1.Example.org", "");
    assert_true(override_book_resolve(&settings, &note, ID_NONE, &override, NULL));
    assert_null(override.label);
    assert_int_equal(override.address.family, ADDRESS_NONE);
    assert_int_equal(override.name, 0);
    assert_string_equal(note.subject, "lb1.example.org");
    assert_true(override_subject_is_name("LB1.EXAMPLE.ORG.", &settings, 0));
    assert_false(override_subject_is_name("lb2.example.org", &settings, 0));
    assert_false(override_subject_is_name("a..b", &settings, 0));
}

static void test_what_is_not_there_is_told(void **state)
{
    (void)state;
    expect_unknown(OVERRIDE_FAILOVER, "wwv.example.com", "", "did you mean 'www.example.com'");
    expect_unknown(OVERRIDE_FAILOVER, "www.example.com", "tertiary",
                   "has no target 'tertiary'; there is primary, secondary");
    expect_unknown(OVERRIDE_DRAIN, "nowhere", "", "label or host name 'nowhere'");
    expect_unknown(OVERRIDE_DRAIN, "192.0.2.99", "", "address '192.0.2.99'");
    expect_unknown(OVERRIDE_HOLD, "nowhere", "", "no record named 'nowhere'");
}

static void test_a_newer_one_takes_the_place_and_gets_a_number_of_its_own(void **state)
{
    (void)state;
    struct override_note note = note_of(OVERRIDE_FAILOVER, "www.example.com", "secondary");
    struct override override = resolved(&note, 0);
    assert_int_equal(override_book_set(&book, &note, override, 1000, 50000), 0);
    uint32_t first = book.overrides[0].id;
    note.until_wall_ms = 60000;
    assert_int_equal(override_book_set(&book, &note, override, 1000, 50000), 0);
    assert_int_equal(book.count, 1);
    assert_int_not_equal(book.overrides[0].id, first);
    assert_int_equal(override_book_find(&book, first), OVERRIDES_MAX);
    assert_int_equal(override_book_find(&book, book.overrides[0].id), 0);
    assert_true(book.overrides[0].until == 11000);
    override_book_drop(&book, 0);
    assert_int_equal(book.count, 0);
}

/* fault 107: the end is an instant of the wall clock, and follows it. */
static void test_the_end_follows_the_wall_clock(void **state)
{
    (void)state;
    struct override_note note = note_of(OVERRIDE_HOLD, OVERRIDE_ALL, "");
    note.until_wall_ms = 3600000;
    (void)override_book_set(&book, &note, resolved(&note, ID_NONE), 1000, 0);
    struct override_note ever = note_of(OVERRIDE_HOLD, "www.example.com", "");
    (void)override_book_set(&book, &ever, resolved(&ever, ID_NONE), 1000, 0);
    assert_false(override_book_follow_clock(&book, 61000, 60999));
    assert_true(override_book_follow_clock(&book, 61000, 1800000)); /* half an hour ahead */
    assert_true(book.overrides[0].until == 61000 + 1800000);
    assert_true(override_book_follow_clock(&book, 62000, 9999999));
    assert_true(book.overrides[0].until == 62000); /* it is over */
    assert_true(book.overrides[1].until == MONO_NEVER);
}

static void expect_sentence(struct override_note note, const char *sentence, const char *why)
{
    char storage[400];
    struct text text = text_over(storage, sizeof storage);
    override_note_format(&note, &text);
    assert_string_equal(text.bytes, sentence);
    text = text_over(storage, sizeof storage);
    override_note_why(&note, &text);
    assert_string_equal(text.bytes, why);
}

static void test_a_sentence_says_who_until_when_and_why(void **state)
{
    (void)state;
    struct override_note note = note_of(OVERRIDE_FAILOVER, "db.example.com", "secondary");
    copy(note.reason, sizeof note.reason, "kernel update");
    note.since_wall_ms = 1795017600000;
    note.until_wall_ms = note.since_wall_ms + 3600000;
    expect_sentence(note, "db.example.com forced to secondary by root until 17:00:00: kernel update",
                    "forced by root until 17:00:00: kernel update");
    note = note_of(OVERRIDE_HOLD, OVERRIDE_ALL, "");
    expect_sentence(note, "every record held by root", "held by root");
    note = note_of(OVERRIDE_DRAIN, "fra1", "");
    expect_sentence(note, "fra1 drained by root", "drained by root");
}

/* ---- requests ---- */

static struct override_request request;
static struct error trouble;

static bool read_text(enum override_verb verb, const char *body)
{
    trouble = (struct error){0};
    return override_request_read(verb, body, strlen(body), &request, &trouble);
}

static void test_a_request_is_read_and_said_as_it_would_be_typed(void **state)
{
    (void)state;
    assert_true(read_text(VERB_FAILOVER, "{\"record\": \"www.example.com\", \"to\": \"ams2\", \"for\": \"90m\", "
                                         "\"reason\": \"kernel\\nupdate\", \"force\": true}"));
    assert_string_equal(request.words,
                        "failover www.example.com --to ams2 --for 1h30m --force --reason \"kernel\\x0aupdate\"");
    assert_true(request.for_ms == 5400000 && request.force && !request.no_wait);
    assert_true(read_text(VERB_HOLD, "{\"all\": true, \"no_wait\": true}"));
    assert_string_equal(request.words, "hold --all");
    assert_string_equal(request.subject, OVERRIDE_ALL);
    assert_true(read_text(VERB_RELEASE, "{\"subject\": \"fra1\"}"));
    assert_true(read_text(VERB_DRAIN, "{\"subject\": \"192.0.2.10\", \"for\": \"1s\"}"));
    assert_true(read_text(VERB_FAIL_BACK, "{\"record\": \"www.example.com\"}"));
}

static void test_what_a_request_may_not_say(void **state)
{
    (void)state;
    static const struct {
        enum override_verb verb;
        const char *body, *part;
    } rows[] = {
        {VERB_FAILOVER, "", "no JSON object"},
        {VERB_FAILOVER, "[]", "no JSON object"},
        {VERB_FAILOVER, "{}", "'record' is missing"},
        {VERB_FAILOVER, "{\"record\": 7}", "'record' is a name"},
        {VERB_FAILOVER, "{\"record\": \"a\", \"subject\": \"b\"}", "failover knows no key 'subject'"},
        {VERB_FAILOVER, "{\"record\": \"a\", \"for\": 10}", "'for' is a duration"},
        {VERB_FAILOVER, "{\"record\": \"a\", \"for\": \"10\"}", "'for' is a duration"},
        {VERB_FAILOVER, "{\"record\": \"a\", \"for\": \"999ms\"}", "'for' is a duration"},
        {VERB_FAILOVER, "{\"record\": \"a\", \"for\": \"367d\"}", "'for' is a duration"},
        {VERB_FAILOVER, "{\"record\": \"a\", \"force\": 1}", "'force' is true or false"},
        {VERB_FAIL_BACK, "{\"record\": \"a\", \"for\": \"1h\"}", "failback knows no key 'for'"},
        {VERB_HOLD, "{\"record\": \"a\", \"all\": true}", "'all' goes without 'record'"},
        {VERB_HOLD, "{\"record\": \"a\", \"force\": true}", "hold knows no key 'force'"},
        {VERB_RELEASE, "{\"all\": false}", "'subject' is missing"},
        {VERB_DRAIN, "{\"subject\": \"a\", \"\\u001b[31m\": 1}", "drain knows no key '\\x1b[31m'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (read_text(rows[i].verb, rows[i].body) || !strstr(trouble.text, rows[i].part))
            fail_msg("%s: '%s' lacks '%s'", rows[i].body, trouble.text, rows[i].part);
    char body[700] = "{\"record\": \"";
    memset(body + 12, 'a', 600);
    memcpy(body + 612, "\"}", 3);
    assert_false(read_text(VERB_FAILOVER, body));
    assert_false(read_text(VERB_FAILOVER, "{\"record\": \"a b\"}"));
    assert_false(read_text(VERB_FAILOVER, "{\"record\": \"\"}"));
    assert_false(read_text(VERB_FAILOVER, "{\"record\": \"a\", \"reason\": 7}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_target_is_found_by_role_or_label, open_book, close_book),
        cmocka_unit_test_setup_teardown(test_without_a_target_it_is_the_first_that_does_not_answer, open_book,
                                        close_book),
        cmocka_unit_test_setup_teardown(test_a_drain_is_of_a_label_an_address_or_a_host_name, open_book, close_book),
        cmocka_unit_test_setup_teardown(test_what_is_not_there_is_told, open_book, close_book),
        cmocka_unit_test_setup_teardown(test_a_newer_one_takes_the_place_and_gets_a_number_of_its_own, open_book,
                                        close_book),
        cmocka_unit_test_setup_teardown(test_the_end_follows_the_wall_clock, open_book, close_book),
        cmocka_unit_test_setup_teardown(test_a_sentence_says_who_until_when_and_why, open_book, close_book),
        cmocka_unit_test(test_a_request_is_read_and_said_as_it_would_be_typed),
        cmocka_unit_test(test_what_a_request_may_not_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
