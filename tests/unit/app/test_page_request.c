/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/page_request.
 * What:  what a reader may wish for, both sides of each bound; a record that is not there. WEB-3.
 */
#include "app/page_request.h"

#include "page_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct commands commands;
static struct web_answer answer;

/* Of the front, or of a record's page; the body is ended by a NUL. */
static const char *ask(const char *path, const char *name, const char *value)
{
    const struct api_parameter parameter = {.name = name, .value = value};
    const struct api_request request = {.path = path, .parameters = &parameter, .parameter_count = name ? 1 : 0};
    const struct web_look look = {.view = page.view, .commands = &commands, .request = &request, .host_name = "gw1"};
    buffer_done(&answer.body);
    answer = (struct web_answer){.status = 200, .body.most = WEB_ANSWER_MAX};
    if (strcmp(path, PAGE_PATH_FRONT) == 0)
        page_request_front(&look, &answer);
    else
        page_request_record(&look, &answer);
    buffer_add_bytes(&answer.body, "", 1);
    return answer.body.bytes;
}

static uint32_t refresh(const char *value)
{
    (void)ask(PAGE_PATH_FRONT, "refresh", value);
    return answer.refresh_s;
}

static void test_refresh_is_bounded(void **state)
{
    (void)state;
    (void)ask(PAGE_PATH_FRONT, NULL, NULL);
    assert_int_equal(answer.refresh_s, 0);
    assert_int_equal(refresh("15"), 15);
    assert_int_equal(refresh("5"), 5);
    assert_int_equal(refresh("4"), 0);
    assert_int_equal(refresh("3600"), 3600);
    assert_int_equal(refresh("3601"), 0);
    assert_int_equal(refresh("15; url=http://evil.example/"), 0);
    assert_int_equal(refresh(""), 0);
    (void)ask("/record/www.example.com", "refresh", "15");
    assert_int_equal(answer.refresh_s, 15);
}

static void test_what_is_not_understood_is_left_out(void **state)
{
    (void)state;
    assert_has(ask(PAGE_PATH_FRONT, "from", "1"), "from number 2");
    assert_has_not(ask(PAGE_PATH_FRONT, "from", "3"), "from number");
    assert_has_not(ask(PAGE_PATH_FRONT, "from", "-1"), "from number");
    assert_has_not(ask(PAGE_PATH_FRONT, "show", "<b>"), "Only what wants a look");
    assert_has(ask(PAGE_PATH_FRONT, "show", "attention"), "Only what wants a look");
    assert_has(ask(PAGE_PATH_FRONT, NULL, NULL), "<h1>DNS failover on gw1</h1>");
}

static void test_a_record_by_its_name(void **state)
{
    (void)state;
    assert_has(ask("/record/db.example.com", NULL, NULL), "<h1>db.example.com</h1>");
    assert_int_equal(answer.status, 200);
    assert_string_equal(ask("/record/dc.example.com", NULL, NULL),
                        "no record named 'dc.example.com'; did you mean 'db.example.com'?\n");
    assert_int_equal(answer.status, 404);
    (void)ask("/record/", NULL, NULL);
    assert_int_equal(answer.status, 404);
    buffer_done(&answer.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RENDERED(test_refresh_is_bounded),
        RENDERED(test_what_is_not_understood_is_left_out),
        RENDERED(test_a_record_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
