/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_TEXT_CHECK_H
#define REPOINTD_CONFIG_TEXT_CHECK_H

/*
 * Where: config, in front of the tree.
 * What:  finds what no configuration may hold before libyaml sees it: NUL and other control characters, odd line ends,
 *        and text in another encoding.
 */

#include "base/attributes.h"
#include "config/complaints.h"

#include <stdbool.h>

/* Octets of a byte order mark of UTF-8 that stand in front: 0 or 3. */
size_t text_check_mark(const char *bytes, size_t length);

/* What is wrong with a value, which may have been written with escapes; NULL: nothing. Tabs and line ends are fine. */
const char *text_check_value(const char *bytes, size_t length);

/* False: there was a complaint, one for the first fault. */
NODISCARD bool text_check(const struct source *source, struct complaints *complaints);

#endif
