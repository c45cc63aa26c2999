/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app.
 * What:  hears what report says.
 */
#include "ear.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct ear heard;
struct report report;

static void listen(const struct log_record *record, void *ctx)
{
    (void)ctx;
    uint32_t place = heard.count++ % EAR_KEPT;
    heard.level = record->level;
    (void)snprintf(heard.event, sizeof heard.event, "%s", record->event);
    (void)snprintf(heard.message, sizeof heard.message, "%s", record->message);
    (void)snprintf(heard.kept[place].event, sizeof heard.kept[place].event, "%s", record->event);
    (void)snprintf(heard.kept[place].message, sizeof heard.kept[place].message, "%s", record->message);
    struct text fields = text_over(heard.fields, sizeof heard.fields);
    for (uint32_t i = 0; i < record->field_count; i++)
        text_addf(&fields, "%s%s=%s", i > 0 ? "|" : "", record->fields[i].name, record->fields[i].value);
    assert_null(strpbrk(record->message, "\n\x1b"));
}

int ear_open(void **state)
{
    (void)state;
    memset(&heard, 0, sizeof heard);
    log_set_level(LOG_LEVEL_INFO);
    log_set_sink(listen, NULL);
    report_init(&report, &fixture_settings, 1000);
    report.concurrency = 64;
    return 0;
}

void expect_line(const struct notice *notice, enum log_level level, const char *event, const char *message,
                 const char *fields)
{
    uint32_t before = heard.count;
    report_notice(&report, notice, 1000);
    assert_int_equal(heard.count, before + 1);
    assert_int_equal(heard.level, level);
    assert_string_equal(heard.event, event);
    assert_string_equal(heard.message, message);
    if (fields)
        assert_string_equal(heard.fields, fields);
}
