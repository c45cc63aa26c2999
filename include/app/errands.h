/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_ERRANDS_H
#define REPOINTD_APP_ERRANDS_H

/*
 * Where: app, between what was asked through the control socket and the engine's door.
 * What:  one errand a request that changes something: EVENT_COMMANDs, their replies, the one answer.
 * Why:   the engine answers commands one by one and when it knows, which may be at once or after a fence; a request may
 *        stand for thousands (take-over --all). The errand outlives the client: what he asked for is done, and logged,
 *        whether he waits or not.
 */

#include "app/effects.h"
#include "base/text.h"
#include "base/time.h"
#include "core/message.h"
#include "io/api.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define ERRANDS_MOST     64    /* under way at a time, those that nobody waits for included */
#define ERRANDS_WAIT_MS  60000 /* then who waits hears that it is not known yet */
#define ERRAND_WORDS_MAX 768

struct errand;
struct json_t;

/* Zeroed and filled in by its owner but for the last two. */
struct errands {
    const struct settings *settings;
    struct hands *hands; /* borrowed */
    struct api *api;     /* borrowed */
    uint32_t numbers;    /* the last one given to a command */
    struct errand *first;
};

/* What is to be done for whom; nothing of it is borrowed beyond the call but `verb`, a constant. */
struct errand_order {
    const char *verb; /* "failover", for the results */
    const char *words, *user;
    uint32_t ticket;
    bool no_wait;
    struct command command; /* its number and record are filled in for each of `records` */
    bool epochs_as_read;    /* TAKE_OVER: each with the epoch that was read last */
    const uint32_t *records;
    uint32_t count;       /* 0: answered at once, as done */
    uint32_t override;    /* id of the one that was laid for it; 0: none */
    struct json_t *extra; /* taken; its members stand beside the results while that is in force; NULL: none */
    bool lacks_extra;     /* … as there was no memory for it */
};

/* There are ERRANDS_MOST. */
bool errands_are_full(const struct errands *errands);

void errands_begin(struct errands *errands, const struct errand_order *order, mono_ms now);
void errands_reply(struct errands *errands, const struct reply *reply);

/*
 * Who is still awaited for a record, and has been for less than ERRANDS_WAIT_MS: "failover www.example.com, by root" is
 * added to `out`. False: nobody is.
 */
bool errands_await(const struct errands *errands, uint32_t record, mono_ms now, struct text *out);

/* That override is not in force any more: whoever is answered later need not hear that it is. */
void errands_override_gone(struct errands *errands, uint32_t id);

/* Who gave the command with this number; NULL: nobody whom we know. For report_users. */
const char *errands_user_of(uint32_t number, const void *errands);

/* When errands_wake has somebody to tell that it takes longer. */
mono_ms errands_deadline(const struct errands *errands);
void errands_wake(struct errands *errands, mono_ms now);

/* Whoever waits is told why nothing more will come of it here; what was sent goes on. */
void errands_abandon(struct errands *errands, const char *why);

void errands_done(struct errands *errands);

/* ---- answers of others ---- */

/* `object` is taken; NULL: memory is out. */
void answer_object(struct api *api, uint32_t ticket, uint16_t status, struct json_t *object);
void answer_error(struct api *api, uint32_t ticket, uint16_t status, const char *sentence);
void answer_out_of_memory(struct api *api, uint32_t ticket);

#endif
