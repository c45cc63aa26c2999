/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_PING_RANGE_H
#define REPOINTD_CONFIG_PING_RANGE_H

/*
 * Where: config, for `ping`.
 * What:  whether the kernel lets a process of these groups open a socket for ICMP echo (net.ipv4.ping_group_range,
 *        which counts for both families).
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* `text`: two numbers, as the kernel prints them. Text of any other form allows everybody: it says nothing. */
bool ping_range_allows(const char *text, const gid_t *groups, size_t count);

/* Of this process; `ret_text` is what the kernel says, without a line end. True as well where it does not say. */
#define PING_RANGE_TEXT_MAX 64
bool ping_is_allowed(char ret_text[PING_RANGE_TEXT_MAX]);

#endif
