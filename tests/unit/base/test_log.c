/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/log.
 * What:  what passes the level, what reaches the sink, and that silence is fine before there is one.
 */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct heard {
    int count;
    enum log_level level;
    char message[2000];
};

static void hear(const struct log_record *record, void *ctx)
{
    struct heard *heard = ctx;
    heard->count++;
    heard->level = record->level;
    strncpy(heard->message, record->message, sizeof(heard->message) - 1);
}

static void test_without_a_sink_nothing_is_on(void **state)
{
    (void)state;
    log_set_sink(NULL, NULL);
    assert_false(log_is_on(LOG_LEVEL_CRITICAL));
    log_write(&(struct log_record){.level = LOG_LEVEL_CRITICAL, .message = "lost"});
    log_debug("lost");
}

static void test_level_divides(void **state)
{
    (void)state;
    struct heard heard = {.count = 0};
    log_set_sink(hear, &heard);
    log_set_level(LOG_LEVEL_WARNING);
    log_write(&(struct log_record){.level = LOG_LEVEL_NOTICE, .message = "not heard"});
    assert_int_equal(heard.count, 0);
    log_write(&(struct log_record){.level = LOG_LEVEL_WARNING, .message = "heard"});
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.message, "heard");
    log_debug("not heard");
    assert_int_equal(heard.count, 1);
    log_set_sink(NULL, NULL);
}

static void test_a_listener_hears_whatever_the_level_is(void **state)
{
    (void)state;
    struct heard heard = {.count = 0}, listened = {.count = 0};
    log_set_sink(hear, &heard);
    log_set_listener(LOG_LEVEL_INFO, hear, &listened);
    log_set_level(LOG_LEVEL_WARNING);
    log_write(&(struct log_record){.level = LOG_LEVEL_INFO, .message = "for one"});
    log_write(&(struct log_record){.level = LOG_LEVEL_DEBUG, .message = "for nobody"});
    assert_int_equal(heard.count, 0);
    assert_int_equal(listened.count, 1);
    assert_string_equal(listened.message, "for one");
    log_set_level(LOG_LEVEL_DEBUG);
    log_write(&(struct log_record){.level = LOG_LEVEL_DEBUG, .message = "for the other"});
    assert_int_equal(heard.count, 1);
    assert_int_equal(listened.count, 1);
    log_set_listener(LOG_LEVEL_INFO, NULL, NULL);
    log_write(&(struct log_record){.level = LOG_LEVEL_INFO, .message = "for one"});
    assert_int_equal(listened.count, 1);
    log_set_sink(NULL, NULL);
}

static void test_debug_formats_and_cuts(void **state)
{
    (void)state;
    struct heard heard = {.count = 0};
    log_set_sink(hear, &heard);
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug("%s asked %d times", "192.0.2.1", 3);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.level, LOG_LEVEL_DEBUG);
    assert_string_equal(heard.message, "192.0.2.1 asked 3 times");
    log_debug("%01500d", 0);
    assert_int_equal(strlen(heard.message), 1023);
    log_set_sink(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_sink_nothing_is_on),
        cmocka_unit_test(test_level_divides),
        cmocka_unit_test(test_a_listener_hears_whatever_the_level_is),
        cmocka_unit_test(test_debug_formats_and_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
