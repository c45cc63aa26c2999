/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under world.
 * What:  a binary heap of happenings by instant, then by order of entry.
 */

#include "agenda.h"

#include <assert.h>
#include <stdlib.h>

static bool comes_before(const struct happening *a, const struct happening *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void agenda_done(struct agenda *agenda)
{
    free(agenda->items);
    *agenda = (struct agenda){0};
}

void agenda_add(struct agenda *agenda, struct happening happening)
{
    if (agenda->count == agenda->room) {
        agenda->room = agenda->room ? agenda->room * 2 : 256;
        agenda->items = realloc(agenda->items, agenda->room * sizeof *agenda->items);
        assert(agenda->items);
    }
    happening.order = agenda->orders++;
    uint32_t place = agenda->count++;
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (!comes_before(&happening, &agenda->items[parent]))
            break;
        agenda->items[place] = agenda->items[parent];
        place = parent;
    }
    agenda->items[place] = happening;
}

mono_ms agenda_next(const struct agenda *agenda)
{
    return agenda->count ? agenda->items[0].at : MONO_NEVER;
}

struct happening agenda_take(struct agenda *agenda)
{
    assert(agenda->count > 0);
    struct happening first = agenda->items[0];
    struct happening last = agenda->items[--agenda->count];
    uint32_t place = 0;
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= agenda->count)
            break;
        if (child + 1 < agenda->count && comes_before(&agenda->items[child + 1], &agenda->items[child]))
            child++;
        if (!comes_before(&agenda->items[child], &last))
            break;
        agenda->items[place] = agenda->items[child];
        place = child;
    }
    agenda->items[place] = last;
    return first;
}

uint32_t agenda_pull(struct agenda *agenda, bool (*is_wanted)(const struct happening *happening), struct happening *ret,
                     uint32_t room)
{
    struct agenda rest = {0};
    uint32_t count = 0;
    while (agenda->count > 0) {
        struct happening happening = agenda_take(agenda);
        if (!is_wanted(&happening)) {
            agenda_add(&rest, happening);
            continue;
        }
        assert(count < room);
        ret[count++] = happening;
    }
    agenda_done(agenda);
    *agenda = rest;
    return count;
}

void agenda_revise(struct agenda *agenda, bool (*stays)(struct happening *happening, void *ctx), void *ctx)
{
    struct agenda rest = {0};
    while (agenda->count > 0) {
        struct happening happening = agenda_take(agenda);
        if (stays(&happening, ctx))
            agenda_add(&rest, happening);
    }
    agenda_done(agenda);
    *agenda = rest;
}
