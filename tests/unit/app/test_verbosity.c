/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/verbosity.
 * What:  another level for a while, what returns afterwards, and what a reload has to do with it. Answers end here.
 */
#include "app/verbosity.h"

#include "app/effects.h"
#include "ear.h"
#include "fixture.h"
#include "io/api_user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60000

static struct {
    uint16_t status;
    char json[512];
} answered;

void api_answer(struct api *api, uint32_t ticket, uint16_t status, char *json)
{
    (void)api, (void)ticket;
    answered.status = status;
    (void)snprintf(answered.json, sizeof answered.json, "%s", json);
    free(json);
}

void api_answer_pieces(struct api *api, uint32_t ticket, uint16_t status, const struct api_content *content,
                       api_piece_fn *piece, void (*done)(void *), void *source)
{
    (void)api, (void)ticket, (void)status, (void)content, (void)piece, (void)done, (void)source;
    fail();
}

static struct hands hands = {.report = &report};
static struct commands commands;

static int begin(void **state)
{
    (void)ear_open(state);
    commands = (struct commands){.errands = {.settings = &fixture_settings, .hands = &hands}};
    return 0;
}

static uint16_t ask(const char *body, mono_ms now)
{
    const struct api_request request = {.ticket = 1, .body = body, .body_length = strlen(body)};
    verbosity_request(&commands, &request, 0, "anna", now);
    return answered.status;
}

static void test_for_a_while_and_back(void **state)
{
    (void)state;
    assert_int_equal(ask("{\"level\": \"debug\", \"for\": \"10m\"}", 1000), 200);
    assert_non_null(strstr(answered.json, "\"level\":\"debug\",\"usual\":\"info\""));
    assert_int_equal(log_level_now(), LOG_LEVEL_DEBUG);
    assert_string_equal(heard.kept[0].message, "anna asked: log-level debug for 10m: done");
    assert_true(verbosity_deadline(&commands) == 1000 + 10 * MINUTE);
    verbosity_wake(&commands, 1000 + 10 * MINUTE - 1);
    assert_int_equal(log_level_now(), LOG_LEVEL_DEBUG);
    verbosity_wake(&commands, 1000 + 10 * MINUTE);
    assert_int_equal(log_level_now(), LOG_LEVEL_INFO);
    assert_non_null(strstr(heard.message, "its time is over: info again"));
    assert_true(verbosity_deadline(&commands) == MONO_NEVER);
}

static void test_another_one_meanwhile_does_not_become_the_usual_one(void **state)
{
    (void)state;
    (void)ask("{\"level\": \"debug\", \"for\": \"10m\"}", 1000);
    (void)ask("{\"level\": \"notice\", \"for\": \"1m\"}", 2000);
    assert_int_equal(log_level_now(), LOG_LEVEL_NOTICE);
    verbosity_wake(&commands, 2000 + MINUTE);
    assert_int_equal(log_level_now(), LOG_LEVEL_INFO);
}

static void test_without_an_end_it_stays(void **state)
{
    (void)state;
    (void)ask("{\"level\": \"debug\", \"for\": \"10m\"}", 1000);
    (void)ask("{\"level\": \"warning\"}", 2000);
    assert_true(verbosity_deadline(&commands) == MONO_NEVER);
    verbosity_wake(&commands, 1000 + 20 * MINUTE);
    assert_int_equal(log_level_now(), LOG_LEVEL_WARNING);
}

/* Somebody looks closely and a reload comes: the look goes on, and what returns is the level of the new file. */
static void test_a_reload_changes_what_returns(void **state)
{
    (void)state;
    (void)ask("{\"level\": \"debug\", \"for\": \"10m\"}", 1000);
    verbosity_usual(&commands, LOG_LEVEL_NOTICE);
    assert_int_equal(log_level_now(), LOG_LEVEL_DEBUG);
    verbosity_wake(&commands, 1000 + 10 * MINUTE);
    assert_int_equal(log_level_now(), LOG_LEVEL_NOTICE);
    verbosity_usual(&commands, LOG_LEVEL_WARNING);
    assert_int_equal(log_level_now(), LOG_LEVEL_WARNING);
}

static void test_what_is_no_level_or_no_time(void **state)
{
    (void)state;
    static const char *const bodies[] = {"",
                                         "{}",
                                         "{\"level\": 7}",
                                         "{\"level\": \"loud\"}",
                                         "{\"level\": \"debug\", \"more\": 1}",
                                         "{\"level\": \"debug\", \"for\": 10}",
                                         "{\"level\": \"debug\", \"for\": \"0s\"}",
                                         "{\"level\": \"debug\", \"for\": \"24h1s\"}",
                                         "{\"level\": \"debug\", \"for\": \"soon\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        if (ask(bodies[i], 1000) != 400 || log_level_now() != LOG_LEVEL_INFO)
            fail_msg("%s", bodies[i]);
    assert_int_equal(ask("{\"level\": \"debug\", \"for\": \"24h\"}", 1000), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_for_a_while_and_back, begin),
        cmocka_unit_test_setup(test_another_one_meanwhile_does_not_become_the_usual_one, begin),
        cmocka_unit_test_setup(test_without_an_end_it_stays, begin),
        cmocka_unit_test_setup(test_a_reload_changes_what_returns, begin),
        cmocka_unit_test_setup(test_what_is_no_level_or_no_time, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
