/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_TCP_LISTENER_H
#define REPOINTD_IO_TCP_LISTENER_H

/*
 * Where: io, under api.
 * What:  a TCP socket that listens at one address.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "model/address.h"

#include <stdbool.h>

/*
 * `former` is a listening socket of ours that may hold the same port and will be closed soon; -1: there is none. False
 * with err: nobody listens. `[::]` takes IPv4, too.
 */
NODISCARD bool tcp_listener_open(const struct endpoint *endpoint, int former, int *ret_fd, struct error *err);

#endif
