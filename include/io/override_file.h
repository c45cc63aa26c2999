/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_OVERRIDE_FILE_H
#define REPOINTD_IO_OVERRIDE_FILE_H

/*
 * Where: io; between app/override_book and the state directory.
 * What:  `overrides.json`: what operators laid over the automatic view, by names, since numbers change with the
 *        configuration.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "core/override.h"
#include "io/api.h"
#include "io/state.h"
#include "model/address.h"
#include "model/dname.h"

#include <stdbool.h>
#include <stdint.h>

#define OVERRIDE_FILE       "overrides.json"
#define OVERRIDE_NAME_MAX   256
#define OVERRIDE_REASON_MAX 200

/*
 * One override in words. `subject` is a record's id, the label of targets, an address, a host name, or "all"; only a
 * hold may be of all, only a drain of labels, addresses and host names.
 */
struct override_note {
    enum override_kind kind;
    char subject[OVERRIDE_NAME_MAX];
    char target[OVERRIDE_NAME_MAX]; /* FAILOVER: the role that is forced; else empty */
    char user[API_USER_MAX];
    char reason[OVERRIDE_REASON_MAX + 1]; /* printable ASCII; may be empty */
    int64_t since_wall_ms, until_wall_ms; /* until 0: until it is released */
};

#define OVERRIDE_ALL "all"

/*
 * At most `room` notes into `notes`; returns how many. What is no good is put aside whole, with `warning`; a file that
 * is not there is none.
 */
uint32_t override_file_read(const struct state *state, struct override_note *notes, uint32_t room,
                            struct error *warning);

NODISCARD bool override_file_write(const struct state *state, const struct override_note *notes, uint32_t count,
                                   struct error *err);

#endif
