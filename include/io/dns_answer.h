/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_ANSWER_H
#define REPOINTD_IO_DNS_ANSWER_H

/*
 * Where: io, between the line (bytes) and dns_client (what to do next).
 * What:  what one answer is worth: whether it is the answer to our message, whether it may be believed, and what
 *        outcome follows.
 * Why:   every rule of belief in one pure place, without a socket or a clock. What is not believed may still give a
 *        hint for people, in `detail`, and nothing else.
 */

#include "core/message.h"
#include "io/tsig.h"
#include "io/wire.h"
#include "model/settings.h"

#include <stddef.h>
#include <stdint.h>

/* The message that is answered. */
struct dns_expectation {
    const struct key_settings *key;
    const struct endpoint *peer; /* for the words */
    const struct tsig_state *request;
    uint16_t id;
    enum wire_opcode opcode;
    const struct dname *name; /* the question's, or the update's zone */
    enum rrtype type;         /* SOA of an update */
};

/*
 * Judges the answer as of `wall_s`. `ret_walked` and `ret_report` are always filled (took_us is left to the caller);
 * the report's outcome is UNKNOWN unless the MAC is right. A read's is ACCEPTED for NOERROR and NXDOMAIN, an update's
 * for NOERROR; whether a read has authority is not judged here.
 */
void dns_answer_judge(const struct dns_expectation *expected, const uint8_t *bytes, size_t length, int64_t wall_s,
                      struct wire_message *ret_walked, struct dns_report *ret_report);

/*
 * What silence means: the report of a message that left and was never answered. `err` tells how the line ended, NULL:
 * by the deadline.
 */
void dns_answer_missing(const struct dns_expectation *expected, uint32_t timeout_ms, const struct error *err,
                        struct dns_report *ret_report);

#endif
