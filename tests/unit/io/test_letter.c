/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/letter and io/letter_words; NOT-1, NOT-5, NOT-7, NOT-9, NOT-10, NOT-13.
 * What:  one message in each of its forms, late, with nothing in it, with hostile words in it, and many as one.
 */
#include "io/letter.h"

#include "model/limits.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BORN_MS INT64_C(1795442551204) /* 2026-11-23T14:02:31.204Z */

static const char switched[] =
    "{\"version\":1,\"event\":\"failover\",\"change\":17,\"host\":\"gw1\",\"time\":\"2026-11-23T14:02:31.204Z\","
    "\"record\":\"www.example.com\",\"zone\":\"example.com\",\"cause\":\"health\","
    "\"from\":{\"target\":\"primary\",\"label\":\"fra1\",\"addresses\":[\"192.0.2.10\",\"2001:db8:1::10\"],"
    "\"state\":\"down\",\"check\":\"web\",\"reason\":\"refused\",\"detail\":\"connect to 192.0.2.10:443: Connection "
    "refused\",\"since\":\"2026-11-23T14:02:11Z\",\"failures\":3},"
    "\"to\":{\"target\":\"secondary\",\"label\":\"ams2\",\"addresses\":[\"198.51.100.20\"],\"state\":\"up\"},"
    "\"dns\":{\"server\":\"ns1\",\"rcode\":\"NOERROR\",\"serial\":2026112304,\"ttl\":15,\"served\":null},"
    "\"outage_seconds\":null,\"text\":\"www.example.com FAILED OVER primary -> secondary: refused\"}";

static struct letter *letter_of(const char *json)
{
    json_t *body = json_loads(json, 0, NULL);
    assert_non_null(body);
    return letter_new("4be1c0de77aa0912-19f-1", BORN_MS, body);
}

static void assert_holds(const char *words, const char *part)
{
    if (!strstr(words, part))
        fail_msg("no '%s' in: %s", part, words);
}

/* ---- each form ---- */

static void test_the_object_is_told_as_it_is(void **state)
{
    (void)state;
    struct letter *letter = letter_of(switched);
    size_t length;
    char *json = letter_json(letter, BORN_MS + LETTER_LATE_MS - 1, &length);
    assert_string_equal(json, switched);
    assert_int_equal(length, strlen(switched));
    free(json);
    letter_free(letter);
}

static void test_late_words(void **state)
{
    (void)state;
    struct letter *letter = letter_of(switched);
    char storage[512];
    struct text words = text_over(storage, sizeof storage);
    letter_sentence(letter, BORN_MS + 372000, &words);
    assert_string_equal(words.bytes,
                        "www.example.com FAILED OVER primary -> secondary: refused (told late: it happened "
                        "at 2026-11-23 14:02:31 UTC, 6m12s ago)");
    size_t length;
    char *json = letter_json(letter, BORN_MS + 372000, &length);
    assert_holds(json, "refused (told late: it happened at 2026-11-23 14:02:31 UTC, 6m12s ago)\"}");
    free(json);
    letter_free(letter);
}

static void test_for_people(void **state)
{
    (void)state;
    struct letter *letter = letter_of(switched);
    char storage[2048];
    struct text words = text_over(storage, sizeof storage);
    letter_for_people(letter, BORN_MS, &words);
    assert_string_equal(words.bytes,
                        "www.example.com FAILED OVER primary -> secondary: refused\n"
                        "from: primary fra1 (192.0.2.10, 2001:db8:1::10) is down since 2026-11-23T14:02:11Z: refused, "
                        "connect to 192.0.2.10:443: Connection refused; 3 failures in a row of check web\n"
                        "to:   secondary ams2 (198.51.100.20) is up\n"
                        "DNS:  ns1 NOERROR, serial 2026112304; caches may keep the old answer 15s\n"
                        "2026-11-23T14:02:31.204Z on gw1, change 17");
    size_t length;
    char *slack = letter_slack(letter, BORN_MS, &length);
    json_t *object = json_loads(slack, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(object, "text")), words.bytes);
    assert_int_equal(json_object_size(object), 1);
    json_decref(object);
    free(slack);
    letter_free(letter);
}

static void test_environment(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "REPOINT_EVENT=failover",
        "REPOINT_RECORD=www.example.com",
        "REPOINT_ZONE=example.com",
        "REPOINT_FROM=primary",
        "REPOINT_TO=secondary",
        "REPOINT_CAUSE=health",
        "REPOINT_REASON=refused",
        "REPOINT_DETAIL=connect to 192.0.2.10:443: Connection refused",
        "REPOINT_CHECK=web",
        "REPOINT_FROM_ADDRESSES=192.0.2.10 2001:db8:1::10",
        "REPOINT_TO_ADDRESSES=198.51.100.20",
        "REPOINT_RCODE=NOERROR",
        "REPOINT_SERIAL=2026112304",
        "REPOINT_CHANGE=17",
        "REPOINT_SINCE=2026-11-23T14:02:11Z",
        "REPOINT_OUTAGE_SECONDS=",
        "REPOINT_HOST=gw1",
        "REPOINT_TEXT=www.example.com FAILED OVER primary -> secondary: refused",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG=C.UTF-8",
    };
    struct letter *letter = letter_of(switched);
    char **words = letter_environment(letter, BORN_MS);
    size_t count = 0;
    for (; words[count]; count++) {
        assert_in_range(count, 0, ARRAY_COUNT(wanted) - 1);
        assert_string_equal(words[count], wanted[count]);
    }
    assert_int_equal(count, ARRAY_COUNT(wanted));
    free(words);
    letter_free(letter);
}

/* More addresses than a variable may hold: none is cut in its middle. */
static void test_very_many_addresses(void **state)
{
    (void)state;
    struct letter *letter = letter_of(switched);
    json_t *list = json_array();
    for (uint32_t i = 0; i < 1000; i++)
        json_array_append_new(list, json_sprintf("2001:db8:1111:2222:3333:4444:5555:%x", 0x1000 + i));
    json_object_set_new(json_object_get(letter->body, "from"), "addresses", list);
    char **words = letter_environment(letter, BORN_MS);
    for (size_t i = 0; words[i]; i++) {
        size_t length = strlen(words[i]);
        assert_true(length > 0);
        if (strncmp(words[i], "REPOINT_FROM_ADDRESSES=", 23) != 0)
            continue;
        assert_in_range(length, 3500, 4096 + 23);
        assert_int_equal((length - 23 + 1) % 39, 0);
    }
    free(words);
    letter_free(letter);
}

static void test_nothing_in_it(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{}", "{\"from\":null,\"to\":null,\"dns\":null,\"text\":null}", "{\"from\":1,\"to\":[],\"dns\":\"x\"}",
        "{\"records\":[1,{},null],\"from\":{\"target\":\"a\",\"addresses\":[[[\"x\"]],1,null]}}"};
    const char *const nobody[] = {NULL};
    for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
        struct letter *letter = letter_of(bodies[i]);
        char storage[4096];
        struct text words = text_over(storage, sizeof storage);
        letter_for_people(letter, BORN_MS, &words);
        letter_mail(letter, BORN_MS, nobody, &words);
        free(letter_environment(letter, BORN_MS));
        size_t length;
        free(letter_slack(letter, BORN_MS, &length));
        free(letter_json(letter, BORN_MS, &length));
        struct letter *both[] = {letter, letter};
        letter_free(letter_digest("k", BORN_MS, both, 2, 2));
        letter_free(letter);
    }
}

/* ---- mail ---- */

static void test_mail(void **state)
{
    (void)state;
    const char *const addresses[] = {"hostmaster@example.com", "root", NULL};
    struct letter *letter = letter_of(switched);
    char storage[4096];
    struct text mail = text_over(storage, sizeof storage), thread = text_over(letter->thread, sizeof letter->thread);
    text_add(&thread, "first-1");
    letter_mail(letter, BORN_MS, addresses, &mail);
    static const char head[] = "From: repointd on gw1 <repointd@gw1>\n"
                               "To: hostmaster@example.com,\n root\n"
                               "Subject: [repointd gw1] www.example.com FAILED OVER to secondary (refused)\n"
                               "Date: Mon, 23 Nov 2026 14:02:31 +0000\n"
                               "Message-ID: <4be1c0de77aa0912-19f-1@gw1>\n"
                               "In-Reply-To: <first-1@gw1>\nReferences: <first-1@gw1>\n"
                               "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
                               "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
                               "www.example.com FAILED OVER primary -> secondary: refused\nfrom: primary";
    assert_true(strncmp(mail.bytes, head, strlen(head)) == 0);
    assert_int_equal(mail.bytes[mail.length - 1], '\n');
    letter_free(letter);
}

/* A label, a host name or a detail cannot begin a header. */
static void test_nothing_ends_a_header(void **state)
{
    (void)state;
    const char *const addresses[] = {"root", NULL};
    struct letter *letter = letter_of(
        "{\"event\":\"failover\",\"host\":\"gw\\nBcc: a@b\",\"record\":\"www\\r\\nX: y\","
        "\"to\":{\"target\":\"s\\nZ: 1\"},\"from\":{\"reason\":\"r\\n\\nbody\"},\"text\":\"t\"}");
    char storage[4096];
    struct text mail = text_over(storage, sizeof storage);
    letter_mail(letter, BORN_MS, addresses, &mail);
    char *end = strstr(storage, "\n\n");
    assert_non_null(end);
    *end = '\0';
    assert_null(strstr(storage, "\nBcc"));
    assert_null(strstr(storage, "\nX:"));
    assert_null(strstr(storage, "\nZ:"));
    assert_holds(storage,
                 "Subject: [repointd gw\\x0aBcc: a@b] www\\x0d\\x0aX: y FAILED OVER to s\\x0aZ: 1 (r\\x0a\\x0abody)\n");
    assert_holds(storage, "Content-Transfer-Encoding: 8bit");
    letter_free(letter);
}

/* ---- many as one ---- */

static struct letter *one_of_many(uint32_t nth, const char *event)
{
    json_t *body = json_pack("{s:s, s:s+, s:i, s:{s:s}, s:{s:s}}", "event", event, "record", "r",
                             nth < 10 ? (char[]){(char)('0' + nth), '\0'} : "x", "change", (int)nth, "from", "target",
                             "primary", "to", "target", "secondary");
    assert_non_null(body);
    return letter_new("k", BORN_MS, body);
}

static void assert_digest(uint32_t failed, uint32_t returned, uint32_t count, const char *sentence)
{
    struct letter *letters[100];
    uint32_t at_hand = failed + returned;
    for (uint32_t i = 0; i < at_hand; i++)
        letters[i] = one_of_many(i, i < failed ? "failover" : "fail-back");
    struct letter *digest = letter_digest("key", BORN_MS, letters, at_hand, count);
    assert_string_equal(letter_text(digest, "text"), sentence);
    assert_string_equal(letter_text(digest, "event"), "digest");
    assert_int_equal(json_array_size(json_object_get(digest->body, "records")), at_hand);
    assert_int_equal(json_integer_value(json_object_get(digest->body, "count")), count);
    assert_true(json_is_null(json_object_get(digest->body, "record")));
    assert_int_equal(digest->subject, ID_NONE);
    letter_free(digest);
    for (uint32_t i = 0; i < at_hand; i++)
        letter_free(letters[i]);
}

static void test_digests(void **state)
{
    (void)state;
    assert_digest(11, 0, 11, "11 records FAILED OVER: r0, r1, r2, r3, r4 and 6 more");
    assert_digest(100, 0, 1000, "1000 records FAILED OVER: r0, r1, r2, r3, r4 and 995 more");
    assert_digest(0, 12, 12, "12 records returned: r0, r1, r2, r3, r4 and 7 more");
    assert_digest(9, 3, 12, "12 messages in one: 9 FAILED OVER, 3 returned: r0, r1, r2, r3, r4 and 7 more");
    assert_digest(
        60, 40, 300,
        "300 messages in one: 60 FAILED OVER, 40 returned among the first 100: r0, r1, r2, r3, r4 and 295 more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_object_is_told_as_it_is),
        cmocka_unit_test(test_late_words),
        cmocka_unit_test(test_for_people),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_very_many_addresses),
        cmocka_unit_test(test_nothing_in_it),
        cmocka_unit_test(test_mail),
        cmocka_unit_test(test_nothing_ends_a_header),
        cmocka_unit_test(test_digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
