/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_PARSE_H
#define REPOINTD_BASE_PARSE_H

/*
 * Where: base; used by config and the arguments of main.
 * What:  strict scalars: the whole string or nothing.
 * Why:   "10 s", "0x10", " 7" and "1e3" are typing mistakes, not numbers. On false `ret` is untouched and `err` says
 *        what is wrong and what would be right; the text of the value is quoted in it, sanitised.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits only, no leading zeros, least <= value <= most. */
NODISCARD bool parse_uint(const char *text, uint64_t least, uint64_t most, uint64_t *ret, struct error *err);

/* on, off, yes, no, true, false; lower case. */
NODISCARD bool parse_switch(const char *text, bool *ret, struct error *err);

/*
 * 500ms, 10s, 5m, 1h30m, 2d: whole numbers with units, largest unit first, each at most once. "0s" is good, a bare
 * number is not.
 */
NODISCARD bool parse_duration_ms(const char *text, uint64_t *ret, struct error *err);

/* 0% … 100%, with at most one decimal; the result is in thousandths. */
NODISCARD bool parse_percent(const char *text, uint32_t *ret_permille, struct error *err);

#define PARSE_HOST_MAX 256

/*
 * HOST, HOST:PORT, [IPV6] or [IPV6]:PORT; a bare IPv6 address is HOST. `host` gets the part before the port without
 * brackets; `*ret_port` is `default_port` where none is given. Ports are 1 … 65535. What a host is, is the caller's to
 * judge.
 */
NODISCARD bool parse_host_port(const char *text, uint16_t default_port, char host[PARSE_HOST_MAX], uint16_t *ret_port,
                               struct error *err);

#endif
