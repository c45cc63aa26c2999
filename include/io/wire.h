/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_WIRE_H
#define REPOINTD_IO_WIRE_H

/*
 * Where: io; the first to look at whatever a name server sent, before tsig and dns_packet.
 * What:  a bounds-checked walk over the raw bytes of one DNS message (RFC 1035 4): header, names, lengths, counts,
 *        place of the TSIG.
 * Why:   parsers of DNS messages are the widest door that a stranger finds here. No library and no allocation stand
 *        behind it, and nothing else sees a message that did not pass.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "model/dname.h"
#include "model/rrset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_HEADER_SIZE 12
#define WIRE_TYPE_NS     2
#define WIRE_TYPE_DNAME  39
#define WIRE_TYPE_OPT    41
#define WIRE_TYPE_RRSIG  46
#define WIRE_TYPE_TSIG   250
#define WIRE_FLAG_RD     0x01 /* in the third octet of the header */
#define WIRE_CLASS_IN    1
#define WIRE_CLASS_NONE  254
#define WIRE_CLASS_ANY   255

enum wire_opcode { WIRE_OPCODE_QUERY = 0, WIRE_OPCODE_UPDATE = 5 };

/* RFC 1035 4.1.1, RFC 2136 2.2. */
enum wire_rcode {
    WIRE_RCODE_NOERROR = 0,
    WIRE_RCODE_FORMERR,
    WIRE_RCODE_SERVFAIL,
    WIRE_RCODE_NXDOMAIN,
    WIRE_RCODE_NOTIMP,
    WIRE_RCODE_REFUSED,
    WIRE_RCODE_YXDOMAIN,
    WIRE_RCODE_YXRRSET,
    WIRE_RCODE_NXRRSET,
    WIRE_RCODE_NOTAUTH,
    WIRE_RCODE_NOTZONE,
    WIRE_RCODE_BADVERS = 16 /* RFC 6891 9 */
};

/* Places are offsets from the message's first octet. */
struct wire_tsig {
    uint16_t at; /* its owner name; the message without it ends here */
    uint16_t rdata_at, rdata_length;
};

struct wire_message {
    uint16_t id;
    bool response, authoritative, cut; /* QR, AA, TC */
    uint8_t opcode;
    uint8_t rcode; /* with the part that an OPT record carries (RFC 6891 6.1.3); 255: or more */
    bool has_opt;
    uint16_t question_count, answer_count, authority_count,
        additional_count;                                /* an UPDATE's zone, prerequisites, updates, additional */
    uint16_t question_at, question_type, question_class; /* where question_count is 1 */
    bool has_tsig;
    struct wire_tsig tsig;
};

/*
 * True: names, lengths and counts hold, nothing lies behind the last record, there is at most one question and one OPT,
 * and a TSIG, if there is one, is the only one, the last record, of class ANY and TTL 0. RDATA of A, AAAA, CNAME, NS,
 * DNAME, SOA and TXT has the form of its type. At most 65,535 octets. False: ERROR_PROTOCOL, `ret` is untouched.
 */
NODISCARD bool wire_walk(const uint8_t *bytes, size_t length, struct wire_message *ret, struct error *err);

/*
 * Reads the name at `at`, follows compression, and writes it in lower case to `storage`, viewed by `ret`. Gives the
 * offset behind the name as it stands in the message, or 0 if it is malformed. With `plain`, a compressed name is
 * malformed.
 */
size_t wire_read_name(const uint8_t *bytes, size_t length, size_t at, bool plain, uint8_t storage[DNAME_WIRE_MAX],
                      struct dname *ret);

/* Numbers in network order. */
uint16_t wire_get16(const uint8_t *bytes);
uint32_t wire_get32(const uint8_t *bytes);
uint64_t wire_get48(const uint8_t *bytes);
void wire_put16(uint8_t *bytes, uint16_t number);
void wire_put32(uint8_t *bytes, uint32_t number);
void wire_put48(uint8_t *bytes, uint64_t number);

/* "NXRRSET"; "an RCODE without a name" for those that have none. */
const char *wire_rcode_name(uint8_t rcode);

#endif
