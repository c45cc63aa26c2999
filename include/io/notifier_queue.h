/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_NOTIFIER_QUEUE_H
#define REPOINTD_IO_NOTIFIER_QUEUE_H

/*
 * Where: io, for notifier.c (what happens) and notifier_life.c (which queues there are) alone.
 * What:  what the two share.
 */

#include "core/outbox.h"
#include "core/slate.h"
#include "io/notifier.h"
#include "io/notifier_file.h"

struct queue {
    struct notifiers *notifiers;
    char *name;
    uint32_t index; /* of settings */
    enum notifier_kind kind;
    struct outbox box;
    struct outbox_item *items;
    struct slate told;
    uint64_t ok, retry, dropped;
    struct delivery *delivery; /* of the first letter, the test, or the alerts */
    struct letter *test;       /* waits to be sent, or is on its way */
    uint32_t ticket;
    bool is_test;      /* what is on its way */
    mono_ms alerts_at; /* of an Alertmanager: when it is told next */
    uint32_t alerts_tries;
};

struct notifiers {
    struct loop *loop;
    struct notifier_voice voice;
    struct courier *courier;
    struct notifier_file *file; /* NULL: nothing is kept */
    struct queue **queues;      /* by index of the settings */
    uint32_t count;
    struct timer timer;
    struct random chance;
    uint64_t owner, born, keys;
    bool hurries;
};

/* All that wait, by queue; a notifier_file_walk_fn. */
void notifier_walk(notifier_file_give_fn *give, void *give_ctx, void *notifiers);

/* Looks at each queue, and sets the timer. */
void notifier_step_all(struct notifiers *notifiers);

/* The letter is out of the queue already, and is given back. */
void notifier_note_over(struct queue *queue, struct letter *letter);

#endif
