/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_TRACE_H
#define REPOINTD_SIM_TRACE_H

/*
 * Where: the simulator; what a person reads after a violation.
 * What:  one line for each event, effect and turn of fate: all of them on standard output, or the last ones in a ring.
 * Why:   off it costs nothing; a seed that fails is simply run again with it.
 */

#include "base/attributes.h"
#include "core/message.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

#define TRACE_LINES 40
#define TRACE_WIDTH 240

enum trace_mode { TRACE_OFF = 0, TRACE_RING, TRACE_ALL };

struct trace {
    enum trace_mode mode;
    uint32_t next;
    char lines[TRACE_LINES][TRACE_WIDTH];
};

void trace_line(struct world *world, const char *format, ...) PRINTF_LIKE(2, 3);
void trace_event(struct world *world, const struct event *event);
void trace_effect(struct world *world, const struct effect *effect);
void trace_settings(struct world *world); /* what was drawn */
void trace_print_ring(const struct trace *trace);

/* "1d02:03:04.567" since the world began. */
#define CLOCK_TEXT_MAX 32
void clock_format(int64_t ms, char text[CLOCK_TEXT_MAX]);
const char *notice_name(enum notice_kind kind);

#endif
