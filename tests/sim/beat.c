/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside network.
 * What:  compare beat.h. Each comes well inside the silence that is allowed; what is pushed while nobody listens is
 *        lost.
 */

#include "beat.h"

#include "door.h"

static bool beats(const struct settings *settings, uint32_t watch)
{
    return settings->checks[settings->watches[watch].check].kind == CHECK_HEARTBEAT;
}

static void schedule(struct world *world, uint32_t watch)
{
    uint32_t silence_ms = world->settings->checks[world->settings->watches[watch].check].how.heartbeat.silence_ms;
    agenda_add(&world->agenda,
               (struct happening){.at = world->now + chance_between(world, silence_ms / 4, silence_ms * 3 / 5),
                                  .kind = HAPPENS_BEAT,
                                  .subject = watch});
}

void beats_begin(struct world *world)
{
    for (uint32_t w = 0; w < world->settings->watch_count; w++)
        if (beats(world->settings, w))
            schedule(world, w);
}

void beats_follow(struct world *world, const struct renumbering *renumbering)
{
    for (uint32_t w = 0; w < renumbering->fresh->watch_count; w++)
        if (renumbering->old_watch[w] == ID_NONE && beats(renumbering->fresh, w))
            schedule(world, w);
}

void beat_happens(struct world *world, uint32_t watch)
{
    bool lives = network_lives(world, watch), fails = !lives && chance_one_in(world, 2);
    bool is_cut = fault_is_active(world, FAULT_CUT_OFF) || fault_is_active(world, FAULT_TARGETS_LOST);
    schedule(world, watch);
    if (!world->engine || world->frozen_until > world->now || is_cut || (!lives && !fails))
        return;
    const struct probe_report report = {.verdict = lives ? VERDICT_PASS : VERDICT_FAIL,
                                        .reason = lives ? REASON_OK : REASON_STATUS,
                                        .started = world->now,
                                        .phases = {-1, -1, -1, -1, -1}};
    door_hand_over(world, &(struct event){
                              .kind = EVENT_HEARTBEAT, .op = {.subject = watch}, .is.probe = &report});
}
