/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_FIELD_H
#define REPOINTD_CONFIG_FIELD_H

/*
 * Where: config, under the schema.
 * What:  the kinds of single values: what text they take, what C type they become.
 * Why:   a value's type comes from here and never from YAML's guessing: `no` is a word where a word is wanted.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* Behind each the type of the field that it is stored in. */
enum field_kind {
    FIELD_SWITCH = 1,  /* bool */
    FIELD_COUNT,       /* uint16_t */
    FIELD_CONCURRENCY, /* uint32_t; `auto` is 0 */
    FIELD_PORT,        /* uint16_t */
    FIELD_DURATION,    /* uint32_t, milliseconds */
    FIELD_TTL,         /* uint32_t, seconds; the only duration that takes a bare number */
    FIELD_PERCENT,     /* uint16_t, thousandths */
    FIELD_WORD,        /* an enum, by the row's words */
    FIELD_OWNER,       /* uint64_t from 16 hex digits */
    FIELD_TEXT,        /* const char *: one line, no control characters */
    FIELD_RAW_TEXT,    /* const char *: what YAML's quotes can write */
    FIELD_HEADER,      /* const char *: an RFC 9110 field value: visible ASCII and blanks */
    FIELD_TOKEN,       /* const char *: an RFC 9110 token */
    FIELD_PATH,        /* const char * */
    FIELD_DIRECTORY,   /* const char *: an absolute path */
    FIELD_REFERENCE,   /* const char *: the name of something that stands elsewhere */
    FIELD_URL,         /* const char *, see url.h */
    FIELD_DOMAIN,      /* const char *: a domain name */
    FIELD_HOST,        /* const char *: a host name */
    FIELD_ADDRESS,     /* struct address */
    FIELD_ENDPOINT,    /* struct endpoint; port 53 unless given */
    FIELD_SERVICE,     /* struct endpoint; the port must be given */
    FIELD_VERIFIER,    /* struct endpoint, or `ns`: then its family is ADDRESS_NONE */
    FIELD_TARGET,      /* const char *: an address or a host name */
    FIELD_STATUS       /* struct status_range */
};

struct word {
    const char *word; /* NULL ends a list */
    unsigned value;
};

/*
 * What a value must obey beyond its kind: least … most in milliseconds, seconds, thousandths, characters or as a plain
 * number.
 */
struct field_rule {
    enum field_kind kind;
    uint64_t least, most;
    const struct word *words;
};

union field_value {
    bool on;
    uint64_t number; /* counts, ports, durations, words */
    const char *text;
    struct address address;
    struct endpoint endpoint;
    struct status_range statuses;
};

/* `ret` views `text`. On false `err` says what is wrong, with the text in it, and what would be right. */
NODISCARD bool field_read(const struct field_rule *rule, const char *text, union field_value *ret, struct error *err);

/* Writes the value to a field of the kind's type. */
void field_store(const struct field_rule *rule, const union field_value *value, void *field);

/* False also for kinds that nobody compares. */
bool field_equal(const struct field_rule *rule, const union field_value *a, const union field_value *b);

/* The readers of kinds that stand in lists, for those who walk the lists. */
NODISCARD bool endpoint_parse(const char *text, uint16_t default_port, struct endpoint *ret, struct error *err);
NODISCARD bool status_parse(const char *text, struct status_range *ret, struct error *err);

/* The word behind a value; NULL if there is none. */
const char *word_of(const struct word *words, unsigned value);

/* A duration as the file has it, exact: 500ms, 10s, 1h30m. */
#define DURATION_TEXT_MAX 48
void duration_format(uint64_t duration_ms, char text[DURATION_TEXT_MAX]);

#endif
