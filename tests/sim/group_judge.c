/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, part of judge.
 * What:  what is believed of a watch now; of a calculated one from its children, anew each time.
 * Why:   nothing is kept for a calculated watch, so it cannot lag behind: whatever the core carries up, and when, has
 *        to come to the same.
 */

#include "judge.h"
#include "world.h"

#include <assert.h>

#define CHILDREN_MAX 8

static const struct watch_settings *of(const struct world *world, uint32_t watch)
{
    return &world->settings->watches[watch];
}

uint32_t judge_child(const struct world *world, uint32_t watch, uint32_t nth)
{
    return world->settings->children[of(world, watch)->child_first + nth];
}

/* The children one by one, without those that this host cannot judge while it can judge others. */
static uint32_t gather(const struct world *world, uint32_t watch, struct belief_now *children)
{
    uint32_t count = 0;
    bool any_counts = false;
    struct belief_now all[CHILDREN_MAX];
    assert(of(world, watch)->child_count <= CHILDREN_MAX);
    for (uint32_t i = 0; i < of(world, watch)->child_count; i++) {
        all[i] = judge_watch(world, judge_child(world, watch, i));
        any_counts = any_counts || all[i].is_counted;
    }
    for (uint32_t i = 0; i < of(world, watch)->child_count; i++)
        if (!any_counts || all[i].is_counted || !all[i].is_asked)
            children[count++] = all[i];
    return count;
}

static enum health_state add_up(const struct belief_now *children, uint32_t count, uint32_t least, bool is_sound)
{
    uint32_t up = 0, may_be_up = 0;
    for (uint32_t i = 0; i < count; i++) {
        enum health_state state = is_sound ? children[i].sound : children[i].state;
        up += state == HEALTH_UP;
        may_be_up += state != HEALTH_DOWN;
    }
    return up >= least ? HEALTH_UP : may_be_up < least ? HEALTH_DOWN : HEALTH_UNKNOWN;
}

/* How many of them are up by a pass that began later than that one. */
static uint32_t newer_passes(const struct belief_now *children, uint32_t count, mono_ms start)
{
    uint32_t newer = 0;
    for (uint32_t i = 0; i < count; i++)
        newer += children[i].state == HEALTH_UP && children[i].passed_start > start;
    return newer;
}

struct belief_now judge_calculated(const struct world *world, uint32_t watch)
{
    struct belief_now children[CHILDREN_MAX], belief = {.is_asked = true};
    for (uint32_t i = 0; i < of(world, watch)->child_count; i++) {
        struct belief_now child = judge_watch(world, judge_child(world, watch, i));
        belief.is_asked = belief.is_asked && child.is_asked && !child.is_counted;
        belief.is_counted = belief.is_counted || child.is_counted;
    }
    uint32_t count = gather(world, watch, children), least = of(world, watch)->least;
    least = least > count ? count : least;
    if (!belief.is_counted)
        return belief;
    belief.state = add_up(children, count, least, false);
    belief.sound = add_up(children, count, least, true) == belief.state ? belief.state : HEALTH_UNKNOWN;
    for (uint32_t i = 0; i < count; i++) {
        if (children[i].state == HEALTH_DOWN)
            belief.failing_start = mono_later(belief.failing_start, children[i].failing_start);
        if (children[i].state == HEALTH_UP && newer_passes(children, count, children[i].passed_start) < least)
            belief.passed_start = belief.passed_start == 0
                                      ? children[i].passed_start
                                      : mono_earlier(belief.passed_start, children[i].passed_start);
    }
    return belief;
}
