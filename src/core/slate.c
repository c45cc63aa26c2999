/* SPDX-License-Identifier: MIT */
/*
 * Where: core, below record.
 * What:  the rhythm in which trouble that lasts is told.
 */

#include "core/slate.h"

#define AGAIN_FIRST_MS 300000
#define AGAIN_MS       3600000

bool slate_raise(struct slate *slate, mono_ms now)
{
    if (!slate->active && now >= mono_after(slate->lowered, AGAIN_FIRST_MS))
        slate->told = 0;
    slate->active = true;
    if (slate->told > 0 && now < slate->next)
        return false;
    if (slate->told == 0)
        slate->since = now;
    slate->next = mono_after(now, slate->told == 0 ? AGAIN_FIRST_MS : AGAIN_MS);
    slate->told++;
    return true;
}

void slate_lower(struct slate *slate, mono_ms now)
{
    if (slate->active)
        slate->lowered = now;
    slate->active = false;
}

void slate_clean(struct slate *slate)
{
    *slate = (struct slate){.active = false};
}

mono_ms slate_deadline(const struct slate *slate)
{
    return slate->active ? slate->next : MONO_NEVER;
}
