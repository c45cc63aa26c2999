/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_HTTP_OPTIONS_H
#define REPOINTD_IO_HTTP_OPTIONS_H

/*
 * Where: io, inside http and for it alone; used by the pool.
 * What:  an easy handle made, given the options of a check, and ended.
 */

#include "base/attributes.h"
#include "io/http_handle.h"

struct http_handle *http_handle_new(void); /* NULL: no memory */
void http_handle_free(struct http_handle *handle);

/* Sets what the check asks for; false: no memory, the handle is then good for nothing but http_handle_free. */
NODISCARD bool http_handle_set_look(struct http_handle *handle, struct http_look *look);

/*
 * Sets what is different after a redirect, as handle->hop says; all of it is taken back by http_handle_set_look. False
 * as there.
 */
NODISCARD bool http_handle_set_hop(struct http_handle *handle);

/* Ready for the next request over `fd`, a connection that stands. */
void http_handle_begin(struct http_handle *handle, int fd);

#endif
