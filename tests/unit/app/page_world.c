/* SPDX-License-Identifier: MIT */
/*
 * Where: units of the status page.
 * What:  two records, well for an hour; what a page says of them.
 */
#include "page_world.h"

#include "core/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct server_settings server;
struct settings settings;
struct engine *engine;
struct trends *trends;
struct page page;
static char *rendered;

struct record *record_of(uint32_t index)
{
    return (struct record *)(uintptr_t)engine_record(engine, index);
}

struct watch *watch_of(uint32_t index)
{
    return (struct watch *)(uintptr_t)engine_watch(engine, index);
}

/* All up, all on their first targets, for an hour. */
static void make_well(void)
{
    for (uint32_t i = 0; i < settings.watch_count; i++) {
        struct watch *watch = watch_of(i);
        watch->health = (struct health){.state = HEALTH_UP, .counted = true, .passes = 1, .streak = 7, .since = START};
        watch->last = (struct probe_report){.verdict = VERDICT_PASS,
                                            .reason = REASON_OK,
                                            .started = page.view.now - 4000,
                                            .phases = {-1, 4000, -1, 30000, 41230},
                                            .detail = "HTTP 200"};
        trends_probe(trends, i, &watch->last, WALL);
    }
    for (uint32_t i = 0; i < settings.record_count; i++) {
        struct record *record = record_of(i);
        record->txn.condition = CONDITION_OK;
        record->txn.state = TXN_IDLE;
        record->current = 0;
        record->current_since = START;
        record->decision = (struct decision){.target = 0, .reason = DECISION_CURRENT_UP, .review_at = MONO_NEVER};
        record->targets[0].state = record->targets[1].state = HEALTH_UP;
    }
}

void fail_watch(uint32_t index, enum reason reason, const char *detail)
{
    struct watch *watch = watch_of(index);
    watch->health = (struct health){.state = HEALTH_DOWN, .counted = true, .fails = 3, .streak = 38, .since = START};
    watch->last = (struct probe_report){
        .verdict = VERDICT_FAIL, .reason = reason, .started = page.view.now, .phases = {-1, -1, -1, -1, 400}};
    (void)snprintf(watch->last.detail, sizeof watch->last.detail, "%s", detail);
    watch->last_failure = watch->last;
}

int page_world_begin(void **state)
{
    (void)state;
    struct error err;
    (void)setenv("TZ", "UTC", 1);
    server = fixture_settings.servers[0];
    server.timeout_ms = 5000;
    server.audit_ms = 300000;
    server.batch = 64;
    settings = fixture_settings;
    settings.servers = &server;
    engine = engine_new(&settings, OWNER, 1, START, &err);
    assert_non_null(engine);
    trends = trends_new(&settings);
    page = (struct page){.view = {.settings = &settings,
                                  .engine = engine,
                                  .now = START + 3600000,
                                  .wall_ms = WALL,
                                  .loaded_wall_ms = WALL - 1321000},
                         .trends = trends,
                         .host = "gw1"};
    make_well();
    trends_look(trends, engine, START, WALL - 60000);
    trends_look(trends, engine, START + 20000, WALL - 40000);
    return 0;
}

int page_world_end(void **state)
{
    (void)state;
    free(rendered);
    rendered = NULL;
    trends_free(trends);
    engine_free(engine);
    return 0;
}

/* ---- looking at what came out ---- */

static const char *keep(struct buffer *out)
{
    assert_false(out->truncated);
    buffer_add_bytes(out, "", 1);
    free(rendered);
    rendered = buffer_take(out);
    return rendered;
}

const char *front(void)
{
    struct buffer out = {.most = 1 << 20};
    page_front(&page, &out);
    return keep(&out);
}

const char *one(uint32_t record)
{
    struct buffer out = {.most = 1 << 20};
    page_record(&page, record, &out);
    return keep(&out);
}

void assert_has(const char *html, const char *words)
{
    if (!strstr(html, words))
        fail_msg("no '%s' in: %s", words, strstr(html, "</style>"));
}

void assert_has_not(const char *html, const char *words)
{
    const char *body = strstr(html, "</style>");
    assert_non_null(body);
    if (strstr(body, words))
        fail_msg("'%s' in: %s", words, body);
}
