/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside door.
 * What:  the daemon starts, is killed, stops as asked, stands still.
 */

#include "door.h"

void world_start_daemon(struct world *world)
{
    struct error err = {0};
    if (world->engine)
        return;
    world->life++;
    world->counters.starts++;
    trace_line(world, "daemon  starts, life %u", world->life);
    world->engine = engine_new(world->settings, world->owner, random_u64(&world->chance), world->now, &err);
    if (!world->engine) {
        violate(world, "S19", "no engine: %s", err.text);
        return;
    }
    world->is_stopping = false;
    world->is_frozen = false;
    world->frozen_until = world->now;
    judge_restart(world);
    secondaries_restart(world);
    safety_restart(world);
    liveness_restart(world);
    operators_restart(world);
    world->deadline = engine_deadline(world->engine);
    disk_restore(world);
    standing_restart(world);
}

static void end_daemon(struct world *world, int64_t pause_ms)
{
    operators_restart(world);
    reload_drop(world);
    engine_free(world->engine);
    world->engine = NULL;
    world->deadline = MONO_NEVER;
    world->is_stopping = false;
    network_forget(world);
    servers_forget(world);
    agenda_add(&world->agenda, (struct happening){.at = world->now + pause_ms, .kind = HAPPENS_START});
}

void world_crash_daemon(struct world *world)
{
    if (world->engine)
        world_kill_daemon(world, chance_one_in(world, 4));
}

void world_kill_daemon(struct world *world, bool loses_power)
{
    if (!world->engine)
        return;
    trace_line(world, "daemon  is killed");
    if (loses_power)
        disk_lose(world);
    end_daemon(world, 100 + chance_about(world, 10000));
}

/* L8: what it says about itself is what the shell waits for. */
static void judge_idle(struct world *world)
{
    if (engine_is_idle(world->engine) != !servers_are_awaited(world))
        violate(world, "L8", "a stopping daemon says that it is %sidle", engine_is_idle(world->engine) ? "" : "not ");
}

void world_stop_daemon(struct world *world)
{
    if (!world->engine || world->is_stopping || world->frozen_until > world->now)
        return;
    world->is_stopping = true;
    world->stopping_since = world->now;
    operators_restart(world);
    door_hand_over(world, &(struct event){.kind = EVENT_STOPPING});
    judge_idle(world);
    agenda_add(&world->agenda,
               (struct happening){.at = world->now + 5000, .kind = HAPPENS_STOP_CUT, .life = world->life});
    agenda_add(&world->agenda,
               (struct happening){.at = world->now + 10000, .kind = HAPPENS_STOP_END, .life = world->life});
}

void daemon_cut_stop(struct world *world)
{
    judge_idle(world);
    servers_give_up(world);
}

void daemon_finish_stop(struct world *world)
{
    if (!engine_is_idle(world->engine))
        violate(world, "L8", "10 s after STOPPING something is still under way");
    trace_line(world, "daemon  has stopped");
    end_daemon(world, 100 + chance_about(world, 10000));
}

void world_gap(struct world *world, int64_t gap_ms)
{
    if (!world->engine || world->is_stopping || world->frozen_until > world->now)
        return;
    trace_line(world, "daemon  stands still for %lld ms", (long long)gap_ms);
    world->is_frozen = true;
    world->frozen_until = world->now + gap_ms;
    agenda_add(
        &world->agenda,
        (struct happening){.at = world->frozen_until, .kind = HAPPENS_GAP_END, .number = gap_ms, .life = world->life});
}
