/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_COURIER_H
#define REPOINTD_IO_COURIER_H

/*
 * Where: io, under notifier.
 * What:  one message to one receiver, by the way that its notifier has: a program, a POST, a mail; and how it ended.
 * Why:   each way has its deadline, and none can hold the loop up.
 */

#include "base/error.h"
#include "io/letter.h"
#include "io/loop.h"
#include "io/post.h"
#include "model/notifier_settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COURIER_POST_MS    10000 /* for a POST, its lookup included */
#define COURIER_PROGRAM_MS 30000
#define COURIER_SENDMAIL   "/usr/sbin/sendmail"

struct courier;
struct delivery;

struct courier_result {
    bool good;
    bool again; /* nothing was done: another configuration came; it is no failure */
    char words
        [POST_WORDS_MAX]; /* sanitised: "HTTP 503", "exit status 1: no such user", "it ran for 30s and was ended" */
};

/* Comes from a later turn than the start; then the delivery is gone. */
typedef void courier_done_fn(const struct courier_result *result, void *ctx);

/* A line that a program of a notifier has written; sanitised. */
typedef void courier_said_fn(const char *line, void *ctx);

struct courier *courier_new(struct loop *loop, courier_said_fn *said, void *ctx, struct error *err);
void courier_free(struct courier *courier); /* what is under way ends without a callback; NULL is fine */

/*
 * The notifiers from now on, borrowed until the next call. What is under way goes on, but for POSTs that wait for the
 * address of a host: they come back with `again`.
 */
NODISCARD bool courier_know(struct courier *courier, const struct notifier_settings *notifiers, uint32_t count,
                            struct error *err);

/* `notifier` is no Alertmanager, unless the letter is only a test. */
struct delivery *courier_deliver(struct courier *courier, uint32_t notifier, const struct letter *letter,
                                 int64_t wall_ms, courier_done_fn *done, void *ctx);

/* A body of JSON as it is, to an Alertmanager. */
struct delivery *courier_post(struct courier *courier, uint32_t notifier, const char *body, size_t length,
                              courier_done_fn *done, void *ctx);

void courier_cancel(struct delivery *delivery);

#endif
