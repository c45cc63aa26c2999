/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under app and reload.
 * What:  looks at the targets when it is time; saves once an hour and at the end.
 */
#include "app/trends_keep.h"

#include "io/loop.h"

#define SAVE_MS 3600000

static bool wants_them(const struct settings *settings)
{
    return settings->web.listen.address.family != ADDRESS_NONE;
}

void trends_keep_open(struct trends_keep *keep, const struct settings *settings, const struct state *state,
                      struct report *report, mono_ms now, struct error *warning)
{
    *keep = (struct trends_keep){.state = state, .report = report, .save_at = mono_after(now, SAVE_MS)};
    if (!wants_them(settings))
        return;
    keep->trends = trends_new(settings);
    trends_load(keep->trends, state, warning);
}

static void save(struct trends_keep *keep, bool minutes)
{
    struct error err = {0};
    if (!trends_save(keep->trends, keep->state, minutes, &err))
        report_state_unwritable(keep->report, STATE_PART_TRENDS, err.text,
                                "the bars of the status page begin anew at a restart");
}

void trends_keep_move(struct trends_keep *keep, const struct settings *settings, const uint32_t *watches,
                      const uint32_t *records, mono_ms now, struct error *warning)
{
    struct trends *former = keep->trends;
    if (!former) {
        trends_keep_open(keep, settings, keep->state, keep->report, now, warning);
        return;
    }
    keep->trends = NULL;
    if (wants_them(settings)) {
        keep->trends = trends_new(settings);
        trends_adopt(keep->trends, former, watches, records);
    }
    trends_free(former);
}

void trends_keep_wake(struct trends_keep *keep, const struct engine *engine, mono_ms now)
{
    if (!keep->trends)
        return;
    if (trends_deadline(keep->trends) <= now)
        trends_look(keep->trends, engine, now, loop_wall_ms());
    if (keep->save_at > now)
        return;
    keep->save_at = mono_after(now, SAVE_MS);
    save(keep, false);
}

mono_ms trends_keep_deadline(const struct trends_keep *keep)
{
    return keep->trends ? mono_earlier(trends_deadline(keep->trends), keep->save_at) : MONO_NEVER;
}

void trends_keep_close(struct trends_keep *keep)
{
    if (keep->trends)
        save(keep, true);
    trends_free(keep->trends);
    keep->trends = NULL;
}
