/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_API_USER_H
#define REPOINTD_IO_API_USER_H

/*
 * Where: io, beside api.
 * What:  who is at the other end of the control socket, in words.
 */

#include "io/api.h"

#include <stdint.h>

/* The name of a user by /etc/passwd, else its number: asking a directory service could block. */
void api_user_name(uint32_t user, char name[API_USER_MAX]);

#endif
