/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  a watch for each check and place; for a calculated one those of its children first, and who is above whom.
 * Why:   a watch is shared by all that use it, found by its text in a table. Those above are listed whole, so that a
 *        result is carried up by one walk over a list that is in order already.
 */
#include "config/link.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define KEY_MAX 64

/* Hex, for printing addresses takes long. */
static void format_key(char key[KEY_MAX], uint32_t check, const struct spot *spot, uint32_t target)
{
    static const char digits[] = "0123456789abcdef";
    struct text out = text_over(key, KEY_MAX);
    text_addf(&out, "%" PRIu32 " ", check);
    if (spot->name != ID_NONE)
        text_addf(&out, "@%" PRIu32, spot->name);
    for (uint32_t i = 0; spot->name == ID_NONE && i < address_length(&spot->address); i++) {
        const char pair[2] = {digits[spot->address.bytes[i] >> 4], digits[spot->address.bytes[i] & 15]};
        text_add_bytes(&out, pair, sizeof(pair));
    }
    if (target != ID_NONE)
        text_addf(&out, " %" PRIu32, target);
    assert(!out.truncated);
}

static const struct group_settings *group_of(const struct linker *linker, uint32_t check)
{
    const struct check_settings *settings = list_at(&linker->checks, check);
    return linker->groups_are_sound && check_kind_is_calculated(settings->kind) ? &settings->how.group : NULL;
}

uint32_t link_watch(struct linker *linker, uint32_t check, const struct spot *spot, uint32_t target)
{
    char key[KEY_MAX];
    const struct check_settings *settings = list_at(&linker->checks, check);
    uint32_t watch = ID_NONE, own = settings->per_target ? target : ID_NONE;
    format_key(key, check, spot, own);
    if (names_find(linker->watch_names, key, &watch))
        return watch;
    const struct group_settings *group = group_of(linker, check);
    uint32_t children[CHECK_CHILDREN_MAX], count = group == NULL ? 0 : group->child_count;
    for (uint32_t i = 0; i < count; i++)
        children[i] = link_watch(linker, group->children[i], spot, target);
    watch = linker->watches.count;
    *(struct watch_settings *)list_add(&linker->watches) = (struct watch_settings){
        .check = check,
        .address = spot->address,
        .name = spot->name,
        .target = own,
        .least = group == NULL ? 0 : group->least,
        .child_first = linker->children.count,
        .child_count = count};
    for (uint32_t i = 0; i < count; i++)
        *(uint32_t *)list_add(&linker->children) = children[i];
    (void)names_add(linker->watch_names, key, watch, NULL);
    return watch;
}

/* ---- who is above whom ------------------------------------------------------------------------------------------ */

/* What a walk down from one calculated watch has to know. */
struct walk {
    struct watch_settings *watches;
    const uint32_t *children;
    uint32_t *above; /* NULL: only counted */
    uint32_t *seen;  /* by watch: the last top that came by, plus one */
    uint32_t top;
};

static void note(const struct walk *walk, uint32_t number)
{
    struct watch_settings *watch = &walk->watches[number];
    for (uint32_t i = 0; i < watch->child_count; i++) {
        uint32_t child = walk->children[watch->child_first + i];
        struct watch_settings *below = &walk->watches[child];
        if (walk->seen[child] == walk->top + 1)
            continue;
        walk->seen[child] = walk->top + 1;
        if (walk->above != NULL)
            walk->above[below->above_first + below->above_count] = walk->top;
        below->above_count++;
        note(walk, child);
    }
}

/* Each calculated watch in turn, ascending, tells those below it; so each run is ascending, too. */
static void note_all(struct walk *walk, uint32_t watch_count)
{
    for (walk->top = 0; walk->top < watch_count; walk->top++)
        if (walk->watches[walk->top].child_count > 0)
            note(walk, walk->top);
}

const uint32_t *link_above(struct linker *linker, struct watch_settings *watches, uint32_t watch_count,
                           const uint32_t *children, uint32_t *ret_count)
{
    struct walk walk = {
        .watches = watches, .children = children, .seen = arena_take(linker->arena, watch_count * sizeof(*walk.seen))};
    uint32_t count = 0;
    note_all(&walk, watch_count);
    for (uint32_t i = 0; i < watch_count; i++) {
        watches[i].above_first = count;
        count += watches[i].above_count;
        watches[i].above_count = 0;
    }
    walk.above = arena_take(linker->arena, count * sizeof(*walk.above));
    memset(walk.seen, 0, watch_count * sizeof(*walk.seen));
    note_all(&walk, watch_count);
    *ret_count = count;
    return walk.above;
}

void link_slowest(struct watch_settings *watches, uint32_t watch_count, const uint32_t *children,
                  const struct check_settings *checks)
{
    for (uint32_t i = 0; i < watch_count; i++) {
        struct watch_settings *watch = &watches[i];
        watch->slowest = watch->child_count == 0 ? watch->check : watches[children[watch->child_first]].slowest;
        for (uint32_t n = 1; n < watch->child_count; n++) {
            uint32_t other = watches[children[watch->child_first + n]].slowest;
            if (check_detection_ms(&checks[other]) > check_detection_ms(&checks[watch->slowest]))
                watch->slowest = other;
        }
    }
}
