/* SPDX-License-Identifier: MIT */
/*
 * Where: io; given letters by app, above outbox, courier and notifier_file.
 * What:  carries out what the outboxes say, and keeps file and counters true.
 * Why:   one timer for all queues; whatever happens, the queue it happened to is looked at again.
 */
#include "io/notifier_queue.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define ALERTS_MS      60000 /* what stands is told again */
#define ALERTS_SOON_MS 1000  /* what has changed, with what changes beside it */

static mono_ms now_of(const struct notifiers *notifiers)
{
    return loop_now(notifiers->loop);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

void notifier_walk(notifier_file_give_fn *give, void *give_ctx, void *ctx)
{
    const struct notifiers *notifiers = ctx;
    for (uint32_t i = 0; i < notifiers->count; i++) {
        const struct queue *queue = notifiers->queues[i];
        for (uint32_t nth = 0; nth < queue->box.count; nth++)
            give(queue->name, queue->box.items[nth].letter, give_ctx);
    }
}

static uint32_t waiting(const struct notifiers *notifiers)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < notifiers->count; i++)
        count += notifiers->queues[i]->box.count;
    return count;
}

static void note_waits(struct queue *queue, const struct letter *letter)
{
    struct notifiers *notifiers = queue->notifiers;
    struct error err = {0};
    if (!notifiers->file)
        return;
    if (!notifier_file_add(notifiers->file, queue->name, letter, now_of(notifiers), &err))
        assert(err.code);
    notifiers->voice.kept(&err, notifiers->voice.ctx);
}

void notifier_note_over(struct queue *queue, struct letter *letter)
{
    struct notifiers *notifiers = queue->notifiers;
    struct error err = {0};
    if (notifiers->file) {
        if (!notifier_file_over(notifiers->file, queue->name, letter->key, waiting(notifiers), now_of(notifiers), &err))
            assert(err.code);
        notifiers->voice.kept(&err, notifiers->voice.ctx);
    }
    letter_free(letter);
}

static void drop_letter(struct queue *queue, struct letter *letter, const char *why)
{
    queue->dropped++;
    queue->notifiers->voice.dropped(queue->name, 1, why, queue->notifiers->voice.ctx);
    notifier_note_over(queue, letter);
}

/* ---- one queue --------------------------------------------------------------------------------------------------- */

static void arrived(struct queue *queue)
{
    queue->ok++;
    slate_lower(&queue->told, now_of(queue->notifiers));
    notifier_note_over(queue, outbox_take(&queue->box));
}

static void came_back(struct queue *queue, const char *why)
{
    struct notifiers *notifiers = queue->notifiers;
    mono_ms now = now_of(notifiers);
    uint32_t pause_ms = outbox_failed(&queue->box, &notifiers->chance, now);
    queue->retry++;
    if (slate_raise(&queue->told, now))
        notifiers->voice.failed(queue->name, why, queue->box.count, pause_ms, notifiers->voice.ctx);
}

/* What was wrong may be right now, if the test has arrived. */
static void test_ended(struct queue *queue, const struct courier_result *result)
{
    struct letter *letter = queue->test;
    queue->test = NULL;
    queue->is_test = false;
    queue->notifiers->voice.tested(queue->ticket, queue->name, result, queue->notifiers->voice.ctx);
    letter_free(letter);
    if (result->good) {
        outbox_again(&queue->box);
        queue->alerts_at = mono_earlier(queue->alerts_at, now_of(queue->notifiers));
    }
}

static void alerts_ended(struct queue *queue, const struct courier_result *result)
{
    struct notifiers *notifiers = queue->notifiers;
    mono_ms now = now_of(notifiers);
    uint32_t pause_ms = (uint32_t)OUTBOX_FIRST_MS << (queue->alerts_tries < 5 ? queue->alerts_tries : 5);
    notifiers->voice.alerts_told(queue->index, result->good, notifiers->voice.ctx);
    if (result->good) {
        queue->ok++;
        queue->alerts_tries = 0;
        slate_lower(&queue->told, now);
    } else if (result->again) {
        queue->alerts_at = now;
    } else {
        pause_ms = pause_ms < OUTBOX_LONGEST_MS ? pause_ms : OUTBOX_LONGEST_MS;
        queue->alerts_at = mono_earlier(queue->alerts_at, mono_after(now, pause_ms));
        queue->alerts_tries++;
        queue->retry++;
        if (slate_raise(&queue->told, now))
            notifiers->voice.failed(queue->name, result->words, 1, pause_ms, notifiers->voice.ctx);
    }
}

static void on_done(const struct courier_result *result, void *ctx)
{
    struct queue *queue = ctx;
    queue->delivery = NULL;
    if (queue->is_test && result->again)
        queue->is_test = false; /* it still waits */
    else if (queue->is_test)
        test_ended(queue, result);
    else if (queue->kind == NOTIFIER_ALERTMANAGER && !queue->box.out)
        alerts_ended(queue, result);
    else if (result->good)
        arrived(queue);
    else if (result->again)
        outbox_again(&queue->box);
    else
        came_back(queue, result->words);
    notifier_step_all(queue->notifiers);
}

static void digest(struct queue *queue)
{
    struct outbox *box = &queue->box;
    void *gathered[OUTBOX_LISTED_MOST];
    struct letter *letters[OUTBOX_LISTED_MOST];
    char key[LETTER_KEY_MAX];
    uint32_t at_hand = box->gathered, count = box->gathered + box->beyond;
    outbox_gathered(box, gathered);
    for (uint32_t i = 0; i < at_hand; i++)
        letters[i] = gathered[i];
    notifiers_key(queue->notifiers, key);
    struct letter *letter = letter_digest(key, loop_wall_ms(), letters, at_hand, count);
    outbox_digest(box, letter, now_of(queue->notifiers));
    note_waits(queue, letter);
    for (uint32_t i = 0; i < at_hand; i++)
        notifier_note_over(queue, letters[i]);
}

static void send_first(struct queue *queue)
{
    struct notifiers *notifiers = queue->notifiers;
    outbox_sent(&queue->box);
    queue->delivery = courier_deliver(notifiers->courier, queue->index, outbox_first(&queue->box), loop_wall_ms(),
                                      on_done, queue);
}

static void tell_alerts(struct queue *queue, mono_ms now)
{
    struct notifiers *notifiers = queue->notifiers;
    size_t length;
    char *body = notifiers->voice.alerts(queue->index, &length, notifiers->voice.ctx);
    queue->alerts_at = mono_after(now, ALERTS_MS);
    if (!body)
        return;
    queue->delivery = courier_post(notifiers->courier, queue->index, body, length, on_done, queue);
    free(body);
}

static void step(struct queue *queue, mono_ms now)
{
    struct notifiers *notifiers = queue->notifiers;
    while (!queue->delivery) {
        if (queue->test) {
            queue->is_test = true;
            queue->delivery = courier_deliver(notifiers->courier, queue->index, queue->test, loop_wall_ms(), on_done,
                                              queue);
            return;
        }
        if (queue->kind == NOTIFIER_ALERTMANAGER && queue->alerts_at <= now)
            tell_alerts(queue, now);
        switch (outbox_step(&queue->box, now)) {
        case OUTBOX_WAITS:
            return;
        case OUTBOX_SEND:
            if (queue->kind == NOTIFIER_ALERTMANAGER) /* it was something else when they came */
                drop_letter(queue, outbox_take(&queue->box), "an Alertmanager is told of alerts instead");
            else if (!queue->delivery)
                send_first(queue);
            break;
        case OUTBOX_EXPIRED:
            drop_letter(queue, outbox_take(&queue->box), "it could not be told within a day");
            break;
        case OUTBOX_DIGEST:
            digest(queue);
            break;
        }
    }
    if (outbox_step(&queue->box, now) == OUTBOX_DIGEST)
        digest(queue);
}

static mono_ms deadline(const struct queue *queue)
{
    if (queue->delivery)
        return queue->box.gathered > 0 ? queue->box.window_until : MONO_NEVER;
    mono_ms alerts = queue->kind == NOTIFIER_ALERTMANAGER ? queue->alerts_at : MONO_NEVER;
    return mono_earlier(alerts, outbox_deadline(&queue->box));
}

void notifier_step_all(struct notifiers *notifiers)
{
    mono_ms now = now_of(notifiers), next = MONO_NEVER;
    for (uint32_t i = 0; i < notifiers->count; i++) {
        step(notifiers->queues[i], now);
        next = mono_earlier(next, deadline(notifiers->queues[i]));
    }
    loop_timer_set(notifiers->loop, &notifiers->timer, next);
}

/* ---- the face ---------------------------------------------------------------------------------------------------- */

void notifiers_key(struct notifiers *notifiers, char ret[LETTER_KEY_MAX])
{
    struct text words = text_over(ret, LETTER_KEY_MAX);
    text_addf(&words, "%016" PRIx64 "-%" PRIx64 "-%" PRIu64, notifiers->owner, notifiers->born, ++notifiers->keys);
}

void notifiers_put(struct notifiers *notifiers, uint32_t notifier, struct letter *letter)
{
    struct queue *queue = notifiers->queues[notifier];
    if (queue->kind == NOTIFIER_ALERTMANAGER ||
        (letter->subject != ID_NONE && outbox_counts(&queue->box, now_of(notifiers))))
        return;
    const struct outbox_item item = {
        .letter = letter_share(letter), .born = now_of(notifiers), .subject = letter->subject};
    struct letter *gone = outbox_put(&queue->box, &item, now_of(notifiers));
    note_waits(queue, letter);
    if (gone)
        drop_letter(queue, gone, "too many wait, and it was the oldest");
    loop_timer_set(notifiers->loop, &notifiers->timer, now_of(notifiers));
}

bool notifiers_test(struct notifiers *notifiers, uint32_t notifier, struct letter *letter, uint32_t ticket)
{
    struct queue *queue = notifiers->queues[notifier];
    if (queue->test)
        return false;
    queue->test = letter_share(letter);
    queue->ticket = ticket;
    loop_timer_set(notifiers->loop, &notifiers->timer, now_of(notifiers));
    return true;
}

void notifiers_alerts_changed(struct notifiers *notifiers)
{
    mono_ms soon = mono_after(now_of(notifiers), ALERTS_SOON_MS);
    bool any = false;
    for (uint32_t i = 0; i < notifiers->count; i++) {
        struct queue *queue = notifiers->queues[i];
        if (queue->kind != NOTIFIER_ALERTMANAGER || queue->alerts_tries > 0)
            continue;
        queue->alerts_at = mono_earlier(queue->alerts_at, notifiers->hurries ? now_of(notifiers) : soon);
        any = true;
    }
    if (any)
        notifier_step_all(notifiers);
}

bool notifiers_try_again(struct notifiers *notifiers, struct error *err)
{
    return !notifiers->file || notifier_file_try_again(notifiers->file, err);
}

void notifiers_hurry(struct notifiers *notifiers)
{
    notifiers->hurries = true;
    for (uint32_t i = 0; i < notifiers->count; i++) {
        struct queue *queue = notifiers->queues[i];
        outbox_hurry(&queue->box);
        if (queue->alerts_at <= mono_after(now_of(notifiers), ALERTS_SOON_MS))
            queue->alerts_at = now_of(notifiers);
    }
    notifier_step_all(notifiers);
}

bool notifiers_are_idle(const struct notifiers *notifiers)
{
    for (uint32_t i = 0; i < notifiers->count; i++)
        if (notifiers->queues[i]->delivery || deadline(notifiers->queues[i]) <= now_of(notifiers))
            return false;
    return true;
}

uint32_t notifiers_count(const struct notifiers *notifiers)
{
    return notifiers->count;
}

struct notifier_counters notifiers_counters(const struct notifiers *notifiers, uint32_t notifier)
{
    const struct queue *queue = notifiers->queues[notifier];
    return (struct notifier_counters){.name = queue->name,
                                      .ok = queue->ok,
                                      .retry = queue->retry,
                                      .dropped = queue->dropped,
                                      .pending = queue->box.count + (queue->alerts_tries > 0)};
}
