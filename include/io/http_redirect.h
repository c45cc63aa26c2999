/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_HTTP_REDIRECT_H
#define REPOINTD_IO_HTTP_REDIRECT_H

/*
 * Where: io, inside http and for it alone.
 * What:  whether an answer is a redirect, where it leads, and whether we go there.
 */

#include "base/attributes.h"
#include "io/http_handle.h"

/*
 * Looks at a line of the headers of an answer. Once the last one was seen, handle->is_redirected tells whether this is
 * a redirect with a place to go to.
 */
void http_redirect_note(struct http_handle *handle, const char *line, size_t length);

/*
 * Where it leads becomes handle->hop: the options are set, and a connection to hop.to is what the next request needs.
 * `target` is the address that the watch looks at. False: it is not followed, and `ret` tells why.
 */
NODISCARD bool http_redirect_follow(struct http_handle *handle, const struct address *target, struct probe_facts *ret);

/* What a connection that failed means, after a redirect. */
struct probe_facts http_redirect_unconnected(struct http_handle *handle, int sys_errno, bool at_once);

/* As before any redirect; the options still have to be set. */
void http_redirect_forget(struct http_handle *handle);

#endif
