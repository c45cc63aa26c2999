/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_ATTRIBUTES_H
#define REPOINTD_BASE_ATTRIBUTES_H

/* The few compiler words that this house allows itself. */

#include <stddef.h>

#define NODISCARD __attribute__((warn_unused_result))

/* Argument number `nth` is a printf format, its arguments begin at number `first`. */
#define PRINTF_LIKE(nth, first) __attribute__((format(printf, nth, first)))

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The object of type `type` whose member `member` is at `pointer`. */
#define CONTAINER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
