/* SPDX-License-Identifier: MIT */
/*
 * Where: units of ctl/record_stream.
 * What:  a status in pieces of any size is the same records and the same rest; what is cut or is no JSON is not whole.
 */
#include "ctl/record_stream.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char heard[1024];

static void give(const json_t *record, void *ctx)
{
    assert_ptr_equal(ctx, heard);
    (void)snprintf(heard + strlen(heard), sizeof heard - strlen(heard), "%s;",
                   json_string_value(json_object_get(record, "record")));
}

/* In two pieces; the rest. */
static json_t *in_two(const char *json, size_t first, record_stream_fn *fn)
{
    heard[0] = '\0';
    struct record_stream *stream = record_stream_new(fn, heard);
    if (record_stream_add(stream, json, first))
        (void)record_stream_add(stream, json + first, strlen(json) - first);
    return record_stream_end(stream);
}

static const char whole[] = "{\"version\":1,\"records\":[{\"record\":\"a]},{[\\\"\",\"targets\":[{\"role\":\"x\"},"
                            "[{}]]},\n {\"record\":\"b\\\\\"} ,{\"record\":\"c\"}],"
                            "\"state\":{\"ok\":true,\"list\":[1,{\"y\":[]}]},\"dry_run\":false}\n";

static void test_each_split_gives_the_same(void **state)
{
    (void)state;
    for (size_t first = 0; first <= strlen(whole); first++) {
        json_t *rest = in_two(whole, first, give);
        assert_string_equal(heard, "a]},{[\";b\\;c;");
        assert_non_null(rest);
        assert_int_equal(json_array_size(json_object_get(rest, "records")), 0);
        assert_true(json_is_array(json_object_get(rest, "records")));
        assert_true(json_is_true(json_object_get(json_object_get(rest, "state"), "ok")));
        assert_int_equal(json_array_size(json_object_get(json_object_get(rest, "state"), "list")), 2);
        json_decref(rest);
        rest = in_two(whole, first, NULL);
        assert_non_null(rest);
        assert_string_equal(heard, "");
        json_decref(rest);
    }
}

static void test_what_is_cut_is_not_whole(void **state)
{
    (void)state;
    char part[sizeof whole];
    for (size_t length = 0; length + 2 < sizeof whole; length++) {
        memcpy(part, whole, length);
        part[length] = '\0';
        assert_null(in_two(part, length / 2, give));
    }
}

static void test_what_is_no_status_is_told_apart(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "}",
                                      "<html>",
                                      "{\"records\":[{\"record\":7,}]}",
                                      "{\"records\":[{]}]}",
                                      "{}}",
                                      "{\"records\":[7,null,{}]}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (in_two(bad[i], 0, give))
            fail_msg("whole: %s", bad[i]);
    json_t *rest = in_two("{\"version\":1,\"error\":\"no record named 'x'\"}", 3, give);
    assert_string_equal(json_string_value(json_object_get(rest, "error")), "no record named 'x'");
    json_decref(rest);
    rest = in_two("{\"version\":1,\"records\":[]}", 3, give);
    assert_non_null(rest);
    json_decref(rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_split_gives_the_same),
        cmocka_unit_test(test_what_is_cut_is_not_whole),
        cmocka_unit_test(test_what_is_no_status_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
