/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside the log.
 * What:  lines as JSON objects with numbers, and questions that sleep.
 * Why:   each line becomes text once, when it is told. Who waits is answered at the end of the turn, so that what
 *        happens together arrives together.
 */
#include "app/event_ring.h"

#include "app/json_tree.h"
#include "app/protocol.h"
#include "app/render_json.h"
#include "base/parse.h"
#include "io/loop.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct waiter {
    struct api *api; /* NULL: free */
    uint32_t ticket;
    uint64_t after;
    mono_ms until;
};

/* Line N, from 1, stands at N % EVENTS_KEPT. */
struct event_ring {
    uint64_t last;
    char *lines[EVENTS_KEPT];
    struct waiter waiters[EVENTS_WAITERS];
};

/* ---- hearing ---- */

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {
        [LOG_LEVEL_CRITICAL] = "crit", [LOG_LEVEL_ERROR] = "err", [LOG_LEVEL_WARNING] = "warning",
        [LOG_LEVEL_NOTICE] = "notice", [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug"};
    return names[level];
}

static json_t *time_value(int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    char day[32], words[48];
    if (!gmtime_r(&seconds, &parts) || strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
        return json_null();
    (void)snprintf(words, sizeof words, "%s.%03dZ", day, (int)(wall_ms % 1000));
    return json_string(words);
}

/* Fields as in a logfmt line: the journal's, in lower case. */
static json_t *with_fields(json_t *object, const struct log_record *record)
{
    for (uint32_t i = 0; i < record->field_count; i++) {
        char name[64];
        size_t length = 0;
        for (const char *at = record->fields[i].name; *at && length < sizeof name - 1; at++)
            name[length++] = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        name[length] = '\0';
        object = json_tree_set(object, name, render_json_text(record->fields[i].value));
    }
    return object;
}

static void on_line(const struct log_record *record, void *ctx)
{
    struct event_ring *ring = ctx;
    json_t *object = json_pack("{s:I, s:o, s:s, s:o, s:o}", "number", (json_int_t)ring->last + 1, "time",
                               time_value(loop_wall_ms()), "level", level_name(record->level), "event",
                               render_json_text(record->event), "message", render_json_text(record->message));
    char *line = json_tree_text(with_fields(object, record));
    if (!line)
        return;
    ring->last++;
    free(ring->lines[ring->last % EVENTS_KEPT]);
    ring->lines[ring->last % EVENTS_KEPT] = line;
}

struct event_ring *event_ring_new(void)
{
    struct event_ring *ring = calloc(1, sizeof *ring);
    if (!ring)
        abort();
    log_set_listener(LOG_LEVEL_INFO, on_line, ring);
    return ring;
}

void event_ring_free(struct event_ring *ring)
{
    if (!ring)
        return;
    log_set_listener(LOG_LEVEL_INFO, NULL, NULL);
    for (uint32_t i = 0; i < EVENTS_KEPT; i++)
        free(ring->lines[i]);
    free(ring);
}

/* ---- answering ---- */

static void answer(const struct event_ring *ring, struct api *api, uint32_t ticket, uint64_t after)
{
    uint64_t oldest = ring->last < EVENTS_KEPT ? 1 : ring->last - EVENTS_KEPT + 1;
    uint64_t missed = after + 1 < oldest ? oldest - after - 1 : 0;
    json_t *list = json_array();
    for (uint64_t number = after + 1 + missed; number <= ring->last; number++)
        list = json_tree_append(list, json_loads(ring->lines[number % EVENTS_KEPT], 0, NULL));
    answer_object(api, ticket, 200,
                  json_pack("{s:i, s:o, s:I, s:I}", "version", PROTOCOL_VERSION, "events", list, "last",
                            (json_int_t)ring->last, "missed", (json_int_t)(after > 0 ? missed : 0)));
}

static struct waiter *find_free(struct event_ring *ring)
{
    for (uint32_t i = 0; i < EVENTS_WAITERS; i++)
        if (!ring->waiters[i].api)
            return &ring->waiters[i];
    return NULL;
}

void event_ring_request(struct commands *commands, const struct api_request *request, mono_ms now)
{
    struct event_ring *ring = commands->events;
    struct api *api = commands->errands.api;
    struct error err = {0};
    uint64_t after = 0;
    bool waits = false;
    for (uint32_t i = 0; i < request->parameter_count; i++) {
        const struct api_parameter *parameter = &request->parameters[i];
        if (strcmp(parameter->name, "wait") == 0) {
            waits = true;
        } else if (strcmp(parameter->name, "after") == 0 && !parse_uint(parameter->value, 0, INT64_MAX, &after, &err)) {
            answer_error(api, request->ticket, 400, "after is the number of an event");
            return;
        }
    }
    if (after > ring->last)
        after = ring->last;
    struct waiter *waiter = waits && after == ring->last ? find_free(ring) : NULL;
    if (waiter)
        *waiter = (struct waiter){api, request->ticket, after, mono_after(now, EVENTS_WAIT_MS)};
    else
        answer(ring, api, request->ticket, after);
}

mono_ms event_ring_deadline(const struct event_ring *ring)
{
    mono_ms at = MONO_NEVER;
    for (uint32_t i = 0; i < EVENTS_WAITERS; i++) {
        const struct waiter *waiter = &ring->waiters[i];
        if (waiter->api)
            at = mono_earlier(at, waiter->after < ring->last ? 0 : waiter->until);
    }
    return at;
}

void event_ring_turn(struct event_ring *ring, mono_ms now)
{
    for (uint32_t i = 0; i < EVENTS_WAITERS; i++) {
        struct waiter *waiter = &ring->waiters[i];
        if (!waiter->api || (waiter->after == ring->last && waiter->until > now))
            continue;
        answer(ring, waiter->api, waiter->ticket, waiter->after);
        *waiter = (struct waiter){0};
    }
}
