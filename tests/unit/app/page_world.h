/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_APP_PAGE_WORLD_H
#define REPOINTD_TESTS_APP_PAGE_WORLD_H

/*
 * The house of fixture.h, all up and on the first targets for an hour. States are put into the records by hand: how a
 * record gets there is the engine's business.
 */

#include "app/page_parts.h"
#include "app/trends.h"
#include "fixture.h"

#define START 1000000
#define WALL  1795443123000 /* 2026-11-23T14:12:03Z */
#define OWNER 0x4be1c0de77aa0912

extern struct server_settings server;
extern struct settings settings;
extern struct engine *engine;
extern struct trends *trends;
extern struct page page;

int page_world_begin(void **state);
int page_world_end(void **state);

struct record *record_of(uint32_t index);
struct watch *watch_of(uint32_t index);
void fail_watch(uint32_t index, enum reason reason, const char *detail);

/* Pages, until the next one is made. */
const char *front(void);
const char *one(uint32_t record);

void assert_has(const char *html, const char *words);
void assert_has_not(const char *html, const char *words); /* behind the style */

#define RENDERED(test) cmocka_unit_test_setup_teardown(test, page_world_begin, page_world_end)

#endif
