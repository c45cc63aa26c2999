/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under orders.
 * What:  compare hand.h.
 */

#include "hand.h"

#include "writer.h"

#include <string.h>

/* ---- what is on its way ---- */

static bool is_mail(const struct happening *happening)
{
    return happening->kind == HAPPENS_ARRIVAL || happening->kind == HAPPENS_READ_ANSWER ||
           happening->kind == HAPPENS_SEND_ANSWER;
}

/* A read shows what was there when it was asked; when its answer comes is one of the choices. */
static void look_early(struct world *world)
{
    for (uint32_t r = 0; r < world->settings->record_count; r++) {
        struct read_pending *read = &world->servers.reads[r];
        if (read->is_active && !read->is_early)
            contents_now(world, r, &read->shown);
        read->is_early = true;
    }
}

static bool is_awaited(const struct world *world, const struct happening *happening)
{
    if (happening->kind == HAPPENS_ARRIVAL)
        return true;
    return world->engine && happening->life == world->life;
}

/* Of two answers to one message the second is the time-out, which the first makes needless. */
static bool is_second(const struct hand *hand, uint32_t item)
{
    for (uint32_t i = 0; i < item; i++)
        if (hand->pool[i].kind == HAPPENS_SEND_ANSWER && hand->pool[item].kind == HAPPENS_SEND_ANSWER &&
            hand->pool[i].number == hand->pool[item].number)
            return true;
    return false;
}

static void gather(struct hand *hand)
{
    uint32_t kept = 0;
    look_early(&hand->world);
    hand->pool_count += agenda_pull(&hand->world.agenda, is_mail, hand->pool + hand->pool_count,
                                    POOL_MAX - hand->pool_count);
    for (uint32_t i = 0; i < hand->pool_count; i++)
        if (is_awaited(&hand->world, &hand->pool[i]))
            hand->pool[kept++] = hand->pool[i];
    hand->pool_count = kept;
}

static void offer(struct hand *hand, enum act act, uint32_t item)
{
    uint32_t troubles = hand->crashes + hand->doubles + hand->losses + hand->flips;
    if (hand->option_count < OPTIONS_MAX && (act <= ACT_DELIVER || troubles < TROUBLES))
        hand->options[hand->option_count++] = (struct option){act, item};
}

static bool has_timeout_behind(const struct hand *hand, uint32_t item)
{
    for (uint32_t i = item + 1; i < hand->pool_count; i++)
        if (is_second(hand, i) && hand->pool[i].number == hand->pool[item].number)
            return true;
    return false;
}

static void offer_all(struct hand *hand)
{
    hand->option_count = 0;
    offer(hand, ACT_PASS, 0);
    for (uint32_t i = 0; i < hand->pool_count; i++) {
        const struct happening *item = &hand->pool[i];
        if (is_second(hand, i))
            continue;
        offer(hand, ACT_DELIVER, i);
        bool can_get_lost = item->kind != HAPPENS_SEND_ANSWER || has_timeout_behind(hand, i);
        if (can_get_lost && hand->losses < LOSSES)
            offer(hand, ACT_LOSE, i);
        if (item->kind == HAPPENS_ARRIVAL && hand->doubles < DOUBLES)
            offer(hand, ACT_DOUBLE, i);
    }
    if (hand->world.engine && hand->crashes < CRASHES) {
        offer(hand, ACT_KILL, 0);
        offer(hand, ACT_POWER, 0);
    }
    if (hand->flips < FLIPS)
        offer(hand, ACT_FLIP, 0);
}

/* ---- a turn ---- */

static struct happening take(struct hand *hand, uint32_t item)
{
    struct happening happening = hand->pool[item];
    memmove(&hand->pool[item], &hand->pool[item + 1], (--hand->pool_count - item) * sizeof hand->pool[0]);
    return happening;
}

static void deliver(struct hand *hand, struct happening happening)
{
    struct world *world = &hand->world;
    world->now = mono_later(world->now, happening.at);
    world_happen(world, &happening);
    while (world->engine && world->deadline <= world->now && world_step(world, world->now))
        continue;
}

static void lose(struct hand *hand, struct happening happening)
{
    struct world *world = &hand->world;
    if (happening.kind == HAPPENS_ARRIVAL) {
        world->servers.messages[happening.subject].copies--;
        servers_release(world, happening.subject);
    } else if (happening.kind == HAPPENS_SEND_ANSWER) {
        world->servers.sends[happening.subject].report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
    } else {
        world->servers.reads[happening.subject].report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
        happening.at += world->settings->servers[0].timeout_ms;
        hand->pool[hand->pool_count++] = happening;
    }
}

/* Time goes by until the daemon asks or sends something; at the most a minute. */
static void pass(struct hand *hand)
{
    struct world *world = &hand->world;
    uint64_t before = world->counters.reads + world->servers.messages_sent + world->counters.starts;
    mono_ms until = world->now + 60000;
    while (world->counters.reads + world->servers.messages_sent + world->counters.starts == before)
        if (!world_step(world, until))
            break;
}

static void flip(struct hand *hand)
{
    bool is_dead = hand->world.network.endpoints[0].mode == ENDPOINT_DEAD;
    endpoint_set(&hand->world, 0, is_dead ? ENDPOINT_ALIVE : ENDPOINT_DEAD);
}

static void play(struct hand *hand, struct option option)
{
    trace_line(&hand->world, "order   %s",
               (const char *const[]){"time passes", "delivered", "lost", "delivered, and doubled", "killed",
                                     "killed, and the power fails", "the primary changes"}[option.act]);
    switch (option.act) {
    case ACT_PASS:
        pass(hand);
        break;
    case ACT_DELIVER:
        deliver(hand, take(hand, option.item));
        break;
    case ACT_LOSE:
        hand->losses++;
        lose(hand, take(hand, option.item));
        break;
    case ACT_DOUBLE:
        hand->doubles++;
        hand->world.servers.messages[hand->pool[option.item].subject].copies++;
        deliver(hand, hand->pool[option.item]);
        break;
    case ACT_KILL:
    case ACT_POWER:
        hand->crashes++;
        world_kill_daemon(&hand->world, option.act == ACT_POWER);
        break;
    case ACT_FLIP:
        hand->flips++;
        flip(hand);
        break;
    }
    gather(hand);
}

/* ---- an order ---- */

static void set_up(struct hand *hand, enum trace_mode trace)
{
    struct world *world = &hand->world;
    *hand = (struct hand){.world.chance = random_from_seed(7)};
    setup_by_name(&world->setup, "two-targets");
    struct setup *setup = &world->setup;
    setup->checks[0].fall = setup->checks[0].rise = 1;
    setup->checks[0].jitter_permille = 0;
    setup->checks[0].interval_ms = setup->checks[0].interval_changing_ms = 30000;
    setup->servers[0].verify_count = 0;
    setup->servers[0].audit_ms = 60000;
    setup->servers[0].retry_most_ms = 5000;
    setup->records[0].fail_back_ms = setup->records[0].fail_back_most_ms = 0;
    setup->records[0].switches_most = 1000;
    setup->settings.safety.start_grace_ms = 0;
    world_prepare(world, 7, trace);
    struct contents contents;
    contents_of_target(world->settings, 0, &contents);
    contents.form = MARKER_FORM_ONE;
    contents.ttl_s = setup->records[0].ttl_s;
    contents.marker = (struct marker){.owner = world->owner, .epoch = 7, .nonce = 0x1234};
    writer_put(world, 0, &contents);
    world_start_daemon(world);
    world_run(world, world->now + 35000);
    endpoint_set(world, 0, ENDPOINT_DEAD);
    uint64_t sent = world->counters.sends;
    while (world->counters.sends == sent && world_step(world, world->now + 60000))
        continue;
    world->servers.well_since[0] = MONO_NEVER; /* what keeps messages on their way is a trouble */
    gather(hand);
}

static void take_root(struct hand *hand, enum root root)
{
    if (root == ROOT_UNKNOWN) {
        flip(hand);
        for (uint32_t i = 0; i < hand->pool_count; i++)
            if (hand->pool[i].kind == HAPPENS_SEND_ANSWER) {
                deliver(hand, take(hand, i));
                break;
            }
    } else if (root == ROOT_KILLED) {
        world_kill_daemon(&hand->world, false);
        hand->crashes++;
        pass(hand);
    }
    gather(hand);
}

/* L2: the way home. */
static void judge_end(struct hand *hand)
{
    struct world *world = &hand->world;
    struct contents contents;
    for (uint32_t i = 0; i < hand->pool_count; i++) {
        if (hand->pool[i].kind == HAPPENS_ARRIVAL)
            world->servers.messages[hand->pool[i].subject].is_held = true; /* too late for an answer */
        agenda_add(&world->agenda, hand->pool[i]);
    }
    hand->pool_count = 0;
    world->servers.well_since[0] = world->now;
    world_run(world, world->now + 240000);
    contents_now(world, 0, &contents);
    uint32_t wanted = world->network.endpoints[0].mode == ENDPOINT_DEAD ? 1 : 0;
    bool is_told = world->safety.ledgers[0].is_stopped;
    if (contents_target(world->settings, 0, &contents) != wanted && !is_told)
        violate(world, "L2", "after four quiet minutes the record is not on target %u, and nothing was told", wanted);
}

void hand_play(struct hand *hand, struct order *order, enum trace_mode trace)
{
    set_up(hand, trace);
    take_root(hand, order->root);
    for (uint32_t turn = 0; turn < order->depth && !hand->world.violation.is_set; turn++) {
        offer_all(hand);
        order->options[turn] = (uint8_t)hand->option_count;
        if (order->choices[turn] >= hand->option_count)
            order->choices[turn] = 0;
        play(hand, hand->options[order->choices[turn]]);
    }
    if (!hand->world.violation.is_set)
        judge_end(hand);
}
