/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/command_request.
 * What:  what a request may say, what it is told where it says something else, and how it stands in the log. Fault 132.
 */
#include "app/command_request.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct command_request request;
static struct error err;

static enum command_request_verdict read_text(enum command_kind kind, const char *body)
{
    err = (struct error){0};
    return command_request_read(&fixture_settings, kind, body, strlen(body), &request, &err);
}

static void expect_words(enum command_kind kind, const char *body, const char *words)
{
    if (read_text(kind, body) != COMMAND_REQUEST_GOOD)
        fail_msg("%s: %s", body, err.text);
    assert_string_equal(request.words, words);
}

static void expect_refused(enum command_kind kind, const char *body, enum command_request_verdict verdict,
                           const char *part)
{
    assert_int_equal(read_text(kind, body), verdict);
    if (!strstr(err.text, part))
        fail_msg("%s: '%s' lacks '%s'", body, err.text, part);
}

static void test_adopt_names_what_stands_there(void **state)
{
    (void)state;
    expect_words(COMMAND_ADOPT,
                 "{\"record\": \"www.example.com\", \"expect\": [\"2001:db8::10\", \"192.0.2.11\", \"192.0.2.10\"]}",
                 "adopt www.example.com --expect 192.0.2.10,192.0.2.11,2001:db8::10");
    assert_int_equal(request.command.record, 0);
    assert_int_equal(request.command.expect[0].type, RRTYPE_A);
    assert_int_equal(request.command.expect[0].count, 2);
    assert_int_equal(request.command.expect[1].count, 1);
    assert_false(request.no_wait);
    expect_words(COMMAND_ADOPT, "{\"record\": \"db.example.com\", \"expect\": [\"192.0.2.1\"], \"no_wait\": true}",
                 "adopt db.example.com --expect 192.0.2.1");
    assert_int_equal(request.command.record, 1);
    assert_true(request.no_wait);
}

static void test_a_family_that_is_not_named_is_expected_to_be_absent(void **state)
{
    (void)state;
    expect_words(COMMAND_ADOPT, "{\"record\": \"www.example.com\", \"expect\": [\"192.0.2.10\", \"192.0.2.10\"]}",
                 "adopt www.example.com --expect 192.0.2.10");
    assert_int_equal(request.command.expect[0].count, 1);
    assert_int_equal(request.command.expect[1].type, RRTYPE_AAAA);
    assert_int_equal(request.command.expect[1].count, 0);
}

/* Of a record whose targets are host names, a host name. */
static void test_adopt_names_a_host_name(void **state)
{
    (void)state;
    struct record_settings record = fixture_settings.records[0];
    struct settings settings = fixture_settings;
    record.types[0] = RRTYPE_CNAME;
    record.type_count = 1;
    settings.records = &record;
    settings.record_count = 1;
    static const char good[] = "{\"record\": \"www.example.com\", \"expect\": [\"LB1.example.org.\"]}";
    static const char address[] = "{\"record\": \"www.example.com\", \"expect\": [\"192.0.2.1\"]}";
    static const char neither[] = "{\"record\": \"www.example.com\", \"expect\": [\"lb1..org\"]}";
    assert_int_equal(command_request_read(&settings, COMMAND_ADOPT, good, strlen(good), &request, &err),
                     COMMAND_REQUEST_GOOD);
    assert_string_equal(request.words, "adopt www.example.com --expect lb1.example.org");
    assert_int_equal(request.command.expect[0].type, RRTYPE_CNAME);
    assert_int_equal(request.command.expect[0].count, 1);
    assert_int_equal(command_request_read(&settings, COMMAND_ADOPT, address, strlen(address), &request, &err),
                     COMMAND_REQUEST_BAD);
    assert_non_null(strstr(err.text, "host names as its targets"));
    assert_int_equal(command_request_read(&settings, COMMAND_ADOPT, neither, strlen(neither), &request, &err),
                     COMMAND_REQUEST_BAD);
    assert_non_null(strstr(err.text, "empty label"));
}

static void test_a_record_is_found_by_its_name_too(void **state)
{
    (void)state;
    expect_words(COMMAND_DISOWN, "{\"record\": \"WWW.example.com.\"}", "disown www.example.com");
    assert_int_equal(request.command.record, 0);
}

static void test_take_over_names_the_marker(void **state)
{
    (void)state;
    expect_words(COMMAND_TAKE_OVER, "{\"record\": \"db.example.com\", \"owner\": \"4be1c0de77aa0912\", \"epoch\": 57}",
                 "take-over db.example.com --owner 4be1c0de77aa0912 --epoch 57");
    assert_int_equal(request.command.owner, 0x4be1c0de77aa0912);
    assert_int_equal(request.command.epoch, 57);
    expect_words(COMMAND_TAKE_OVER, "{\"all\": true, \"owner\": \"00000000000000ff\"}",
                 "take-over --all --owner 00000000000000ff");
    assert_true(request.all);
    assert_int_equal(request.command.record, ID_NONE);
}

static void test_what_is_wrong_is_told(void **state)
{
    (void)state;
    const enum command_request_verdict bad = COMMAND_REQUEST_BAD;
    static const char *const none[] = {"", "{", "[]", "null", "7", "{\"record\": \"a\", \"record\": \"b\"}", "{} x"};
    for (size_t i = 0; i < ARRAY_COUNT(none); i++)
        expect_refused(COMMAND_DISOWN, none[i], bad, "no JSON object");
    expect_refused(COMMAND_DISOWN, "{}", bad, "'record' is the name of a record");
    expect_refused(COMMAND_DISOWN, "{\"record\": 7}", bad, "'record' is the name of a record");
    expect_refused(COMMAND_DISOWN, "{\"record\": \"www.example.com\", \"epoch\": 1}", bad, "knows no key 'epoch'");
    expect_refused(COMMAND_DISOWN, "{\"record\": \"www.example.com\", \"no_wait\": 1}", bad, "true or false");
    expect_refused(COMMAND_DISOWN, "{\"record\": \"wwv.example.com\"}", COMMAND_REQUEST_NO_RECORD,
                   "no record named 'wwv.example.com'; did you mean 'www.example.com'?");
    expect_refused(COMMAND_DISOWN, "{\"record\": \"\\u001b[31m\"}", COMMAND_REQUEST_NO_RECORD, "'\\x1b[31m'");
    expect_refused(COMMAND_ADOPT, "{\"record\": \"www.example.com\"}", bad, "the list of the addresses");
    expect_refused(COMMAND_ADOPT, "{\"record\": \"www.example.com\", \"expect\": []}", bad,
                   "the list of the addresses");
    expect_refused(COMMAND_ADOPT, "{\"record\": \"www.example.com\", \"expect\": [1]}", bad, "a list of addresses");
    expect_refused(COMMAND_ADOPT, "{\"record\": \"www.example.com\", \"expect\": [\"www\"]}", bad, "www");
    expect_refused(COMMAND_ADOPT, "{\"record\": \"db.example.com\", \"expect\": [\"2001:db8::1\"]}", bad,
                   "that type is not managed");
    static const char *const owners[] = {"", "4BE1C0DE77AA0912", "4be1c0de77aa091", "4be1c0de77aa09120",
                                         "4be1c0de77aa091g"};
    for (size_t i = 0; i < ARRAY_COUNT(owners); i++) {
        char body[128];
        (void)snprintf(body, sizeof body, "{\"all\": true, \"owner\": \"%s\"}", owners[i]);
        expect_refused(COMMAND_TAKE_OVER, body, bad, "16 hex digits");
    }
    expect_refused(COMMAND_TAKE_OVER, "{\"record\": \"db.example.com\", \"owner\": \"4be1c0de77aa0912\", \"epoch\": 0}",
                   bad, "above 0");
    expect_refused(COMMAND_TAKE_OVER,
                   "{\"record\": \"db.example.com\", \"owner\": \"4be1c0de77aa0912\", \"epoch\": \"1\"}", bad,
                   "above 0");
    expect_refused(COMMAND_TAKE_OVER,
                   "{\"all\": true, \"record\": \"db.example.com\", \"owner\": \"4be1c0de77aa0912\"}", bad,
                   "goes without");
}

static void test_a_set_has_a_bound(void **state)
{
    (void)state;
    static char body[20000];
    for (uint32_t count = COMMAND_ADDRESSES_MOST; count <= COMMAND_ADDRESSES_MOST + 1; count++) {
        struct text text = text_over(body, sizeof body);
        text_add(&text, "{\"record\": \"db.example.com\", \"expect\": [");
        for (uint32_t i = 0; i < count; i++)
            text_addf(&text, "%s\"10.0.%u.%u\"", i > 0 ? "," : "", i / 256, i % 256);
        text_add(&text, "]}");
        assert_int_equal(read_text(COMMAND_ADOPT, body),
                         count <= COMMAND_ADDRESSES_MOST ? COMMAND_REQUEST_GOOD : COMMAND_REQUEST_BAD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adopt_names_what_stands_there),
        cmocka_unit_test(test_a_family_that_is_not_named_is_expected_to_be_absent),
        cmocka_unit_test(test_a_record_is_found_by_its_name_too),
        cmocka_unit_test(test_take_over_names_the_marker),
        cmocka_unit_test(test_what_is_wrong_is_told),
        cmocka_unit_test(test_a_set_has_a_bound),
        cmocka_unit_test(test_adopt_names_a_host_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
