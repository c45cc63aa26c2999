/* SPDX-License-Identifier: MIT */
/*
 * Where: tests; libFuzzer, and each `make check` over the corpus.
 * What:  the way of an answer from the line to what is believed: io/wire, io/tsig, io/dns_answer, io/dns_packet. The
 *        input says which question was asked, the flags and the counts, and the records; header, question and a right
 *        signature are put around them, so that what is verified reaches ldns. Without them it is tried too, and must
 *        not be believed.
 *
 *   octet 0      what was asked: A, AAAA, marker, SOA, update
 *   octet 1, 2   flags (AA, RCODE, …)
 *   octet 3 - 5  records in answer, authority, additional section
 *   the rest     records; names may point to offset 12, the question
 */
#include "io/dns_answer.h"
#include "io/dns_packet.h"

#include <assert.h>
#include <string.h>

#define NOW      1700000000
#define PROLOGUE 6

static const uint8_t secret[32] = "a secret that no corpus contains";
static const uint8_t key_name[] = "\010repointd", zone_name[] = "\002fo\004test",
                     owner_name[] = "\003www\002fo\004test", marker_name[] = "\011_repointd\003www\002fo\004test";

#define NAME(octets)                               \
    {                                              \
        .wire = (octets), .length = sizeof(octets) \
    }

static const struct key_settings key = {
    .name = NAME(key_name), .algorithm = TSIG_HMAC_SHA256, .secret = secret, .secret_length = sizeof secret};
static const struct endpoint peer = {.address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 53}}, .port = 53};
static const struct {
    struct dname name;
    enum rrtype type;
    enum wire_opcode opcode;
} asked[] = {
    {NAME(owner_name), RRTYPE_A, WIRE_OPCODE_QUERY},    {NAME(owner_name), RRTYPE_AAAA, WIRE_OPCODE_QUERY},
    {NAME(marker_name), RRTYPE_TXT, WIRE_OPCODE_QUERY}, {NAME(zone_name), RRTYPE_SOA, WIRE_OPCODE_QUERY},
    {NAME(zone_name), RRTYPE_SOA, WIRE_OPCODE_UPDATE},
};

static uint8_t message[UINT16_MAX], packed[UINT16_MAX];

/* Everything that a later reader would touch, so that the sanitizers see it read. */
static void look_at(const struct observed *observed)
{
    static char storage[262144];
    struct text out = text_over(storage, sizeof storage);
    for (size_t i = 0; i < ARRAY_COUNT(observed->sets); i++)
        if (observed->sets[i].type)
            rrset_format(&observed->sets[i], &out);
    if (observed->form == MARKER_FORM_ONE) {
        char text[MARKER_TEXT_MAX];
        marker_format(&observed->marker, text);
    }
}

static void observe(size_t question, size_t length)
{
    struct observed observed = {0};
    const struct dname *name = &asked[question].name;
    bool read = false;
    switch (asked[question].type) {
    case RRTYPE_A:
    case RRTYPE_AAAA:
        read = dns_packet_observe_set(message, length, name, asked[question].type, 0, packed, sizeof packed, NOW,
                                      &observed, NULL);
        break;
    case RRTYPE_TXT:
        read = dns_packet_observe_marker(message, length, name, NOW, &observed, NULL);
        break;
    case RRTYPE_SOA:
        read = dns_packet_observe_serial(message, length, name, NOW, &observed, NULL);
        break;
    case RRTYPE_CNAME:
        break;
    }
    if (read)
        look_at(&observed);
}

static struct dns_expectation expectation(size_t question, const struct tsig_state *request)
{
    return (struct dns_expectation){.key = &key,
                                    .peer = &peer,
                                    .request = request,
                                    .id = 0x1234,
                                    .opcode = asked[question].opcode,
                                    .name = &asked[question].name,
                                    .type = asked[question].type};
}

static void answer_unsigned(size_t question, const uint8_t *bytes, size_t length)
{
    static const struct tsig_state request = {.mac_length = 32, .mac = {1}};
    struct dns_expectation expected = expectation(question, &request);
    struct wire_message walked;
    struct dns_report report;
    dns_answer_judge(&expected, bytes, length, NOW, &walked, &report);
    assert(report.outcome == OUTCOME_UNKNOWN && !report.verified);
    for (const char *c = report.detail; *c; c++)
        assert(*c >= ' ' && *c <= '~');
}

/* Header and question around the records of the input; the length, 0 where it is too long. */
static size_t frame(size_t question, const uint8_t *data, size_t size)
{
    const struct dname *name = &asked[question].name;
    if (size - PROLOGUE > sizeof message - 512)
        return 0;
    wire_put16(message, 0x1234);
    message[2] = (uint8_t)(0x80 | asked[question].opcode << 3 | (data[1] & 0x05));
    message[3] = data[2];
    wire_put16(message + 4, 1);
    for (size_t i = 0; i < 3; i++)
        wire_put16(message + 6 + 2 * i, data[3 + i]);
    size_t length = WIRE_HEADER_SIZE;
    memcpy(message + length, name->wire, name->length);
    length += name->length;
    wire_put16(message + length, (uint16_t)asked[question].type);
    wire_put16(message + length + 2, WIRE_CLASS_IN);
    length += 4;
    memcpy(message + length, data + PROLOGUE, size - PROLOGUE);
    return length + size - PROLOGUE;
}

static void answer_signed(size_t question, const uint8_t *data, size_t size)
{
    struct wire_message walked;
    struct tsig_state signature;
    size_t length = frame(question, data, size);
    if (!length || !wire_walk(message, length, &walked, NULL) || walked.has_tsig)
        return;
    bool good = tsig_sign(&key, message, &length, sizeof message, NOW, &signature, NULL);
    assert(good);
    struct dns_expectation expected = expectation(question, NULL);
    struct dns_report report;
    dns_answer_judge(&expected, message, length, NOW, &walked, &report);
    assert(report.verified || (asked[question].opcode == WIRE_OPCODE_UPDATE && length > 16384));
    if (report.outcome == OUTCOME_ACCEPTED)
        observe(question, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < PROLOGUE)
        return 0;
    size_t question = data[0] % ARRAY_COUNT(asked);
    answer_unsigned(question, data + 1, size - 1);
    answer_signed(question, data, size);
    return 0;
}
