/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_PACKET_H
#define REPOINTD_IO_DNS_PACKET_H

/*
 * Where: io, between the plans of core and the bytes on the line; only the files behind it see ldns.
 * What:  questions and batches of plans to unsigned messages, and verified answers to what they say about a record.
 * Why:   the messages carry id 0: each attempt gives its copy an id of its own and signs that.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "core/message.h"
#include "core/plan.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A query of class IN, RD clear. With `signatures` an OPT record asks for the RRSIGs as well (DO, RFC 4035 3.2.1).
 * False: no room, or memory is out.
 */
NODISCARD bool dns_packet_write_question(const struct dname *name, enum rrtype type, bool signatures, uint8_t *storage,
                                         size_t capacity, size_t *ret_length, struct error *err);

/*
 * One UPDATE for the batch's zone (RFC 2136 2): per member its prerequisites, then its deletions, then its additions.
 * Every member's plan is a message. False: ERROR_LIMIT where it does not fit `capacity`, else memory is out.
 */
NODISCARD bool dns_packet_write_update(const struct settings *settings, const struct batch_view *batch,
                                       uint8_t *storage, size_t capacity, size_t *ret_length, struct error *err);

/*
 * What an answer says, put into `observed`: only what the name itself holds, so a CNAME found at it that was not asked
 * for, or a referral or DNAME above it, is noted and never followed. The bytes must have passed wire_walk and
 * tsig_verify. False: ldns cannot read the message, or memory is out; `observed` is then as before, but for fields of
 * this question.
 *
 * Where a set is there and no RRSIG over it is inside its dates at `wall_s`, signatures_good becomes false; else
 * signed_until_s becomes the end of the last of these RRSIGs if that is earlier or nothing was known. So begin a read
 * with signatures_good true.
 */

/*
 * The answer to a question for the set number `place` (0, 1) of the record. The set views `storage`, of `capacity`
 * octets.
 */
NODISCARD bool dns_packet_observe_set(const uint8_t *bytes, size_t length, const struct dname *owner, enum rrtype type,
                                      uint32_t place, uint8_t *storage, uint16_t capacity, int64_t wall_s,
                                      struct observed *observed, struct error *err);

/* The answer to a question of this type that is only to show whether addresses stand where a CNAME should. */
NODISCARD bool dns_packet_observe_beside(const uint8_t *bytes, size_t length, const struct dname *owner,
                                         enum rrtype type, struct observed *observed, struct error *err);
NODISCARD bool dns_packet_observe_marker(const uint8_t *bytes, size_t length, const struct dname *marker,
                                         int64_t wall_s, struct observed *observed, struct error *err);

/* The zone's SOA; is_signed says whether an RRSIG over it came along. */
NODISCARD bool dns_packet_observe_serial(const uint8_t *bytes, size_t length, const struct dname *zone, int64_t wall_s,
                                         struct observed *observed, struct error *err);

/*
 * The names of the zone's NS set, in lower case, at most `most` of them, each in its piece of `storage`. False as
 * above.
 */
NODISCARD bool dns_packet_read_servers(const uint8_t *bytes, size_t length, const struct dname *zone, uint32_t most,
                                       uint8_t storage[][DNAME_WIRE_MAX], struct dname *ret, uint32_t *ret_count,
                                       struct error *err);

/*
 * Whether the answer section holds `wanted` (NULL: nothing is) among its data of a type, whatever name it stands at.
 * What is there is added to `seen`, as in a zone file, with commas; it is not sanitised. False: the message cannot be
 * read, or memory is out.
 */
NODISCARD bool dns_packet_find_answer(const uint8_t *bytes, size_t length, uint16_t type, const char *wanted,
                                      bool *ret_found, struct text *seen, struct error *err);

/* Name and version of the library behind this, for --version. */
void dns_packet_library(struct text *out);

#endif
