/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_POST_H
#define REPOINTD_IO_POST_H

/*
 * Where: io, under courier.
 * What:  one POST to addresses that are known, and what its receiver said to it.
 * Why:   apart from http, which is made for probes: here the connection is libcurl's, since nothing hangs on its
 *        milliseconds. No redirect is followed and no proxy of the environment is used: a message goes where the file
 *        says. Certificates are verified, with the system's authorities. Of an answer its status is wanted and, where
 *        that is not 2xx, the first octets for the log: nothing beyond is read.
 */

#include "base/error.h"
#include "io/loop.h"
#include "model/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POST_WORDS_MAX     384
#define POST_HEADERS_MAX   8
#define POST_ADDRESSES_MAX 4

struct poster;
struct post;

/* Nothing of it is needed after the call. */
struct post_order {
    const char *url, *host;
    uint16_t port;
    const struct address *addresses; /* of the host; tried in order */
    uint32_t address_count;
    const char *const *headers; /* "Name: value", ended by NULL */
    const char *body;
    size_t length;
};

struct post_result {
    bool good;                  /* 2xx */
    char words[POST_WORDS_MAX]; /* sanitised: "HTTP 204 in 41 ms"; "HTTP 503: no such hook"; why there was no answer */
};

/* Comes from a later turn than post_start; then the post is gone. */
typedef void post_done_fn(const struct post_result *result, void *ctx);

/* NULL with err: libcurl cannot begin. */
struct poster *poster_new(struct loop *loop, struct error *err);
void poster_free(struct poster *poster); /* what is under way ends without a callback; NULL is fine */

/* Without a deadline: that is the caller's. */
struct post *post_start(struct poster *poster, const struct post_order *order, post_done_fn *done, void *ctx);
void post_cancel(struct post *post);

#endif
