/* SPDX-License-Identifier: MIT */
/*
 * Where: io, in dns_verify.
 * What:  for each address the end of the time that was given away.
 */

#include "io/dns_pace.h"

#include <stdbool.h>

static bool is_same(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && address_equal(&a->address, &b->address);
}

/* The server's place; where it has none, a new one, or that of the one that rests longest. */
static uint32_t place_of(struct dns_pace *pace, const struct endpoint *peer)
{
    uint32_t eldest = 0;
    for (uint32_t i = 0; i < pace->count; i++) {
        if (is_same(&pace->items[i].peer, peer))
            return i;
        if (pace->items[i].next < pace->items[eldest].next)
            eldest = i;
    }
    uint32_t place = pace->count < DNS_PACE_MAX ? pace->count++ : eldest;
    pace->items[place].peer = *peer;
    pace->items[place].next = 0;
    return place;
}

mono_ms dns_pace_take(struct dns_pace *pace, const struct endpoint *peer, uint32_t questions, mono_ms now)
{
    mono_ms *next = &pace->items[place_of(pace, peer)].next;
    mono_ms at = mono_later(now, *next);
    *next = mono_after(at, (int64_t)questions * DNS_PACE_QUESTION_MS);
    return at;
}
