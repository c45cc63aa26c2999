/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_HTTP_HEADERS_H
#define REPOINTD_IO_HTTP_HEADERS_H

/*
 * Where: io, inside http and for it alone.
 * What:  the list of headers of a request: ours, and the user's.
 */

#include "base/attributes.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* Whom a request goes to. */
struct http_place {
    uint16_t port;
    bool secure;
    bool same_host; /* the one that the check means */
    bool trusted;   /* … and it may hear what the user wrote into the headers */
};

/* `ret` is a curl_slist, the caller's. False, and `ret` untouched: no memory, or the host's name is too long. */
NODISCARD bool http_headers_make(const struct check_settings *check, const char *contact,
                                 const struct http_place *place, void **ret);

/* The user's value of a header; NULL: not written. */
const char *http_headers_find(const struct http_settings *http, const char *name);

#endif
