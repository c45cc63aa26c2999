/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of calculated, inverted and pushed checks.
 * What:  see group_site.h.
 */

#include "group_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WATCHES (2 * GROUP_CHECKS)

/* What a site borrows. */
struct group_rows {
    struct check_settings checks[GROUP_CHECKS];
    uint32_t children[WATCHES * GROUP_CHECKS], above[WATCHES * GROUP_CHECKS];
    bool rests_on[WATCHES][WATCHES];
};

struct group_check group_probe(const char *name)
{
    return (struct group_check){.check = {.name = name,
                                          .kind = CHECK_TCP,
                                          .interval_ms = 10000,
                                          .interval_changing_ms = 10000,
                                          .total_ms = 4000,
                                          .rise = 3,
                                          .fall = 3}};
}

struct group_check group_heartbeat(const char *name, uint32_t silence_ms)
{
    return (struct group_check){.check = {.name = name,
                                          .kind = CHECK_HEARTBEAT,
                                          .how.heartbeat.silence_ms = silence_ms,
                                          .interval_ms = silence_ms,
                                          .interval_changing_ms = silence_ms,
                                          .rise = 1,
                                          .fall = 1}};
}

struct group_check group_of(const char *name, uint32_t least, uint32_t count)
{
    struct group_check group = {
        .check = {.name = name, .kind = CHECK_AT_LEAST, .rise = 1, .fall = 1}, .least = least, .child_count = count};
    for (uint32_t i = 0; i < count; i++)
        group.children[i] = i;
    return group;
}

static void add_target(struct site *site, struct group_rows *rows, const struct group_check *row, uint32_t count,
                       uint32_t target)
{
    struct settings *settings = &site->settings;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t watch = settings->watch_count++;
        site->watches[watch] = (struct watch_settings){.check = k,
                                                       .address = site->values[target].address,
                                                       .name = ID_NONE,
                                                       .least = row[k].least,
                                                       .child_first = settings->child_count,
                                                       .child_count = row[k].child_count};
        for (uint32_t i = 0; i < row[k].child_count; i++) {
            uint32_t child = target * count + row[k].children[i];
            rows->children[settings->child_count++] = child;
            rows->rests_on[watch][child] = true;
            for (uint32_t below = 0; below < child; below++)
                rows->rests_on[watch][below] |= rows->rests_on[child][below];
        }
    }
    uint32_t last = settings->watch_count - 1;
    site->values[target].watch = last;
    site->users[target] = target;
    site->watches[last].user_first = target;
    site->watches[last].user_count = 1;
}

struct site *group_site(const struct group_check *row, uint32_t count)
{
    struct site *site = site_new();
    struct group_rows *rows = calloc(1, sizeof *rows);
    assert_non_null(rows);
    assert_in_range(count, 1, GROUP_CHECKS);
    struct settings *settings = &site->settings;
    for (uint32_t k = 0; k < count; k++)
        rows->checks[k] = row[k].check;
    settings->checks = rows->checks;
    settings->check_count = count;
    settings->watch_count = 0;
    settings->children = rows->children;
    settings->above = rows->above;
    for (uint32_t target = 0; target < 2; target++)
        add_target(site, rows, row, count, target);
    for (uint32_t watch = 0; watch < settings->watch_count; watch++) {
        site->watches[watch].above_first = settings->above_count;
        for (uint32_t above = watch + 1; above < settings->watch_count; above++)
            if (rows->rests_on[above][watch])
                rows->above[settings->above_count++] = above;
        site->watches[watch].above_count = settings->above_count - site->watches[watch].above_first;
    }
    return site;
}

uint32_t group_watch(const struct site *site, uint32_t target, uint32_t nth)
{
    return target * site->settings.check_count + nth;
}

struct door *group_door(const struct group_check *row, uint32_t count)
{
    struct door *door = door_quiet(group_site(row, count));
    door_run(door, 61000);
    return door;
}

void group_close(struct door *door)
{
    void *rows = (void *)door->site->settings.checks; /* the first of them */
    door_close(door);
    free(rows);
}

const struct health *group_health(const struct door *door, uint32_t target, uint32_t nth)
{
    return &engine_watch(door->engine, group_watch(door->site, target, nth))->health;
}

void group_push(struct door *door, uint32_t target, uint32_t nth, enum verdict verdict)
{
    const struct probe_report report = {.verdict = verdict,
                                        .reason = verdict == VERDICT_PASS ? REASON_OK : REASON_HEARTBEAT_DOWN,
                                        .started = door->now,
                                        .detail = "disk full"};
    const struct event event = {
        .kind = EVENT_HEARTBEAT, .op.subject = group_watch(door->site, target, nth), .is.probe = &report};
    door_event(door, &event);
}
