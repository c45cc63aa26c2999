/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_OUTBOX_H
#define REPOINTD_CORE_OUTBOX_H

/*
 * Where: core; asked by io/notifier, one for each notifier.
 * What:  which message leaves next and when: strictly in order, one at a time, tried again with back-off, given up
 *        after a day; and when many are told as one.
 * Why:   a message that overtakes another leaves the wrong last word behind; so a notifier that fails holds up its own
 *        later messages, and nobody else's.
 *
 * What happens to a record may happen to a thousand: its message waits until for OUTBOX_QUIET_MS no other one has come,
 * at most OUTBOX_WINDOW_MS. Then it is known whether it was one of many. Of a few records every step is told.
 */

#include "base/random.h"
#include "base/time.h"
#include "model/limits.h"

#include <stdbool.h>
#include <stdint.h>

#define OUTBOX_MOST        1000     /* messages that wait; then the oldest goes */
#define OUTBOX_KEPT_MS     86400000 /* since it happened; then it is given up */
#define OUTBOX_FIRST_MS    2000     /* pause after the first failure; it doubles, and up to half of it is chance */
#define OUTBOX_LONGEST_MS  60000
#define OUTBOX_QUIET_MS    1000
#define OUTBOX_WINDOW_MS   5000
#define OUTBOX_SINGLY_MOST 10  /* records whose messages in one window are told one by one */
#define OUTBOX_LISTED_MOST 100 /* … that are kept for a digest; more are counted */

struct outbox_item {
    void *letter;     /* the owner's, never NULL */
    mono_ms born;     /* when it happened; of one that was kept over a restart before the start */
    uint32_t subject; /* the record that it is about; ID_NONE: none */
    bool gathered;    /* it waits for the window to close; the outbox's own */
};

/* In storage of the owner. */
struct outbox {
    struct outbox_item *items; /* the oldest first; room for OUTBOX_MOST */
    uint32_t count, gathered;
    uint32_t beyond; /* of the window, that were only counted */
    bool out;        /* the first is on its way */
    bool hurries;    /* the daemon stops: no window is waited for */
    uint32_t tries;  /* of the first, that failed */
    mono_ms next_at; /* not tried before */
    mono_ms window_from, window_until;
};

enum outbox_step {
    OUTBOX_WAITS = 1, /* until outbox_deadline, or for the one that is out */
    OUTBOX_SEND,      /* the first, now: outbox_sent */
    OUTBOX_EXPIRED,   /* the first has waited too long: outbox_take */
    OUTBOX_DIGEST     /* what was gathered is to become one: outbox_gathered, outbox_digest */
};

void outbox_init(struct outbox *box, struct outbox_item *storage);

/* One more of a window that holds enough of them for a digest. True: it is counted, and not to be put. */
bool outbox_counts(struct outbox *box, mono_ms now);

/* Returns the letter that had to go because there is no room: the oldest that is not on its way; NULL: none. */
void *outbox_put(struct outbox *box, const struct outbox_item *item, mono_ms now);

/* One of before the start: in order, and in no window. False: there is no room. */
bool outbox_restore(struct outbox *box, const struct outbox_item *item);

/* What to do now; to be asked again after it was done. Closes a window that is over. */
enum outbox_step outbox_step(struct outbox *box, mono_ms now);
mono_ms outbox_deadline(const struct outbox *box);

void *outbox_first(const struct outbox *box); /* NULL: it is empty */

void outbox_sent(struct outbox *box);  /* the first is out */
void *outbox_take(struct outbox *box); /* the first is over: it arrived, or is given up; its letter */

/* The first comes back; returns how long it waits now. */
uint32_t outbox_failed(struct outbox *box, struct random *chance, mono_ms now);

/* The first comes back unsent, or what was wrong may be right now: it is tried at once. */
void outbox_again(struct outbox *box);

/* Letters of the window, the oldest first: as many as box->gathered, at most OUTBOX_LISTED_MOST. */
void outbox_gathered(const struct outbox *box, void **ret);

/* They are over: `letter` stands in the place of the first of them. */
void outbox_digest(struct outbox *box, void *letter, mono_ms now);

/* The daemon stops; what can leave leaves now. */
void outbox_hurry(struct outbox *box);

#endif
