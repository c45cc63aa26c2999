/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DELIVERY_H
#define REPOINTD_IO_DELIVERY_H

/*
 * Where: io, for courier.c (deadlines, POSTs) and courier_program.c (programs, mails) alone.
 * What:  one delivery, and what both need of it.
 */

#include "base/attributes.h"
#include "io/child.h"
#include "io/courier.h"
#include "io/resolver.h"

#define DELIVERY_HEADER_MAX 200

/* What a POST needs once the address of its host is known. */
struct parcel {
    char *url, *host, *body;
    size_t length;
    uint16_t port;
    char key[DELIVERY_HEADER_MAX], signature[DELIVERY_HEADER_MAX];
};

struct delivery {
    struct courier *courier;
    struct timer timer; /* the deadline; or what is known already, told on a later turn */
    struct courier_result result;
    bool is_over; /* … the timer tells the result */
    bool is_hook; /* what it says is passed on */
    uint32_t most_ms;
    struct parcel parcel;
    struct resolver_wait wait;
    struct post *post;
    struct child *child;
    courier_done_fn *done;
    void *ctx;
    struct delivery *next, **link;
};

struct courier {
    struct loop *loop;
    const struct notifier_settings *notifiers;
    uint32_t count;
    struct children *children;
    struct poster *poster;
    struct resolver *resolver;
    struct settings hosts;       /* nothing but the names for the resolver */
    struct name_settings *names; /* by notifier; those without a name have none that is asked for */
    struct delivery *list;
    courier_said_fn *said;
    void *ctx;
};

/* The words of its result, to be added to. */
struct text delivery_words(struct delivery *delivery);

/* Tells its result: now, or on a later turn; the first ends its life. */
void delivery_finish(struct delivery *delivery);
void delivery_end_soon(struct delivery *delivery);

/* The arguments of the file, and behind them event, record, from, to. */
void delivery_run_hook(struct delivery *delivery, const struct notifier_settings *notifier, const struct letter *letter,
                       int64_t wall_ms);
void delivery_run_sendmail(struct delivery *delivery, const struct notifier_settings *notifier,
                           const struct letter *letter, int64_t wall_ms);

#endif
