/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_HTTP_H
#define REPOINTD_IO_HTTP_H

/*
 * Where: io, under prober; above connect.
 * What:  one HTTP or HTTPS request to a pinned address, or a TLS handshake alone, and the facts of its answer.
 * Why:   Host and SNI are those of the check's URL, the connection is one that connect made to the watch's own
 *        address: libcurl neither resolves nor connects, and no proxy from the environment can lead it elsewhere. A
 *        redirect can, where the check follows some, to an address that was judged (http_redirect).
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "core/message.h"
#include "io/connect.h"
#include "io/judge.h"
#include "io/loop.h"
#include "model/settings.h"

#include <stdint.h>

struct http;
struct http_call;

/* Comes from a later turn than http_start. `facts` and what they point to die with the call. */
typedef void http_done_fn(const struct probe_facts *facts, const struct phase_times *times, void *ctx);

/*
 * A call has come this far; comes in order, at most once for each phase, before `done`; after a redirect it begins
 * again at PROBE_CONNECT. It may not start or cancel calls.
 */
typedef void http_phase_fn(enum probe_phase phase, void *ctx);

/*
 * Prepares the checks of `settings`, which is borrowed, of CHECK_HTTP, and of CHECK_TLS, of which a call is a handshake
 * and nothing more; for `most` calls at a time. NULL with err if one cannot be.
 */
struct http *http_new(struct loop *loop, struct connector *connector, const struct settings *settings, uint32_t most,
                      struct error *err);
void http_free(struct http *http); /* whatever is under way ends without a callback; NULL is fine */

/* The caller keeps the deadline, and never has more than `most` under way. */
struct http_call *http_start(struct http *http, uint32_t check, const struct address *address, http_phase_fn *phase,
                             http_done_fn *done, void *ctx);

/*
 * Ends it without a callback. `ret_times` (may be NULL) tells how far it came; returns the status of the answer, 0 if
 * there was none.
 */
uint16_t http_cancel(struct http_call *call, struct phase_times *ret_times);

/* Easy handles that exist now. */
uint32_t http_handle_count(const struct http *http);

/* Name and version of the library behind this, for --version. */
void http_library(struct text *out);

#endif
