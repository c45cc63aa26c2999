/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_TSIG_H
#define REPOINTD_IO_TSIG_H

/*
 * Where: io, between wire (which walked the message) and dns_client (which decides what an answer is worth).
 * What:  signs a request and verifies its answer over raw bytes (RFC 8945), time as an argument.
 * Why:   the name server's word moves traffic; whoever could forge it, or have an old one believed, would move it too.
 *        Each way in which a signature can be wrong has a name of its own, since it is what the log line has to tell.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "io/wire.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TSIG_MAC_MAX 64

/* What a TSIG record can add to a message at the most: two names, fixed fields, a MAC. */
#define TSIG_RECORD_MAX (2 * DNAME_WIRE_MAX + 26 + TSIG_MAC_MAX)

/* RFC 8945 3: values of the error field. */
enum tsig_error {
    TSIG_ERROR_NONE = 0,
    TSIG_ERROR_BADSIG = 16,
    TSIG_ERROR_BADKEY,
    TSIG_ERROR_BADTIME,
    TSIG_ERROR_BADTRUNC = 22
};

/* What has to be kept of a signed request until its answer is there. */
struct tsig_state {
    uint8_t mac_length;
    uint8_t mac[TSIG_MAC_MAX];
};

enum tsig_result {
    TSIG_GOOD = 1,   /* the MAC is right, the time fits, no error is told */
    TSIG_ERROR_TOLD, /* the MAC is right, and the server refuses our TSIG: NOTAUTH, facts.error says why */
    TSIG_ABSENT,     /* from here on nothing of the message may be believed: it has no TSIG */
    TSIG_MALFORMED,  /* its fields do not add up */
    TSIG_OTHER_KEY,
    TSIG_OTHER_ALGORITHM,
    TSIG_NO_MAC,     /* a TSIG without a MAC: how BADKEY and BADSIG are told */
    TSIG_MAC_LENGTH, /* not the whole MAC of the algorithm */
    TSIG_MAC_WRONG,
    TSIG_TIME,            /* signed too long ago, or in the future */
    TSIG_ERROR_MISPLACED, /* an error although the RCODE is not NOTAUTH */
    TSIG_NOT_CHECKED      /* memory was out */
};

/* Read from the TSIG as far as it goes; to be believed where the MAC is right. */
struct tsig_facts {
    uint16_t error;
    uint16_t fudge_s;
    int64_t signed_wall_s;
    bool has_server_time; /* BADTIME tells the server's clock (RFC 8945 5.2.3) */
    int64_t server_wall_s;
};

/*
 * Appends a TSIG, signed as of `wall_s`, to the message of *length octets without one, which must have room for
 * TSIG_RECORD_MAX more in `capacity`, and raises ARCOUNT. On false message, *length and `ret` are untouched.
 */
NODISCARD bool tsig_sign(const struct key_settings *key, uint8_t *message, size_t *length, size_t capacity,
                         int64_t wall_s, struct tsig_state *ret, struct error *err);

/* `walked` is what wire_walk found in these bytes; `request` NULL: it answers none. `ret` is always filled. */
enum tsig_result tsig_verify(const struct key_settings *key, const struct tsig_state *request, const uint8_t *message,
                             size_t length, const struct wire_message *walked, int64_t wall_s, struct tsig_facts *ret);

/* "its MAC is wrong": to be put behind "the answer from … is not to be believed: ". */
const char *tsig_result_sentence(enum tsig_result result);
const char *tsig_error_name(uint16_t error); /* "BADKEY" */

/* Name and version of the library behind this, for --version. */
void tsig_library(struct text *out);

#endif
