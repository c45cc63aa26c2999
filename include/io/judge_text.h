/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_JUDGE_TEXT_H
#define REPOINTD_IO_JUDGE_TEXT_H

/*
 * Where: io, under judge and probe_tcp.
 * What:  the rules of `expect` for text: the body of an HTTP answer, or what came over a connection. Only the first
 *        BODY_MATCH_MAX octets are looked at. Pure.
 */

#include "base/text.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether there is a rule at all. */
bool judge_text_is_asked(const struct expect_settings *expect);

/* Everything wanted is there, or something forbidden: more of it would change nothing. */
bool judge_text_is_decided(const struct expect_settings *expect, const uint8_t *bytes, size_t length);

/*
 * Whether it is as wanted; else adds why to `detail`, as "the text wanted is not in the body of 17 octets", after a
 * comma if it is not empty. The text itself is never shown: it may hold secrets. `what` is "the body".
 */
bool judge_text(const struct expect_settings *expect, const uint8_t *bytes, size_t length, const char *what,
                struct text *detail);

#endif
