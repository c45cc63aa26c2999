/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/event_ring.
 * What:  lines get numbers, the last ones are kept, a question sleeps until there is an answer, and who is too slow
 *        hears how many he missed. Answers of the control socket end here.
 */
#include "app/event_ring.h"

#include "base/attributes.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the socket's side ---- */

static struct {
    uint32_t count, ticket;
    uint16_t status;
    json_t *object;
} answered;

void api_answer(struct api *api, uint32_t ticket, uint16_t status, char *json)
{
    (void)api;
    json_decref(answered.object);
    answered.count++;
    answered.ticket = ticket;
    answered.status = status;
    answered.object = json_loads(json, 0, NULL);
    assert_non_null(answered.object);
    free(json);
}

static struct commands commands;

static int open_ring(void **state)
{
    (void)state;
    static char socket;
    memset(&answered, 0, sizeof answered);
    log_set_sink(NULL, NULL);
    log_set_level(LOG_LEVEL_ERROR); /* the ring hears what the log does not */
    commands = (struct commands){.events = event_ring_new(), .errands.api = (struct api *)(void *)&socket};
    return 0;
}

static int close_ring(void **state)
{
    (void)state;
    event_ring_free(commands.events);
    json_decref(answered.object);
    log_write(&(struct log_record){.level = LOG_LEVEL_NOTICE, .event = "late", .message = "nobody hears it"});
    return 0;
}

static void tell(const char *message)
{
    log_write(&(struct log_record){.level = LOG_LEVEL_INFO,
                                   .event = "failover",
                                   .message = message,
                                   .field_count = 2,
                                   .fields = {{"RECORD", "www.example.com"}, {"SERIAL", "7"}}});
}

static void tell_many(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char message[16];
        (void)snprintf(message, sizeof message, "line %u", (unsigned)i + 1);
        tell(message);
    }
}

static void ask(uint32_t ticket, const char *after, bool wait, mono_ms now)
{
    const struct api_parameter parameters[] = {{"after", after}, {"wait", "yes"}};
    const struct api_request request = {
        .ticket = ticket, .parameter_count = wait ? 2 : 1, .parameters = after ? parameters : parameters + 1};
    struct api_request bare = request;
    bare.parameter_count = after == NULL ? (wait ? 1 : 0) : request.parameter_count;
    event_ring_request(&commands, &bare, now);
}

static json_int_t number_of(const char *key)
{
    return json_integer_value(json_object_get(answered.object, key));
}

static const json_t *events(void)
{
    return json_object_get(answered.object, "events");
}

static const char *text_of(size_t nth, const char *key)
{
    return json_string_value(json_object_get(json_array_get(events(), nth), key));
}

/* ---- tests ---- */

static void test_a_line_has_its_number_and_its_fields(void **state)
{
    (void)state;
    tell("www.example.com FAILED OVER");
    log_write(&(struct log_record){.level = LOG_LEVEL_DEBUG, .message = "of no interest"});
    ask(7, NULL, false, 1000);
    assert_int_equal(answered.count, 1);
    assert_int_equal(answered.ticket, 7);
    assert_int_equal(answered.status, 200);
    assert_int_equal(json_array_size(events()), 1);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(events(), 0), "number")), 1);
    assert_string_equal(text_of(0, "level"), "info");
    assert_string_equal(text_of(0, "event"), "failover");
    assert_string_equal(text_of(0, "message"), "www.example.com FAILED OVER");
    assert_string_equal(text_of(0, "record"), "www.example.com");
    assert_string_equal(text_of(0, "serial"), "7");
    assert_int_equal(strlen(text_of(0, "time")), strlen("2026-11-24T12:00:00.000Z"));
    assert_int_equal(number_of("last"), 1);
    assert_int_equal(number_of("missed"), 0);
}

static void test_what_came_after_a_number(void **state)
{
    (void)state;
    tell_many(5);
    ask(1, "3", false, 1000);
    assert_int_equal(json_array_size(events()), 2);
    assert_string_equal(text_of(0, "message"), "line 4");
    ask(2, "5", false, 1000);
    assert_int_equal(json_array_size(events()), 0);
    ask(3, "700", false, 1000); /* of a former life */
    assert_int_equal(json_array_size(events()), 0);
    assert_int_equal(number_of("last"), 5);
    ask(4, "three", false, 1000);
    assert_int_equal(answered.status, 400);
    ask(5, "-1", false, 1000);
    assert_int_equal(answered.status, 400);
}

static void test_the_last_ones_are_kept_and_the_others_missed(void **state)
{
    (void)state;
    tell_many(EVENTS_KEPT + 10);
    ask(1, "0", false, 1000);
    assert_int_equal(json_array_size(events()), EVENTS_KEPT);
    assert_string_equal(text_of(0, "message"), "line 11");
    assert_int_equal(number_of("missed"), 0); /* who asks for all has missed nothing */
    ask(2, "4", false, 1000);
    assert_int_equal(json_array_size(events()), EVENTS_KEPT);
    assert_int_equal(number_of("missed"), 6);
    ask(3, "10", false, 1000);
    assert_int_equal(number_of("missed"), 0);
    assert_int_equal(number_of("last"), EVENTS_KEPT + 10);
}

static void test_a_question_sleeps_until_there_is_an_answer(void **state)
{
    (void)state;
    assert_true(event_ring_deadline(commands.events) == MONO_NEVER);
    tell("first");
    ask(1, "1", true, 1000);
    event_ring_turn(commands.events, 1001);
    assert_int_equal(answered.count, 0);
    assert_true(event_ring_deadline(commands.events) == 1000 + EVENTS_WAIT_MS);
    tell("second");
    tell("third");
    assert_true(event_ring_deadline(commands.events) <= 1001);
    event_ring_turn(commands.events, 1001);
    assert_int_equal(answered.count, 1);
    assert_int_equal(answered.ticket, 1);
    assert_int_equal(json_array_size(events()), 2); /* what happens together arrives together */
    event_ring_turn(commands.events, 1002);
    assert_int_equal(answered.count, 1);
    assert_true(event_ring_deadline(commands.events) == MONO_NEVER);
    ask(2, "1", true, 1002); /* there is something: no sleep */
    assert_int_equal(answered.count, 2);
}

static void test_nothing_is_an_answer_after_a_while(void **state)
{
    (void)state;
    ask(1, "0", true, 1000);
    event_ring_turn(commands.events, 1000 + EVENTS_WAIT_MS - 1);
    assert_int_equal(answered.count, 0);
    event_ring_turn(commands.events, 1000 + EVENTS_WAIT_MS);
    assert_int_equal(answered.count, 1);
    assert_int_equal(json_array_size(events()), 0);
}

static void test_more_than_so_many_do_not_sleep(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= EVENTS_WAITERS; i++)
        ask(i, "0", true, 1000);
    assert_int_equal(answered.count, 0);
    ask(90, "0", true, 1000);
    assert_int_equal(answered.count, 1);
    assert_int_equal(answered.ticket, 90);
    tell("now");
    event_ring_turn(commands.events, 1001);
    assert_int_equal(answered.count, 1 + EVENTS_WAITERS);
    ask(91, "1", true, 1002); /* their places are free again */
    assert_int_equal(answered.count, 1 + EVENTS_WAITERS);
}

int main(void)
{
#define WITH_RING(test) cmocka_unit_test_setup_teardown(test, open_ring, close_ring)
    const struct CMUnitTest tests[] = {
        WITH_RING(test_a_line_has_its_number_and_its_fields),
        WITH_RING(test_what_came_after_a_number),
        WITH_RING(test_the_last_ones_are_kept_and_the_others_missed),
        WITH_RING(test_a_question_sleeps_until_there_is_an_answer),
        WITH_RING(test_nothing_is_an_answer_after_a_while),
        WITH_RING(test_more_than_so_many_do_not_sleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
