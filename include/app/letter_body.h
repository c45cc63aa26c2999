/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_LETTER_BODY_H
#define REPOINTD_APP_LETTER_BODY_H

/*
 * Where: app, under letters.
 * What:  the object of a message (see io/letter.h), from a notice and what the engine knows now.
 */

#include "app/words.h"
#include "base/time.h"
#include "core/engine.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdint.h>

struct json_t;

struct letter_facts {
    const char *event, *host, *sentence;
    int64_t wall_ms;
    mono_ms now;
    const struct settings *settings;
    const struct engine *engine;
    const struct words *words;   /* NULL: there are none */
    const struct notice *notice; /* NULL: it is about no notice of the core */
    uint32_t record;             /* ID_NONE: about none */
    uint32_t from, to;           /* places; ID_NONE: null */
    const char *cause;           /* NULL: null */
    int64_t outage_ms;           /* -1: null */
};

struct json_t *letter_body(const struct letter_facts *facts);

#endif
