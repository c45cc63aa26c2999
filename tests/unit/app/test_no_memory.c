/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/render_json, app/render_explain, app/json_tree, over a real engine.
 * What:  each allocation of an answer fails in its turn, and all after it: the answer is whole, or there is none.
 *        Fault 15.
 */
#include "app/json_tree.h"
#include "app/render_explain.h"
#include "app/render_json.h"

#include "fixture.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WALL 1795443123000 /* 2026-11-23T14:12:03Z */

static struct engine *engine;
static struct server_settings server;
static struct settings settings;
static struct view view;

/* ---- a memory that runs out ---- */

static uint32_t left;   /* allocations that succeed yet */
static bool for_ever;   /* … and none after them; else one alone fails */
static uint32_t failed; /* so many did */

static void *take(size_t size)
{
    if (left > 0 || (failed > 0 && !for_ever)) {
        left -= left > 0 ? 1 : 0;
        return malloc(size);
    }
    failed++;
    return NULL;
}

static int open_engine(void **state)
{
    (void)state;
    struct error err;
    server = fixture_settings.servers[0];
    server.timeout_ms = 5000;
    server.retry_first_ms = 1000;
    server.retry_most_ms = 60000;
    server.audit_ms = 300000;
    server.batch = 64;
    settings = fixture_settings;
    settings.servers = &server;
    engine = engine_new(&settings, 7, 1, 1000, &err);
    assert_non_null(engine);
    view = (struct view){.settings = &settings,
                         .engine = engine,
                         .now = 1000,
                         .wall_ms = WALL,
                         .loaded_wall_ms = WALL,
                         .state_problem = "no room"};
    return 0;
}

static int close_engine(void **state)
{
    (void)state;
    engine_free(engine);
    return 0;
}

/* ---- answers: text from malloc, or NULL ---- */

static char *status(void)
{
    struct status_text *text = status_text_new(&view, NULL, 0);
    if (!text)
        return NULL;
    char *words = calloc(1, 65536);
    assert_non_null(words);
    size_t length = 0, got;
    while ((got = status_text_next(text, words + length, 100)) > 0 && got != API_PIECE_NONE)
        length += got;
    status_text_free(text);
    if (got == 0)
        return words;
    free(words);
    return NULL;
}

static char *explanation(void)
{
    return json_tree_text(render_explain(&view, 0));
}

static char * override(void)
{
    static const struct override_note note = {.kind = OVERRIDE_FAILOVER,
                                              .subject = "www.example.com",
                                              .target = "secondary",
                                              .user = "root",
                                              .reason = "kernel",
                                              .since_wall_ms = WALL,
                                              .until_wall_ms = WALL};
    json_t *list = json_array();
    for (int i = 0; i < 3; i++)
        list = json_tree_append(list, render_json_override(&note));
    return json_tree_text(json_tree_set(json_object(), "overrides", list));
}

/* Every point at which it can run out. How many there are. */
static uint32_t starve(char *(*answer)(void), bool without_end)
{
    left = UINT32_MAX;
    char *whole = answer();
    assert_non_null(whole);
    for (uint32_t most = 0;; most++) {
        left = most;
        failed = 0;
        for_ever = without_end;
        char *found = answer();
        if (found)
            assert_string_equal(found, whole);
        else
            assert_true(failed > 0);
        free(found);
        if (failed == 0) {
            free(whole);
            return most;
        }
    }
}

static void test_an_answer_is_whole_or_none(void **state)
{
    (void)state;
    char *(*const answers[])(void) = {status, explanation, override};
    json_set_alloc_funcs(take, free);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        assert_true(starve(answers[i], true) > 30);
        assert_true(starve(answers[i], false) > 30);
    }
    json_set_alloc_funcs(malloc, free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_answer_is_whole_or_none, open_engine, close_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
