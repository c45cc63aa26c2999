/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_SPOT_H
#define REPOINTD_APP_SPOT_H

/*
 * Where: app, between what people write and the numbers of the settings.
 * What:  where somebody points to: an address, or a host name.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "model/address.h"
#include "model/dname.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

#define SPOT_TEXT_MAX 256

/* Not to be copied: `name` views it. */
struct spot {
    struct address address;   /* family ADDRESS_NONE: it is a name */
    struct dname name;        /* … this one */
    char text[SPOT_TEXT_MAX]; /* an address in its one form, a name as it was written */
    uint8_t wire[DNAME_WIRE_MAX];
};

/* False with err: that is neither. */
NODISCARD bool spot_read(const char *text, struct spot *ret, struct error *err);

/* Is it that place? `name` is of settings->names, or ID_NONE. */
bool spot_is(const struct spot *spot, const struct settings *settings, const struct address *address, uint32_t name);

#endif
