/* SPDX-License-Identifier: MIT */
/*
 * Where: io, in front of tsig and dns_packet.
 * What:  walks a DNS message once, from header to last octet, and remembers where things stand.
 * Why:   compression pointers may only point backwards, to before everything that this name has used so far, so that
 *        each name ends after at most 255 octets and no loop can be built; and the form of RDATA is checked here since
 *        the library behind does not insist that a record uses up the length that it announces.
 */

#include "io/wire.h"

#include <string.h>

#define LABEL_MAX        63
#define POINTER          0xc0
#define RR_FIXED_SIZE    10 /* type, class, TTL, RDLENGTH */
#define SOA_NUMBERS_SIZE 20

uint16_t wire_get16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint32_t wire_get32(const uint8_t *bytes)
{
    return (uint32_t)wire_get16(bytes) << 16 | wire_get16(bytes + 2);
}

uint64_t wire_get48(const uint8_t *bytes)
{
    return (uint64_t)wire_get16(bytes) << 32 | wire_get32(bytes + 2);
}

void wire_put16(uint8_t *bytes, uint16_t number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

void wire_put32(uint8_t *bytes, uint32_t number)
{
    wire_put16(bytes, (uint16_t)(number >> 16));
    wire_put16(bytes + 2, (uint16_t)number);
}

void wire_put48(uint8_t *bytes, uint64_t number)
{
    wire_put16(bytes, (uint16_t)(number >> 32));
    wire_put32(bytes + 2, (uint32_t)number);
}

static uint8_t lower(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

size_t wire_read_name(const uint8_t *bytes, size_t length, size_t at, bool plain, uint8_t storage[DNAME_WIRE_MAX],
                      struct dname *ret)
{
    size_t end = 0;     /* behind the name in the message; known at the first pointer or at the root */
    size_t lowest = at; /* a pointer has to go below this */
    size_t used = 0;
    for (;;) {
        if (at >= length)
            return 0;
        uint8_t size = bytes[at];
        if (size >= POINTER) {
            if (plain || at + 2 > length)
                return 0;
            size_t target = wire_get16(bytes + at) & 0x3fff;
            if (target < WIRE_HEADER_SIZE || target >= lowest)
                return 0;
            end = end ? end : at + 2;
            at = lowest = target;
            continue;
        }
        if (size > LABEL_MAX || at + 1 + size > length || used + 1 + size > DNAME_WIRE_MAX)
            return 0;
        storage[used++] = size;
        for (uint8_t i = 1; i <= size; i++)
            storage[used++] = lower(bytes[at + i]);
        at += 1u + size;
        if (size == 0)
            break;
    }
    *ret = (struct dname){.wire = storage, .length = (uint16_t)used};
    return end ? end : at;
}

/* The offset behind the name, 0 if it is malformed. */
static size_t skip_name(const uint8_t *bytes, size_t length, size_t at)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    return wire_read_name(bytes, length, at, false, storage, &name);
}

static bool strings_fill(const uint8_t *rdata, size_t length)
{
    size_t at = 0;
    while (at < length)
        at += 1u + rdata[at];
    return at == length && length > 0;
}

/*
 * Names in RDATA may point back into the message, but must not end elsewhere than where RDLENGTH says.
 */
static bool rdata_has_form(const uint8_t *bytes, size_t at, size_t length, uint16_t type)
{
    size_t end = at + length;
    size_t name_end = 0;
    switch (type) {
    case RRTYPE_A:
        return length == 4;
    case RRTYPE_AAAA:
        return length == 16;
    case RRTYPE_TXT:
        return strings_fill(bytes + at, length);
    case RRTYPE_CNAME:
    case WIRE_TYPE_NS:
    case WIRE_TYPE_DNAME:
        return skip_name(bytes, end, at) == end;
    case RRTYPE_SOA:
        name_end = skip_name(bytes, end, at);
        name_end = name_end ? skip_name(bytes, end, name_end) : 0;
        return name_end && name_end + SOA_NUMBERS_SIZE == end;
    default:
        return true;
    }
}

static bool fault(struct error *err, const char *words)
{
    error_set(err, ERROR_PROTOCOL, "%s", words);
    return false;
}

static bool walk_question(const uint8_t *bytes, size_t length, size_t *at, struct wire_message *message,
                          struct error *err)
{
    size_t end = skip_name(bytes, length, *at);
    if (!end)
        return fault(err, "the name of its question is malformed");
    if (end + 4 > length)
        return fault(err, "it ends within its question");
    message->question_at = (uint16_t)*at;
    message->question_type = wire_get16(bytes + end);
    message->question_class = wire_get16(bytes + end + 2);
    *at = end + 4;
    return true;
}

/* `last`: the last record of the message, the one place where a TSIG may stand (RFC 8945 5.1). */
static bool walk_record(const uint8_t *bytes, size_t length, size_t *at, bool last, struct wire_message *message,
                        struct error *err)
{
    size_t fixed = skip_name(bytes, length, *at);
    if (!fixed)
        return fault(err, "the name of a record is malformed");
    if (fixed + RR_FIXED_SIZE > length)
        return fault(err, "it ends within a record");
    uint16_t type = wire_get16(bytes + fixed);
    uint16_t class = wire_get16(bytes + fixed + 2);
    uint32_t ttl_s = wire_get32(bytes + fixed + 4);
    uint16_t rdata_length = wire_get16(bytes + fixed + 8);
    size_t rdata_at = fixed + RR_FIXED_SIZE;
    if (rdata_at + rdata_length > length)
        return fault(err, "a record is longer than the message");

    if (type == WIRE_TYPE_TSIG) {
        if (!last)
            return fault(err, "its TSIG is not the last record, or not the only one");
        if (class != WIRE_CLASS_ANY || ttl_s != 0)
            return fault(err, "its TSIG has another class than ANY or another TTL than 0");
        message->has_tsig = true;
        message->tsig = (struct wire_tsig){
            .at = (uint16_t)*at, .rdata_at = (uint16_t)rdata_at, .rdata_length = rdata_length};
    } else if (type == WIRE_TYPE_OPT) {
        if (message->has_opt)
            return fault(err, "it has more than one OPT record");
        message->has_opt = true;
        uint32_t rcode = ttl_s >> 24 << 4 | message->rcode;
        message->rcode = rcode > UINT8_MAX ? UINT8_MAX : (uint8_t)rcode;
    } else {
        /*
         * Prerequisites and deletions of an UPDATE that is echoed are of class ANY or NONE and may be empty (RFC 2136
         * 2.4, 2.5).
         */
        bool may_be_empty = class == WIRE_CLASS_ANY || class == WIRE_CLASS_NONE;
        if (!(rdata_length == 0 && may_be_empty) && !rdata_has_form(bytes, rdata_at, rdata_length, type))
            return fault(err, "the data of a record does not have the form of its type");
    }
    *at = rdata_at + rdata_length;
    return true;
}

bool wire_walk(const uint8_t *bytes, size_t length, struct wire_message *ret, struct error *err)
{
    if (length < WIRE_HEADER_SIZE)
        return fault(err, "it is shorter than a header");
    if (length > UINT16_MAX)
        return fault(err, "it is longer than a message can be");
    struct wire_message message = {
        .id = wire_get16(bytes),
        .response = bytes[2] & 0x80,
        .opcode = bytes[2] >> 3 & 0x0f,
        .authoritative = bytes[2] & 0x04,
        .cut = bytes[2] & 0x02,
        .rcode = bytes[3] & 0x0f,
        .question_count = wire_get16(bytes + 4),
        .answer_count = wire_get16(bytes + 6),
        .authority_count = wire_get16(bytes + 8),
        .additional_count = wire_get16(bytes + 10),
    };
    if (message.question_count > 1)
        return fault(err, "it has more than one question");
    size_t at = WIRE_HEADER_SIZE;
    if (message.question_count == 1 && !walk_question(bytes, length, &at, &message, err))
        return false;

    uint32_t records = (uint32_t)message.answer_count + message.authority_count + message.additional_count;
    for (uint32_t i = 1; i <= records; i++) {
        bool last = i == records && message.additional_count > 0;
        if (!walk_record(bytes, length, &at, last, &message, err))
            return false;
    }
    if (at != length)
        return fault(err, "something lies behind its last record");
    *ret = message;
    return true;
}

const char *wire_rcode_name(uint8_t rcode)
{
    static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
                                        "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};
    if (rcode == WIRE_RCODE_BADVERS)
        return "BADVERS";
    return rcode < ARRAY_COUNT(names) ? names[rcode] : "an RCODE without a name";
}
