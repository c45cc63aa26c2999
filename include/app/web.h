/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_WEB_H
#define REPOINTD_APP_WEB_H

/*
 * Where: app, between the TCP listener and whoever renders; beside commands, which is for the control socket.
 * What:  the table of paths; whether a request may be answered at all.
 * Why:   whoever reaches the port may read, and nothing can be changed there. A page in somebody's browser must not
 *        read it through a name of its own that leads here (DNS rebinding): so a request is answered only where it asks
 *        for an address, for localhost, for this host's name or for one of `web.names`.
 *
 * A new path is a row of `routes` in web.c and a function that fills a web_answer.
 */

#include "app/commands.h"
#include "base/buffer.h"
#include "io/api.h"

#include <stdbool.h>
#include <stdint.h>

#define WEB_ANSWER_MAX (8U << 20) /* octets of an answer that is made as a whole */

struct history;

/* What may be looked at; all of it dies with the call. */
struct web_look {
    struct view view;
    const struct history *history; /* NULL: none is kept */
    const struct commands *commands;
    const struct api_request *request;
    const char *host_name;
};

struct web_answer {
    uint16_t status;    /* 200 unless it is changed; of others the body may be empty, and is a sentence then */
    uint32_t refresh_s; /* 0: none; else when the browser is asked to come again */
    struct buffer body; /* at most WEB_ANSWER_MAX; one that is truncated is not sent */
};

typedef void web_render_fn(const struct web_look *look, struct web_answer *answer);

/* An answer that is told in pieces; see api.h. */
struct web_source {
    void *source;
    api_piece_fn *next;
    void (*done)(void *);
};

typedef void web_source_fn(const struct web_look *look, struct web_source *ret);

struct web;

/*
 * Listens, and answers whoever comes. `former` is the one that gives way to it; NULL: there is none. NULL with err,
 * which names the address.
 */
struct web *web_open(struct loop *loop, struct commands *commands, const struct endpoint *listen,
                     const struct web *former, struct error *err);
void web_close(struct web *web); /* NULL is fine */

/* Whether `host`, as it came, is ours. 0: it is; else the HTTP status that says why not. `own` is this host's name. */
uint16_t web_judge_host(const char *host, const struct web_settings *settings, const char *own);

/* The loop turns, and DNS is as it should be: 200, else 503; which records are not, in words. */
void web_health(const struct web_look *look, struct web_answer *answer);

#endif
