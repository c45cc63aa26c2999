/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_HTTP_HANDLE_H
#define REPOINTD_IO_HTTP_HANDLE_H

/*
 * Where: io, inside http and for it alone.
 * What:  what libcurl needs to make one request: a look (a check made ready, shared by all its requests) and a handle
 *        (one request's state), kept in a pool.
 * Why:   a handle costs kilobytes and cold caches. As many as are really in flight, each with the options of the
 *        check it served last, stay warm; most requests change nothing in them but the connection.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "core/message.h"
#include "io/judge.h"
#include "io/loop.h"
#include "model/address.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* A documentation address (RFC 5737), where libcurl wants one. */
#define HTTP_NEVER_CONNECTED "192.0.2.1"

#define TLS_LEAST 0x0303 /* 1.2 */

/* A check made ready. */
struct http_look {
    const struct check_settings *check;
    const char *contact;
    const struct tls_settings *tls;
    void *url;     /* CURLU */
    void *headers; /* curl_slist */
    uint16_t port;
    bool secure;         /* the first connection has TLS */
    bool meets_tls;      /* … or a later one may have it */
    bool handshake_only; /* and no HTTP after it */
    bool keeps_body;     /* the check looks at it */
    bool is_unusual;     /* it needs options that most checks leave alone */
    uint32_t redirects_most;
    uint32_t lane;            /* which multi handle serves it */
    struct http_handle *idle; /* with its options set */
};

NODISCARD bool http_look_prepare(struct http_look *look, const struct check_settings *check, const char *contact,
                                 struct error *err);
void http_look_done(struct http_look *look);            /* its idle handles are the pool's */
const char *http_look_ca(const struct http_look *look); /* whom it trusts; NULL: the system, or nobody is asked */

#define HTTP_ERROR_TEXT   256 /* CURL_ERROR_SIZE */
#define HTTP_LOCATION_MAX 2048

/* Where the request under way goes, once it was redirected. */
struct http_hop {
    uint32_t count; /* redirects so far; 0: the others mean nothing */
    void *url;      /* CURLU */
    void *headers;  /* curl_slist */
    struct endpoint to;
    bool same_host; /* the check's own host: at the target's own address */
    bool secure;
    bool as_get; /* whatever the method was, now it is GET without a body (RFC 9110 15.4) */
};

struct http_handle {
    void *easy;                        /* CURL */
    struct http_look *look;            /* whose options are set */
    bool is_unusual;                   /* options are set that most checks leave alone */
    uint8_t *body;                     /* BODY_MATCH_MAX octets; NULL until a check looks at bodies */
    struct http_handle *next, **link;  /* among the idle ones of its look */
    struct http_handle *older, *newer; /* among all idle ones */

    /* ---- of the request under way ---- */
    struct loop *loop;
    void *owner;
    void (*reached)(enum probe_phase phase, void *owner);
    enum probe_phase phase;
    int fd;          /* connected, not yet given to libcurl; -1 */
    uint16_t status; /* of the status line last seen */
    uint16_t location_length;
    bool location_is_long, is_redirected; /* by the answer that is here */
    char *location;                       /* HTTP_LOCATION_MAX octets; NULL until a check follows redirects */
    struct http_hop hop;
    uint32_t header_octets, body_octets;
    uint32_t body_kept; /* octets in `body` */
    bool headers_done, headers_too_long, body_is_enough, takes_raw, was_reset;
    uint64_t octets_received;  /* by the kernel, where the connection ended early */
    int verify_error;          /* X509_V_… */
    int64_t certificate_end_s; /* of the server's own, since 1970; 0: none was seen */
    char error_text[HTTP_ERROR_TEXT];
};

struct http_pool {
    struct http_handle *oldest, *newest; /* idle ones */
    uint32_t count, in_use;
    uint32_t peak, peak_before; /* most in use at a time, in this span and the one before */
    int64_t span_until;
};

/* A handle with the options of `look`; NULL: no memory. */
struct http_handle *http_pool_take(struct http_pool *pool, struct http_look *look);

/* Gives it back. What the last seconds did not need is freed. */
void http_pool_put(struct http_pool *pool, struct http_handle *handle, int64_t now_ms);
void http_pool_done(struct http_pool *pool); /* none is in use */

/* When a call began, was connected, and connected for the request under way, which redirects tell apart. */
struct http_clock {
    int64_t started_us, connected_us, request_us;
};

/* How far a call has come, in http_facts.c. `handle` NULL: it has no connection yet. */
struct phase_times http_times(const struct http_handle *handle, const struct http_clock *clock, int64_t now_us);

/* What libcurl's result (CURLcode) means, with what the handle saw; http_facts.c. */
struct probe_facts http_facts(const struct http_handle *handle, int code);

/*
 * Takes note of how verification of certificates ends (`ssl_ctx` is an SSL_CTX). In http_tls.c, which alone sees
 * OpenSSL.
 */
void http_tls_watch(void *ssl_ctx, struct http_handle *handle);
bool http_tls_is_local(int verify_error); /* our own fault */
enum tls_fault http_tls_fault(int verify_error);
const char *http_tls_words(int verify_error);

#endif
