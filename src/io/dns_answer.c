/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under dns_client.
 * What:  belief. Size, form, header, question, signature, then what the RCODE means; in this order.
 * Why:   three servers answer one mistake in three ways, and most of them without a signature. So the hint is taken
 *        from what came, since it is nearly always true and saves an hour, while the outcome stays UNKNOWN, since
 *        anybody could have sent it.
 */

#include "io/dns_answer.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define UPDATE_ANSWER_MAX 16384

static void add_peer(struct text *out, const struct dns_expectation *expected)
{
    char address[ADDRESS_TEXT_MAX];
    address_format(&expected->peer->address, address);
    text_addf(out, "%s port %u", address, (unsigned)expected->peer->port);
}

/*
 * What an answer that nobody signed suggests. The words of the RFC are the same everywhere, the reasons behind them are
 * not:
 *
 *   BADKEY    the key is unknown; of Knot also: it has no right here
 *   BADSIG    the secret differs
 *   REFUSED   PowerDNS: anything about the key, the clock or the rights
 *   NOTAUTH   Knot: it does not serve the zone; PowerDNS, to a read: the key or the clock
 *   SERVFAIL  a secondary that passes updates on and cannot reach its primary
 *   NOTIMP    no updates at all, as NSD
 *   FORMERR   signed reads carry an OPT record, which very old servers do not know
 */
static const char *hint_of(uint8_t rcode, uint16_t error)
{
    if (rcode == WIRE_RCODE_NOTAUTH && error == TSIG_ERROR_BADKEY)
        return "key name or algorithm unknown to the server, or (Knot) no right for this name and type";
    if (rcode == WIRE_RCODE_NOTAUTH && error == TSIG_ERROR_BADSIG)
        return "wrong secret";
    if (rcode == WIRE_RCODE_NOTAUTH && error == TSIG_ERROR_BADTIME)
        return "do the clocks differ?";
    switch (rcode) {
    case WIRE_RCODE_REFUSED:
        return "PowerDNS answers so for key, clock and rights alike";
    case WIRE_RCODE_NOTAUTH:
        return "wrong key or clock (PowerDNS), or a zone that it does not serve (Knot)";
    case WIRE_RCODE_SERVFAIL:
        return "a secondary answers so when it cannot pass the message on to its primary";
    case WIRE_RCODE_NOTIMP:
        return "it takes no updates (NSD, or PowerDNS with a back end that cannot)";
    case WIRE_RCODE_FORMERR:
        return "it could not read the message; is it a name server, does it speak EDNS?";
    case WIRE_RCODE_NOTZONE:
        return "it holds the name to be outside of the zone";
    case WIRE_RCODE_BADVERS:
        return "it does not speak EDNS as it is now";
    default:
        return "anybody can have sent it";
    }
}

static void tell_unbelieved(struct text *out, const struct dns_expectation *expected, const struct wire_message *walked,
                            enum tsig_result result, uint16_t error)
{
    add_peer(out, expected);
    if (result != TSIG_ABSENT && result != TSIG_NO_MAC) {
        text_addf(out, " answered %s, not believed: %s", wire_rcode_name(walked->rcode), tsig_result_sentence(result));
        return;
    }
    text_addf(out, " answered %s", wire_rcode_name(walked->rcode));
    if (error)
        text_addf(out, ", %s", tsig_error_name(error));
    text_addf(out, ", unsigned: %s", hint_of(walked->rcode, error));
}

/* NULL: it answers our message. */
static const char *mismatch(const struct dns_expectation *expected, const uint8_t *bytes, size_t length,
                            const struct wire_message *walked)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    if (walked->id != expected->id)
        return "it carries another id";
    if (!walked->response)
        return "it is a question";
    if (walked->opcode != expected->opcode)
        return "it answers another kind of message";
    if (walked->cut)
        return "it says that it was cut";
    if (walked->question_count == 0)
        return NULL;
    if (walked->question_type != expected->type || walked->question_class != WIRE_CLASS_IN ||
        !wire_read_name(bytes, length, walked->question_at, false, storage, &name) ||
        !dname_equal(&name, expected->name))
        return expected->opcode == WIRE_OPCODE_UPDATE ? "it is about another zone" : "it answers another question";
    return NULL;
}

/*
 * A right MAC and an error in the TSIG (RCODE NOTAUTH):
 *
 *   BADTIME    CLOCK, with the skew
 *   BADTRUNC   CONFIG
 *   other      BUG: such errors are told without a MAC
 */
static enum outcome outcome_of_error(uint16_t error)
{
    switch (error) {
    case TSIG_ERROR_BADTIME:
        return OUTCOME_CLOCK;
    case TSIG_ERROR_BADTRUNC:
        return OUTCOME_CONFIG;
    default:
        return OUTCOME_BUG;
    }
}

/*
 * A right MAC and no error in the TSIG:
 *
 *   RCODE                                     update           read
 *   NOERROR                                   ACCEPTED         ACCEPTED
 *   NXDOMAIN                                  PREREQ           ACCEPTED
 *   YXDOMAIN, YXRRSET, NXRRSET                PREREQ           BUG
 *   REFUSED                                   DENIED           DENIED
 *   NOTAUTH                                   NOT_SERVED       NOT_SERVED
 *   SERVFAIL                                  SERVER_FAILURE   SERVER_FAILURE
 *   FORMERR, NOTZONE, NOTIMP, other           BUG              BUG
 */
static enum outcome outcome_of_rcode(uint8_t rcode, enum wire_opcode opcode)
{
    bool update = opcode == WIRE_OPCODE_UPDATE;
    switch (rcode) {
    case WIRE_RCODE_NOERROR:
        return OUTCOME_ACCEPTED;
    case WIRE_RCODE_NXDOMAIN:
        return update ? OUTCOME_PREREQ : OUTCOME_ACCEPTED;
    case WIRE_RCODE_YXDOMAIN:
    case WIRE_RCODE_YXRRSET:
    case WIRE_RCODE_NXRRSET:
        return update ? OUTCOME_PREREQ : OUTCOME_BUG;
    case WIRE_RCODE_REFUSED:
        return OUTCOME_DENIED;
    case WIRE_RCODE_NOTAUTH:
        return OUTCOME_NOT_SERVED;
    case WIRE_RCODE_SERVFAIL:
        return OUTCOME_SERVER_FAILURE;
    default:
        return OUTCOME_BUG;
    }
}

/* What to look at when a signed answer is not the one hoped for. */
static const char *advice_of(enum outcome outcome, uint8_t rcode)
{
    switch (outcome) {
    case OUTCOME_PREREQ:
        return "a prerequisite did not hold";
    case OUTCOME_DENIED:
        return "the key has no right here, or the zone is frozen or a secondary";
    case OUTCOME_NOT_SERVED:
        return "the server does not serve this zone";
    case OUTCOME_CLOCK:
        return "set the clock of this host or of the server";
    case OUTCOME_CONFIG:
        return "the server wants another length of MAC";
    case OUTCOME_SERVER_FAILURE:
        return "see the server's own log";
    case OUTCOME_BUG:
        return rcode == WIRE_RCODE_NOTIMP ? "the server takes no updates (NSD, or PowerDNS with a back end that cannot)"
                                          : "the server cannot make sense of the message";
    case OUTCOME_ACCEPTED:
    case OUTCOME_UNKNOWN:
    case OUTCOME_NOT_SENT:
        break;
    }
    return "";
}

static int32_t clip(int64_t number)
{
    return number > INT32_MAX ? INT32_MAX : number < INT32_MIN ? INT32_MIN : (int32_t)number;
}

static void judge_believed(const struct dns_expectation *expected, const struct tsig_facts *facts,
                           struct dns_report *report, struct text *detail)
{
    report->verified = true;
    report->outcome = facts->error ? outcome_of_error(facts->error) : outcome_of_rcode(report->rcode, expected->opcode);
    if (report->outcome == OUTCOME_CLOCK && facts->has_server_time)
        report->skew_s = clip(facts->signed_wall_s - facts->server_wall_s);
    if (report->outcome == OUTCOME_ACCEPTED)
        return;
    add_peer(detail, expected);
    text_addf(detail, " answered %s", wire_rcode_name(report->rcode));
    if (facts->error)
        text_addf(detail, ", %s", tsig_error_name(facts->error));
    text_addf(detail, ": %s", advice_of(report->outcome, report->rcode));
}

void dns_answer_judge(const struct dns_expectation *expected, const uint8_t *bytes, size_t length, int64_t wall_s,
                      struct wire_message *ret_walked, struct dns_report *ret_report)
{
    *ret_report = (struct dns_report){.outcome = OUTCOME_UNKNOWN, .has_answer = true};
    *ret_walked = (struct wire_message){0};
    struct text detail = text_over(ret_report->detail, sizeof ret_report->detail);
    struct error err = {0};
    const char *wrong = NULL;
    if (expected->opcode == WIRE_OPCODE_UPDATE && length > UPDATE_ANSWER_MAX)
        wrong = "it is longer than the answer to an update can be";
    else if (!wire_walk(bytes, length, ret_walked, &err))
        wrong = err.text;
    else
        wrong = mismatch(expected, bytes, length, ret_walked);
    if (wrong) {
        text_add(&detail, "answer from ");
        add_peer(&detail, expected);
        text_addf(&detail, " not believed: %s", wrong);
        return;
    }

    struct tsig_facts facts;
    enum tsig_result result = tsig_verify(expected->key, expected->request, bytes, length, ret_walked, wall_s, &facts);
    ret_report->rcode = ret_walked->rcode;
    ret_report->tsig_error = facts.error;
    if (result == TSIG_GOOD || result == TSIG_ERROR_TOLD)
        judge_believed(expected, &facts, ret_report, &detail);
    else
        tell_unbelieved(&detail, expected, ret_walked, result, facts.error);
}

void dns_answer_missing(const struct dns_expectation *expected, uint32_t timeout_ms, const struct error *err,
                        struct dns_report *ret_report)
{
    *ret_report = (struct dns_report){.outcome = OUTCOME_UNKNOWN};
    struct text detail = text_over(ret_report->detail, sizeof ret_report->detail);
    if (err) {
        text_add(&detail, err->text);
        return;
    }
    text_add(&detail, "no answer from ");
    add_peer(&detail, expected);
    text_add(&detail, " within ");
    text_add_duration(&detail, timeout_ms);
    if (expected->opcode == WIRE_OPCODE_UPDATE)
        text_add(&detail, "; PowerDNS stays silent when dnsupdate is off");
}
