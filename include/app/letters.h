/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_LETTERS_H
#define REPOINTD_APP_LETTERS_H

/*
 * Where: app, between report (what is told) and io/notifier (who carries it).
 * What:  whether something is a message, to whom, and which.
 * Why:   a message interrupts somebody's evening: one for each change of state, none for what was said before, none
 *        about targets that an operator has drained.
 */

#include "app/catalogue.h"
#include "app/override_book.h"
#include "app/words.h"
#include "core/engine.h"
#include "core/message.h"
#include "io/notifier.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct letters {
    struct notifiers *notifiers;     /* borrowed; NULL: nobody is told */
    const struct settings *settings; /* borrowed */
    const struct engine *engine;     /* borrowed */
    char host[256];                  /* this host's name */
    char **threads;                  /* by record: the key of the message that began its outage; NULL: there is none */
    uint32_t thread_count;
};

void letters_init(struct letters *letters, struct notifiers *notifiers);
void letters_done(struct letters *letters);

/* Another configuration, or the first; the former one is still there. Threads go on by the names of records. */
void letters_settle(struct letters *letters, const struct settings *settings, const struct engine *engine);

void letters_notice(struct letters *letters, const struct notice *notice, mono_ms now);

/* An override begins or ends; `words` and the row of `kind` say how. */
void letters_override(struct letters *letters, uint32_t kind, const struct words *words,
                      const struct override_note *note, uint32_t record);

/* A marked test message; the caller's to free. */
struct letter *letters_test(struct letters *letters, const char *notifier);

/* What of a notice is a message; 0: nothing. */
enum notify_event letters_event_of(const struct notice *notice);

#endif
