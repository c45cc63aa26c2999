/* SPDX-License-Identifier: MIT */
/*
 * Where: core; asked by io/notifier, one for each notifier.
 * What:  a row of messages, the window in which switches gather, the pause after a failure.
 * Why:   pure, so that a day of a receiver that is down is a test of a millisecond.
 */
#include "core/outbox.h"

#include <assert.h>
#include <string.h>

void outbox_init(struct outbox *box, struct outbox_item *storage)
{
    *box = (struct outbox){.items = storage, .next_at = INT64_MIN};
}

static void remove_at(struct outbox *box, uint32_t place)
{
    box->gathered -= box->items[place].gathered;
    box->count--;
    memmove(&box->items[place], &box->items[place + 1], (box->count - place) * sizeof(box->items[0]));
}

static void *make_room(struct outbox *box)
{
    uint32_t oldest = box->out ? 1 : 0;
    if (box->count < OUTBOX_MOST)
        return NULL;
    void *letter = box->items[oldest].letter;
    remove_at(box, oldest);
    if (oldest == 0)
        box->tries = 0;
    return letter;
}

static void stretch_window(struct outbox *box, mono_ms now)
{
    if (box->gathered == 0)
        box->window_from = now;
    box->window_until = mono_earlier(mono_after(now, OUTBOX_QUIET_MS), mono_after(box->window_from, OUTBOX_WINDOW_MS));
}

bool outbox_counts(struct outbox *box, mono_ms now)
{
    if (box->gathered < OUTBOX_LISTED_MOST)
        return false;
    stretch_window(box, now);
    box->beyond++;
    return true;
}

void *outbox_put(struct outbox *box, const struct outbox_item *item, mono_ms now)
{
    assert(item->letter);
    void *gone = make_room(box);
    struct outbox_item *own = &box->items[box->count++];
    *own = *item;
    own->gathered = own->subject != ID_NONE;
    if (own->gathered)
        stretch_window(box, now);
    box->gathered += own->gathered;
    return gone;
}

bool outbox_restore(struct outbox *box, const struct outbox_item *item)
{
    assert(item->letter);
    if (box->count == OUTBOX_MOST)
        return false;
    box->items[box->count] = *item;
    box->items[box->count++].gathered = false;
    return true;
}

static void close_window(struct outbox *box)
{
    for (uint32_t i = 0; i < box->count; i++)
        box->items[i].gathered = false;
    box->gathered = 0;
}

/* More records than are told one by one; or more messages than are kept. */
static bool are_many(const struct outbox *box)
{
    uint32_t subjects[OUTBOX_SINGLY_MOST], count = 0;
    for (uint32_t i = 0; i < box->count; i++) {
        uint32_t nth = 0;
        if (!box->items[i].gathered)
            continue;
        while (nth < count && subjects[nth] != box->items[i].subject)
            nth++;
        if (nth == OUTBOX_SINGLY_MOST)
            return true;
        subjects[nth] = box->items[i].subject;
        count += nth == count;
    }
    return box->beyond > 0;
}

static mono_ms expiry(const struct outbox *box)
{
    return mono_after(box->items[0].born, OUTBOX_KEPT_MS);
}

/*
 *   first that fits                               then
 *   the window is over, with many                 digest
 *   the window is over, with few                  they are messages like others; go on
 *   empty, or one is out                          waits
 *   the first is a day old                        expired
 *   the first waits for its window, or its pause  waits
 *   else                                          send
 */
enum outbox_step outbox_step(struct outbox *box, mono_ms now)
{
    if (box->gathered > 0 && (box->hurries || box->window_until <= now)) {
        if (are_many(box))
            return OUTBOX_DIGEST;
        close_window(box);
    }
    if (box->count == 0 || box->out)
        return OUTBOX_WAITS;
    if (expiry(box) <= now)
        return OUTBOX_EXPIRED;
    return box->items[0].gathered || now < box->next_at ? OUTBOX_WAITS : OUTBOX_SEND;
}

mono_ms outbox_deadline(const struct outbox *box)
{
    mono_ms window = box->gathered == 0 ? MONO_NEVER : box->hurries ? INT64_MIN : box->window_until;
    if (box->count == 0 || box->out)
        return window;
    mono_ms first = box->items[0].gathered ? window : box->next_at;
    return mono_earlier(window, mono_earlier(first, expiry(box)));
}

void *outbox_first(const struct outbox *box)
{
    return box->count == 0 ? NULL : box->items[0].letter;
}

void outbox_sent(struct outbox *box)
{
    assert(box->count > 0 && !box->out);
    box->out = true;
}

void *outbox_take(struct outbox *box)
{
    assert(box->count > 0);
    void *letter = box->items[0].letter;
    remove_at(box, 0);
    box->out = false;
    box->tries = 0;
    box->next_at = INT64_MIN;
    return letter;
}

uint32_t outbox_failed(struct outbox *box, struct random *chance, mono_ms now)
{
    assert(box->out);
    uint32_t pause_ms = OUTBOX_FIRST_MS;
    for (uint32_t i = 0; i < box->tries && pause_ms < OUTBOX_LONGEST_MS; i++)
        pause_ms *= 2;
    pause_ms = pause_ms < OUTBOX_LONGEST_MS ? pause_ms : OUTBOX_LONGEST_MS;
    pause_ms -= (uint32_t)random_below(chance, pause_ms / 2 + 1);
    box->out = false;
    box->tries++;
    box->next_at = mono_after(now, pause_ms);
    return pause_ms;
}

void outbox_again(struct outbox *box)
{
    box->out = false;
    box->next_at = INT64_MIN;
}

void outbox_gathered(const struct outbox *box, void **ret)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < box->count && found < OUTBOX_LISTED_MOST; i++)
        if (box->items[i].gathered)
            ret[found++] = box->items[i].letter;
}

void outbox_digest(struct outbox *box, void *letter, mono_ms now)
{
    uint32_t kept = 0;
    bool stands = false;
    assert(box->gathered > 0);
    for (uint32_t i = 0; i < box->count; i++) {
        bool over = box->items[i].gathered;
        if (!over)
            box->items[kept++] = box->items[i];
        else if (!stands)
            box->items[kept++] = (struct outbox_item){.letter = letter, .born = now, .subject = ID_NONE};
        stands = stands || over;
    }
    box->count = kept;
    box->gathered = box->beyond = 0;
}

void outbox_hurry(struct outbox *box)
{
    box->hurries = true;
}
