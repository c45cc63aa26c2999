/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_CONTROL_SOCKET_H
#define REPOINTD_IO_CONTROL_SOCKET_H

/*
 * Where: io, under api.
 * What:  the socket file itself: made, guarded, taken away.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_SOCKET_NAME "control.sock"

struct control_socket {
    int fd, directory;      /* listening; the directory it stands in */
    uint64_t device, inode; /* of the file, so that only our own is taken away */
};

/* Listens, or says why not; see api_new. False: `ret` is untouched. */
NODISCARD bool control_socket_open(const char *directory, struct control_socket *ret, struct error *err);
void control_socket_close(struct control_socket *socket);

#endif
