/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_HOST_H
#define REPOINTD_CONFIG_HOST_H

/*
 * Where: config, under field and url.
 * What:  what may be called a host name.
 * Why:   programs read "2130706433", "0x7f.1" and "127.1" as addresses of this very machine; here they are no hosts at
 *        all.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>

/*
 * Letters, digits, hyphens, underscores in labels of 1 … 63, at most 253 characters; a final dot is fine; the last
 * label is no number.
 */
NODISCARD bool host_name_check(const char *text, struct error *err);

#endif
