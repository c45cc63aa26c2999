/* SPDX-License-Identifier: MIT */
/*
 * Where: io, carried by dns_line.
 * What:  which messages a read or an update is made of, and what their answers say together.
 * Why:   ids come from the kernel: who can guess one is a step nearer to being believed. Each attempt draws new ones
 *        and signs the unsigned bytes again, so there is never a second signature nor an old time. The marker and the
 *        sets are asked for in one go; that they may be of two moments does no harm, as the prerequisites of the next
 *        update compare them again. A name that is there only since a wildcard stands for it can be pinned by no
 *        prerequisite, so a read that cannot tell is made again as a search.
 */

#include "io/dns_flight.h"

#include "base/text.h"
#include "io/dns_answer.h"
#include "io/dns_flight_question.h"
#include "io/dns_packet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static struct dns_flight *flight_new(const struct settings *settings, struct op op, uint32_t zone,
                                     uint32_t message_count)
{
    struct dns_flight *flight = calloc(1, sizeof *flight);
    if (!flight)
        return NULL;
    flight->settings = settings;
    flight->server = &settings->servers[settings->zones[zone].server];
    flight->op = op;
    flight->deadline = MONO_NEVER;
    flight->message_count = message_count;
    return flight;
}

struct dns_flight *dns_flight_read_new(const struct settings *settings, struct op op, bool search)
{
    const struct record_settings *record = &settings->records[op.subject];
    uint32_t count = record->type_count + (search ? 4u : 2u) + (settings_is_cname(record) ? 2u : 0);
    struct dns_flight *flight = flight_new(settings, op, record->zone, count);
    if (flight)
        flight->is_search = search;
    return flight;
}

struct dns_flight *dns_flight_update_new(const struct settings *settings, struct op op, const struct batch_view *batch,
                                         struct error *err)
{
    uint8_t bytes[DNS_UPDATE_OCTETS_MAX];
    size_t length;
    if (!dns_packet_write_update(settings, batch, bytes, sizeof bytes, &length, err))
        return NULL;
    struct dns_flight *flight = flight_new(settings, op, op.subject, 1);
    uint8_t *update = malloc(length);
    if (!flight || !update) {
        error_set(err, ERROR_SYSTEM, "no memory for an update");
        free(update);
        free(flight);
        return NULL;
    }
    memcpy(update, bytes, length);
    flight->is_update = true;
    flight->update = update;
    flight->update_length = length;
    return flight;
}

static void forget_answers(struct dns_flight *flight)
{
    for (uint32_t i = 0; i < flight->message_count; i++)
        free(flight->messages[i].answer);
    memset(flight->messages, 0, sizeof flight->messages);
    flight->answered_count = 0;
    flight->report = (struct dns_report){0};
}

void dns_flight_free(struct dns_flight *flight)
{
    if (!flight)
        return;
    forget_answers(flight);
    free(flight->update);
    free(flight);
}

/* ---- there ------------------------------------------------------------------------------------------------------- */

static bool has_id(const struct dns_flight *flight, uint16_t id, uint32_t below)
{
    for (uint32_t i = 0; i < below; i++)
        if (flight->messages[i].id == id)
            return true;
    return false;
}

static bool draw_id(struct dns_flight *flight, uint32_t message, bool (*is_taken)(uint16_t id, void *ctx), void *ctx,
                    struct error *err)
{
    uint16_t id;
    do {
        if (getrandom(&id, sizeof id, GRND_NONBLOCK) != sizeof id) {
            error_set(err, ERROR_SYSTEM,
                      "the kernel gives no random numbers; nothing is sent with an id that can be guessed");
            return false;
        }
    } while (has_id(flight, id, message) || is_taken(id, ctx));
    flight->messages[message].id = id;
    return true;
}

static bool write_message(struct dns_flight *flight, uint32_t message, struct dns_exchange *exchange, int64_t wall_s,
                          struct error *err)
{
    uint8_t bytes[MESSAGE_OCTETS_MAX];
    size_t length = flight->update_length;
    struct dns_flight_question question;
    dns_flight_question_of(flight, message, &question);
    if (flight->is_update)
        memcpy(bytes, flight->update, length);
    else if (!dns_packet_write_question(&question.name, question.type, true, bytes, sizeof bytes, &length, err))
        return false;
    wire_put16(bytes, flight->messages[message].id);
    if (!tsig_sign(&flight->server->key, bytes, &length, sizeof bytes, wall_s, &flight->messages[message].signature,
                   err))
        return false;
    if (dns_exchange_put(exchange, bytes, length))
        return true;
    error_set(err, ERROR_SYSTEM, "no memory for a message to the name server");
    return false;
}

bool dns_flight_write(struct dns_flight *flight, struct dns_exchange *exchange, int64_t wall_s,
                      bool (*is_taken)(uint16_t id, void *ctx), void *ctx, struct error *err)
{
    forget_answers(flight);
    flight->begin = dns_exchange_put_octets(exchange);
    flight->written = true;
    for (uint32_t i = 0; i < flight->message_count; i++)
        if (!draw_id(flight, i, is_taken, ctx, err) || !write_message(flight, i, exchange, wall_s, err))
            return false;
    return true;
}

/* ---- and back ---------------------------------------------------------------------------------------------------- */

uint32_t dns_flight_message_of(const struct dns_flight *flight, uint16_t id)
{
    for (uint32_t i = 0; i < flight->message_count && flight->written; i++)
        if (flight->messages[i].id == id && !flight->messages[i].answered)
            return i;
    return ID_NONE;
}

static struct dns_expectation expectation_of(const struct dns_flight *flight, uint32_t message,
                                             const struct endpoint *peer, struct dns_flight_question *question)
{
    dns_flight_question_of(flight, message, question);
    return (struct dns_expectation){
        .key = &flight->server->key,
        .peer = peer,
        .request = &flight->messages[message].signature,
        .id = flight->messages[message].id,
        .opcode = flight->is_update ? WIRE_OPCODE_UPDATE : WIRE_OPCODE_QUERY,
        .name = &question->name,
        .type = question->type,
    };
}

/* Only a read's answers are looked into. Without memory for one of them the read is no good. */
static void keep_answer(const struct dns_flight *flight, struct dns_message *message, const uint8_t *bytes,
                        size_t length, struct dns_report *report)
{
    if (flight->is_update || report->outcome != OUTCOME_ACCEPTED)
        return;
    message->answer = malloc(length);
    message->answer_length = length;
    if (message->answer) {
        memcpy(message->answer, bytes, length);
        return;
    }
    struct text detail = text_over(report->detail, sizeof report->detail);
    text_add(&detail, "no memory for the answer");
    report->outcome = OUTCOME_UNKNOWN;
}

bool dns_flight_take(struct dns_flight *flight, uint32_t message, const struct endpoint *peer, const uint8_t *bytes,
                     size_t length, int64_t wall_s, struct dns_report *ret)
{
    struct dns_flight_question question;
    struct dns_expectation expected = expectation_of(flight, message, peer, &question);
    struct wire_message walked;
    struct dns_report report;
    dns_answer_judge(&expected, bytes, length, wall_s, &walked, &report);
    if (report.outcome == OUTCOME_UNKNOWN) {
        *ret = report;
        return false;
    }
    struct dns_message *own = &flight->messages[message];
    own->answered = true;
    own->authoritative = walked.authoritative;
    own->exists = walked.authoritative && walked.rcode == WIRE_RCODE_NOERROR;
    flight->answered_count++;
    keep_answer(flight, own, bytes, length, &report);
    if (report.outcome != OUTCOME_ACCEPTED && !dns_flight_is_aside(flight, message) && !flight->report.outcome)
        flight->report = report;
    return true;
}

/* Without a marker to be, nothing at its name is looked at but whether it is there. */
static bool observe(const struct dns_flight *flight, uint32_t message, int64_t wall_s, struct dns_findings *findings,
                    struct error *err)
{
    const struct dns_message *own = &flight->messages[message];
    const struct record_settings *record = &flight->settings->records[flight->op.subject];
    struct dns_flight_question question;
    dns_flight_question_of(flight, message, &question);
    struct observed *observed = &findings->observed;
    switch (dns_flight_about(flight, message)) {
    case ABOUT_MARKER:
        return record->ownership == OWNERSHIP_NONE ||
               dns_packet_observe_marker(own->answer, own->answer_length, &question.name, wall_s, observed, err);
    case ABOUT_ZONE:
        return dns_packet_observe_serial(own->answer, own->answer_length, &question.name, wall_s, observed, err);
    case ABOUT_WILDCARD:
    case ABOUT_CONTROL:
        return true;
    case ABOUT_V4:
    case ABOUT_V6:
        return !own->answer ||
               dns_packet_observe_beside(own->answer, own->answer_length, &question.name, question.type, observed, err);
    }
    return dns_packet_observe_set(own->answer, own->answer_length, &question.name, question.type, message,
                                  findings->packed[message], UINT16_MAX, wall_s, observed, err);
}

static void say(struct dns_report *report, enum outcome outcome, const struct endpoint *peer, const char *words,
                const struct dname *name)
{
    char address[ADDRESS_TEXT_MAX], text[DNAME_TEXT_MAX];
    address_format(&peer->address, address);
    dname_format(name, text);
    struct text detail = text_over(report->detail, sizeof report->detail);
    text_addf(&detail, "%s port %u, asked for %s: %s", address, (unsigned)peer->port, text, words);
    report->outcome = outcome;
}

/* The name is an apex, or so long that nothing can be asked below a wildcard of it: then it is not searched. */
static bool may_search(const struct dns_flight *flight)
{
    const struct record_settings *record = &flight->settings->records[flight->op.subject];
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname below;
    return !dname_equal(&record->owner, &flight->settings->zones[record->zone].name) &&
           dns_flight_below_wildcard(&record->owner, storage, &below);
}

/*
 *   at the marker's name                          then
 *   a TXT, or NXDOMAIN                            the name is what it seems to be
 *   neither, not searched                         vague: a wildcard, a neighbour of the marker, or "*.NAME"
 *   neither, searched                             occluded, if a wildcard stands for the name
 */
static void conclude_search(const struct dns_flight *flight, struct dns_findings *findings)
{
    struct observed *observed = &findings->observed;
    uint32_t types = flight->settings->records[flight->op.subject].type_count;
    const struct dns_message *marker = &flight->messages[types];
    findings->is_vague = false;
    if (observed->form != MARKER_FORM_NONE || observed->beside || observed->occluded || !marker->exists)
        return;
    const struct dns_message *below = marker + (ABOUT_WILDCARD - ABOUT_MARKER), *control = below + 1;
    if (flight->is_search)
        observed->occluded = below->exists && !control->exists;
    else
        findings->is_vague = may_search(flight);
}

/*
 * An answer without authority counts where it is a referral: then something else than the zone's data explains the
 * name.
 */
static void conclude_read(const struct dns_flight *flight, const struct endpoint *peer, int64_t wall_s,
                          struct dns_findings *findings, struct dns_report *report)
{
    struct observed *observed = &findings->observed;
    *observed = (struct observed){.signatures_good = true};
    bool occluded = false, authoritative = true;
    for (uint32_t i = 0; i < flight->message_count; i++) {
        struct dns_flight_question question;
        struct error err;
        dns_flight_question_of(flight, i, &question);
        observed->occluded = false;
        if (!observe(flight, i, wall_s, findings, &err)) {
            say(report, OUTCOME_UNKNOWN, peer, err.text, &question.name);
            return;
        }
        if (dns_flight_is_aside(flight, i))
            continue;
        if (!flight->messages[i].authoritative && !observed->occluded) {
            say(report, OUTCOME_NOT_SERVED, peer, "answered without authority (AA=0); is it a primary of this zone?",
                &question.name);
            return;
        }
        occluded |= observed->occluded;
        authoritative &= flight->messages[i].authoritative;
    }
    observed->occluded = occluded;
    observed->authenticated = true;
    observed->aa = authoritative;
    observed->signatures_good &= observed->is_signed;
    if (!observed->is_signed)
        observed->signed_until_s = 0;
    conclude_search(flight, findings);
}

void dns_flight_conclude(const struct dns_flight *flight, const struct endpoint *peer, int64_t wall_s,
                         struct dns_findings *findings, struct dns_report *ret)
{
    assert(flight->answered_count == flight->message_count);
    *ret = flight->report;
    if (ret->outcome)
        return;
    *ret = (struct dns_report){.outcome = OUTCOME_ACCEPTED, .has_answer = true, .verified = true};
    if (!flight->is_update)
        conclude_read(flight, peer, wall_s, findings, ret);
}

void dns_flight_give_up(const struct dns_flight *flight, const struct endpoint *peer, uint64_t left,
                        const struct error *err, struct dns_report *ret)
{
    struct dns_flight_question question;
    struct dns_expectation expected = expectation_of(flight, 0, peer, &question);
    dns_answer_missing(&expected, flight->server->timeout_ms, err, ret);
    if (!flight->written || left <= flight->begin)
        ret->outcome = OUTCOME_NOT_SENT;
}
