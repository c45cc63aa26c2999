/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_LETTER_H
#define REPOINTD_IO_LETTER_H

/*
 * Where: io; written by app, carried by notifier and courier.
 * What:  one message: the object that webhooks and hooks get, and what is known of it besides.
 * Why:   every way of telling is made from this one object, when it is told: so a message that was kept over a restart
 *        reads like any other, and one that comes late says so.
 *
 * Keys of the object, all always there, null where there is nothing: "version", "event", "change", "host", "time",
 * "record", "zone", "cause", "from" and "to": {"target", "label", "addresses", "state"; of from also "check", "reason",
 * "detail", "since", "failures"}, "dns": {"server", "rcode", "serial", "ttl", "served"}, "outage_seconds", "text"; and
 * where they belong "override", "records" with "count" (a digest), "test".
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LETTER_KEY_MAX 80
#define LETTER_LATE_MS 60000 /* after this long a message says when it happened */

struct json_t;

/* Shared by all who carry it. */
struct letter {
    uint32_t uses;
    uint32_t subject; /* of many such messages one may be made: the record it is about; ID_NONE: it stands alone */
    int64_t born_wall_ms;
    char key[LETTER_KEY_MAX];    /* the same at each try, and of no other message: Idempotency-Key, Message-ID */
    char thread[LETTER_KEY_MAX]; /* key of the message that began the outage it belongs to; "": none did */
    struct json_t *body;
};

/* `body` is taken; the letter has one use. Never NULL: without memory the process ends. */
struct letter *letter_new(const char *key, int64_t born_wall_ms, struct json_t *body);
struct letter *letter_share(struct letter *letter);
void letter_free(struct letter *letter); /* one use less; NULL is fine */

/* A member of the object, or of an object in it: "" where it is none or no text. */
const char *letter_text(const struct letter *letter, const char *key);
const char *letter_text_in(const struct letter *letter, const char *object, const char *key);

/* The one sentence of it; `wall_ms` is now. */
void letter_sentence(const struct letter *letter, int64_t wall_ms, struct text *out);

/* The object as text, from malloc. */
char *letter_json(const struct letter *letter, int64_t wall_ms, size_t *ret_length);

/* The sentence, and below it what stands in the object, for people. */
void letter_for_people(const struct letter *letter, int64_t wall_ms, struct text *out);

/* {"text": …}, from malloc. */
char *letter_slack(const struct letter *letter, int64_t wall_ms, size_t *ret_length);

/* A mail with its headers, as sendmail -t takes it; `addresses` end with NULL. */
void letter_mail(const struct letter *letter, int64_t wall_ms, const char *const *addresses, struct text *out);

/* "REPOINT_EVENT=failover" and the others, PATH and LANG; the list and its words in one piece from malloc. */
char **letter_environment(const struct letter *letter, int64_t wall_ms);

/* One that stands for many switches, the oldest first; `count` of them, of which the first few are at hand. */
struct letter *letter_digest(const char *key, int64_t wall_ms, struct letter *const *letters, uint32_t at_hand,
                             uint32_t count);

#endif
