/* SPDX-License-Identifier: MIT */
/*
 * Where: io, beside notifier.
 * What:  which queues there are: at the start, after a reload, at the end.
 * Why:   a queue is known by its notifier's name: what waits outlives a process and a change of everything else about
 *        the notifier.
 */
#include "io/notifier_queue.h"

#include "base/attributes.h"

#include <stdlib.h>
#include <string.h>

/* ---- another configuration --------------------------------------------------------------------------------------- */

static struct queue *queue_new(struct notifiers *notifiers, const char *name)
{
    struct queue *queue = calloc(1, sizeof *queue);
    struct outbox_item *items = calloc(OUTBOX_MOST, sizeof *items);
    char *own = strdup(name);
    if (!queue || !items || !own)
        abort();
    *queue = (struct queue){.notifiers = notifiers, .name = own, .items = items};
    outbox_init(&queue->box, items);
    queue->box.hurries = notifiers->hurries;
    return queue;
}

static void queue_free(struct queue *queue)
{
    if (queue->delivery)
        courier_cancel(queue->delivery);
    for (uint32_t i = 0; i < queue->box.count; i++)
        letter_free(queue->items[i].letter);
    letter_free(queue->test);
    free(queue->items);
    free(queue->name);
    free(queue);
}

static void tell_gone(struct queue *queue)
{
    const struct notifier_voice *voice = &queue->notifiers->voice;
    if (queue->test)
        voice->tested(queue->ticket, queue->name,
                      &(struct courier_result){.words = "that notifier is gone: the configuration was reloaded"},
                      voice->ctx);
    if (queue->box.count > 0)
        voice->dropped(queue->name, queue->box.count, "the notifier is no longer in the configuration", voice->ctx);
}

/* Out of the old list, or a new one. */
static struct queue *take_queue(struct notifiers *notifiers, struct queue **old, uint32_t old_count, const char *name)
{
    for (uint32_t i = 0; i < old_count; i++) {
        struct queue *queue = old[i];
        if (!queue || strcmp(queue->name, name) != 0)
            continue;
        old[i] = NULL;
        if (!queue->delivery)
            outbox_again(&queue->box);
        return queue;
    }
    return queue_new(notifiers, name);
}

static void let_go(struct queue **old, uint32_t old_count)
{
    for (uint32_t i = 0; i < old_count; i++) {
        if (!old[i])
            continue;
        tell_gone(old[i]);
        while (old[i]->box.count > 0)
            notifier_note_over(old[i], outbox_take(&old[i]->box));
        queue_free(old[i]);
    }
    free(old);
}

bool notifiers_know(struct notifiers *notifiers, const struct settings *settings, struct error *err)
{
    struct queue **old = notifiers->queues;
    uint32_t old_count = notifiers->count;
    notifiers->queues = calloc(settings->notifier_count + (size_t)1, sizeof(struct queue *));
    if (!notifiers->queues)
        abort();
    notifiers->count = settings->notifier_count;
    for (uint32_t i = 0; i < notifiers->count; i++) {
        struct queue *queue = take_queue(notifiers, old, old_count, settings->notifiers[i].name);
        queue->index = i;
        queue->kind = settings->notifiers[i].kind;
        queue->alerts_at = mono_earlier(queue->alerts_at, loop_now(notifiers->loop));
        notifiers->queues[i] = queue;
    }
    let_go(old, old_count);
    bool good = courier_know(notifiers->courier, settings->notifiers, settings->notifier_count, err);
    loop_timer_set(notifiers->loop, &notifiers->timer, loop_now(notifiers->loop));
    return good;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

struct restoring {
    struct notifiers *notifiers;
    uint32_t count;
};

static void on_timer(struct timer *timer)
{
    notifier_step_all(CONTAINER_OF(timer, struct notifiers, timer));
}

/* How old it is says the wall clock; one that was set back makes nothing younger than it is. */
static void give_back(const char *name, struct letter *letter, void *ctx)
{
    struct restoring *restoring = ctx;
    struct notifiers *notifiers = restoring->notifiers;
    int64_t age_ms = loop_wall_ms() - letter->born_wall_ms;
    struct outbox_item item = {.letter = letter, .born = loop_now(notifiers->loop) - (age_ms > 0 ? age_ms : 0)};
    for (uint32_t i = 0; i < notifiers->count; i++) {
        struct queue *queue = notifiers->queues[i];
        if (strcmp(queue->name, name) != 0)
            continue;
        bool has_room = outbox_restore(&queue->box, &item);
        if (has_room)
            letter_share(letter);
        else
            notifiers->voice.dropped(name, 1, "too many wait", notifiers->voice.ctx);
        restoring->count += has_room;
        return;
    }
    notifiers->voice.dropped(name, 1, "the notifier is no longer in the configuration", notifiers->voice.ctx);
}

uint32_t notifiers_restore(struct notifiers *notifiers, struct error *warning)
{
    struct restoring restoring = {.notifiers = notifiers};
    if (notifiers->file)
        notifier_file_load(notifiers->file, give_back, &restoring, warning);
    struct error err = {0};
    if (notifiers->file && !warning->code && !notifier_file_try_again(notifiers->file, &err))
        *warning = err;
    loop_timer_set(notifiers->loop, &notifiers->timer, loop_now(notifiers->loop));
    return restoring.count;
}

struct notifiers *notifiers_new(struct loop *loop, const struct state *state, uint64_t owner, uint64_t seed,
                                const struct notifier_voice *voice, struct error *err)
{
    struct notifiers *notifiers = calloc(1, sizeof *notifiers);
    if (!notifiers)
        abort();
    *notifiers = (struct notifiers){.loop = loop,
                                    .voice = *voice,
                                    .timer = {.fire = on_timer},
                                    .chance = random_from_seed(seed),
                                    .owner = owner,
                                    .born = (uint64_t)loop_wall_ms()};
    notifiers->courier = courier_new(loop, voice->said, voice->ctx, err);
    if (!notifiers->courier) {
        notifiers_free(notifiers);
        return NULL;
    }
    if (state)
        notifiers->file = notifier_file_open(state, notifier_walk, notifiers);
    return notifiers;
}

void notifiers_free(struct notifiers *notifiers)
{
    if (!notifiers)
        return;
    loop_timer_stop(notifiers->loop, &notifiers->timer);
    for (uint32_t i = 0; i < notifiers->count; i++)
        queue_free(notifiers->queues[i]);
    courier_free(notifiers->courier);
    notifier_file_close(notifiers->file);
    free(notifiers->queues);
    free(notifiers);
}
