/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_NOTIFIER_H
#define REPOINTD_IO_NOTIFIER_H

/*
 * Where: io; given letters by app, above outbox (what is due), courier (how it gets there) and notifier_file.
 * What:  the notifiers: a queue for each, kept over restarts, and over another configuration for those that stay.
 * Why:   strictly in order and one at a time, so that the last word is the last; a receiver that is down costs its own
 *        queue and nothing else. A message arrives at least once: a process that is killed between an answer and the
 *        line about it sends it again, with the key that it had.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "io/courier.h"
#include "io/letter.h"
#include "io/loop.h"
#include "io/state.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* Who speaks about it. Every text is sanitised and dies with the call. */
struct notifier_voice {
    /* It failed, and this is new, or has lasted: `waiting` messages; the next try. */
    void (*failed)(const char *notifier, const char *why, uint32_t waiting, uint32_t next_ms, void *ctx);
    void (*dropped)(const char *notifier, uint32_t count, const char *why, void *ctx);
    void (*said)(const char *line, void *ctx);        /* a program of the user's */
    void (*kept)(const struct error *err, void *ctx); /* the file was written, or not: err->code */
    void (*tested)(uint32_t ticket, const char *notifier, const struct courier_result *result, void *ctx);
    /* The alerts that stand now, of those that the notifier hears of, as JSON from malloc; NULL: there is none. */
    char *(*alerts)(uint32_t notifier, size_t *ret_length, void *ctx);
    void (*alerts_told)(uint32_t notifier, bool good, void *ctx);
    void *ctx;
};

struct notifiers;

struct notifier_counters {
    const char *name;
    uint64_t ok, retry, dropped;
    uint32_t pending;
};

/* `owner` is this daemon's id, for keys. `state` NULL: nothing is kept. NULL with err: there is no libcurl. */
struct notifiers *notifiers_new(struct loop *loop, const struct state *state, uint64_t owner, uint64_t seed,
                                const struct notifier_voice *voice, struct error *err);
void notifiers_free(struct notifiers *notifiers); /* NULL is fine; what waits is in the file */

/*
 * From now on those of `settings`, borrowed until the next call. Queues are known by name; what waits for one that is
 * gone is dropped; the others try at once.
 */
NODISCARD bool notifiers_know(struct notifiers *notifiers, const struct settings *settings, struct error *err);

/* What a former process left, once; returns how many messages. */
uint32_t notifiers_restore(struct notifiers *notifiers, struct error *warning);

/* A key that no other message has. */
void notifiers_key(struct notifiers *notifiers, char ret[LETTER_KEY_MAX]);

/* The letter is shared; an Alertmanager is told of its alerts instead. */
void notifiers_put(struct notifiers *notifiers, uint32_t notifier, struct letter *letter);

/* Goes out next, whatever waits; voice->tested tells how it ended. False: one is under way already. */
bool notifiers_test(struct notifiers *notifiers, uint32_t notifier, struct letter *letter, uint32_t ticket);

/* The alerts have changed: Alertmanagers are told soon. */
void notifiers_alerts_changed(struct notifiers *notifiers);

/* The file is brought up to date, where it is not. False: it still cannot be written. */
NODISCARD bool notifiers_try_again(struct notifiers *notifiers, struct error *err);

/* The daemon stops: what can leave leaves now. */
void notifiers_hurry(struct notifiers *notifiers);
bool notifiers_are_idle(const struct notifiers *notifiers);

uint32_t notifiers_count(const struct notifiers *notifiers);
struct notifier_counters notifiers_counters(const struct notifiers *notifiers, uint32_t notifier);

#endif
