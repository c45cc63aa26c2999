/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_CLIENT_H
#define REPOINTD_CTL_CLIENT_H

/*
 * Where: ctl, under command; alone with libcurl.
 * What:  one request to the daemon through its socket.
 */

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum client_outcome {
    CLIENT_ANSWERED = 1,
    CLIENT_UNREACHED, /* no socket, or nobody behind it */
    CLIENT_DENIED,    /* this user may not open it; err names the group that may */
    CLIENT_BROKEN     /* it was reached, and no whole answer came */
};

struct client_answer {
    long status;
    char *body; /* ended by NUL; from malloc */
    size_t length;
};

/* `body` NULL: GET, else POST. `path` begins with a slash and is sent as it is. Unless ANSWERED `err` is told. */
enum client_outcome client_ask(const char *socket, const char *path, const char *body, struct client_answer *ret,
                               struct error *err);

/* The next bytes of an answer; false: no more of it is wanted. */
typedef bool client_sink_fn(const char *bytes, size_t length, void *ctx);

/* GET; the answer as it comes, whatever its status. BROKEN as well where `sink` wanted no more. */
enum client_outcome client_listen(const char *socket, const char *path, client_sink_fn *sink, void *ctx,
                                  struct error *err);

/* Name and version of the library behind this. */
void client_library(struct text *out);

#endif
