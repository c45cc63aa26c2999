/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_IN_FLIGHT_LINE_H
#define REPOINTD_IO_IN_FLIGHT_LINE_H

/*
 * Where: io, inside in_flight.
 * What:  one line of the file: a record's messages to text, and text to messages.
 */

#include "base/attributes.h"
#include "base/names.h"
#include "base/text.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IN_FLIGHT_VERSION 1

/* With the newline. `out` may be truncated: then more room is needed. */
void in_flight_line_write(const struct settings *settings, uint32_t record, const struct restore *messages,
                          uint32_t count, struct text *out);

enum in_flight_line_outcome {
    IN_FLIGHT_LINE_GOOD = 1,
    IN_FLIGHT_LINE_FOREIGN, /* well-formed, of a record that these settings do not have, or have elsewhere */
    IN_FLIGHT_LINE_DAMAGED  /* no line of this version */
};

/*
 * Of which record it is (`ids`: their numbers by id): of its id, owner name, zone and server. `ret_count`: how many
 * messages it tells.
 */
enum in_flight_line_outcome in_flight_line_judge(const struct settings *settings, const struct names *ids,
                                                 const char *line, size_t length, uint32_t *ret_record,
                                                 uint32_t *ret_count);

/* Gives each message that fits the record's types and room; others are left out. Views die with the call. */
void in_flight_line_give(const struct settings *settings, uint32_t record, const char *line, size_t length,
                         void (*give)(const struct restore *restore, void *ctx), void *ctx);

#endif
