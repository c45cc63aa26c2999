/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_COMMANDS_H
#define REPOINTD_APP_COMMANDS_H

/*
 * Where: app, between the control socket and the engine's door.
 * What:  requests to events and answers; see protocol.h for both ends.
 * Why:   a command is answered when its change was seen in the zone, or with the reason why not. Who asked for what is
 *        logged before anything happens, and what became of it afterwards, whether he still waits or not.
 */

#include "app/errands.h"
#include "app/looks.h"
#include "app/override_book.h"
#include "app/render_json.h"
#include "base/log.h"
#include "base/time.h"
#include "io/api.h"

#include <stdint.h>

/* For verbosity alone. `until` 0: nothing is to return. */
struct verbosity {
    mono_ms until;
    enum log_level usual;
    char user[API_USER_MAX], words[64];
};

struct event_ring;
struct metrics_sources;
struct survey;
struct trends;
struct notify;

/* Zeroed and filled in by its owner. */
struct commands {
    struct errands errands;
    struct override_book *book;            /* borrowed */
    struct event_ring *events;             /* borrowed */
    const struct trends *trends;           /* borrowed; NULL: there are none */
    const struct metrics_sources *metrics; /* borrowed */
    struct notify *notify;                 /* borrowed */
    struct verbosity verbosity;
    struct looks looks;
    struct survey *survey; /* NULL: none is under way */
    struct loop *loop;     /* borrowed */
    int64_t loaded_wall_ms;
    bool config_is_old;  /* a reload was refused since */
    uint32_t generation; /* of the configuration: what was begun under another one is not gone on with */
    void (*reload)(uint32_t ticket, bool no_wait, void *ctx); /* asks for another configuration */
    void *reload_ctx;
};

/* All there is to see now; good until the next configuration. */
struct view commands_view(const struct commands *commands, mono_ms now);

void commands_request(struct commands *commands, const struct api_request *request, mono_ms now);

/*
 * The records that ?name=NAME… names, each as often as it is named, or, where none is and `all` is wanted, all; the
 * caller's to free. NULL: one is not there, or there is no memory, and that is answered.
 */
uint32_t *commands_named_records(struct commands *commands, const struct api_request *request, bool all,
                                 uint32_t *ret_count);

/* Logs and answers that this was not done. `record` ID_NONE: it is about none. */
void commands_refuse(struct commands *commands, uint32_t ticket, const char *user, const char *words, uint32_t record,
                     uint16_t status, const char *why);

/* The same without the answer. */
void commands_log_refused(struct commands *commands, const char *user, const char *words, uint32_t record,
                          const char *why);

#endif
