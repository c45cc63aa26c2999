/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind wording.
 * What:  what a name server answered, or did not answer, in words, with the hint that most often helps.
 * Why:   "NOT switched" is read at night by someone who has to know where to look first: at the key, the rights,
 *        the clock, the line.
 */
#include "app/wording.h"

#include <inttypes.h>
#include <stdlib.h>

enum { RCODE_FORMERR = 1, RCODE_NOTIMP = 4, RCODE_NOTZONE = 10, RCODE_BADVERS = 16 };

static const char *rcode_text(uint8_t rcode, char storage[static 16])
{
    static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
                                        "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};
    if (rcode < ARRAY_COUNT(names))
        return names[rcode];
    struct text text = text_over(storage, 16);
    text_addf(&text, "RCODE%u", (unsigned)rcode);
    return storage;
}

/* "A", "A and AAAA": what the record's key has to be allowed. */
static const char *types_text(const struct record_settings *record)
{
    if (record->type_count > 1)
        return "A and AAAA";
    return rrtype_name(record->types[0]);
}

/* What the plan writes decides which right can be the one that lacks; without a plan it was a read. */
static void add_rights(struct text *out, const struct record_settings *record, const struct server_settings *server,
                       const char *zone, enum plan_kind plan)
{
    char key[DNAME_TEXT_MAX], marker[DNAME_TEXT_MAX];
    dname_format(&server->key.name, key);
    dname_format(&record->marker, marker);
    if (!plan)
        text_addf(out, "; does it serve zone %s, and may key '%s' query it?", zone, key);
    else if (plan == PLAN_ADOPT || plan == PLAN_FENCE || plan == PLAN_DISOWN || plan == PLAN_TAKE_OVER)
        text_addf(out, "; key '%s' may not update TXT at %s?", key, marker);
    else if ((plan == PLAN_CREATE || plan == PLAN_REHEARSE) && record->ownership != OWNERSHIP_NONE)
        text_addf(out, "; key '%s' may not update %s at this name, or TXT at %s?", key, types_text(record), marker);
    else
        text_addf(out, "; key '%s' may not update %s at this name?", key, types_text(record));
}

/* The server, or one of us, is wrong: sending the same again would not help, and is not done. */
static void add_misunderstanding(struct text *out, const char *zone, const struct notice *notice)
{
    switch (notice->dns.rcode) {
    case RCODE_NOTIMP:
        text_add(out,
                 notice->plan ? ": the server takes no updates (NSD, or PowerDNS with a back end that cannot)" : "");
        return;
    case RCODE_FORMERR:
        text_add(out, ": it cannot make sense of the message; is something between that changes it?");
        return;
    case RCODE_NOTZONE:
        text_addf(out, ": it holds the name to be outside of zone %s; is there a zone of its own below it?", zone);
        return;
    case RCODE_BADVERS:
        text_add(out, ": it does not speak EDNS as it is now");
        return;
    default:
        return;
    }
}

/*
 * What the outcome means to a person:
 *
 *   ACCEPTED        the answer is good, but the zone does not show it
 *   PREREQ          somebody changed the record meanwhile
 *   DENIED          rights
 *   NOT_SERVED      wrong server, or wrong zone
 *   CLOCK           our clock
 *   CONFIG          truncated MACs
 *   SERVER_FAILURE  look into the server's own log
 *   BUG             the server cannot do this at all (NOTIMP), or we are wrong
 *   UNKNOWN         unsigned answers and silence: the io floor saw it and says it in `detail`
 *   NOT_SENT        the line
 */
static void add_problem(struct text *out, const struct record_settings *record, const struct server_settings *server,
                        const char *zone, const struct notice *notice, const char *rcode)
{
    const struct dns_report *dns = &notice->dns;
    switch (dns->outcome) {
    case OUTCOME_ACCEPTED:
        text_addf(out,
                  "%s answered %s, but the zone does not show the change (not-applied); does a policy (of PowerDNS: "
                  "lua-dnsupdate-policy-script) or a CNAME stand in the way?",
                  server->name, rcode);
        return;
    case OUTCOME_PREREQ:
        text_addf(out, "%s answered %s: somebody else changed the record meanwhile; it is read again", server->name,
                  rcode);
        return;
    case OUTCOME_DENIED:
        text_addf(out, "%s answered %s", server->name, rcode);
        add_rights(out, record, server, zone, notice->plan);
        return;
    case OUTCOME_NOT_SERVED:
        text_addf(out, "%s answered %s: does it serve zone %s?", server->name, rcode, zone);
        return;
    case OUTCOME_CLOCK:
        text_addf(out, "%s answered BADTIME: its clock and ours differ too much", server->name);
        return;
    case OUTCOME_CONFIG:
        text_addf(out, "%s answered BADTRUNC: it wants longer signatures than repointd sends", server->name);
        return;
    case OUTCOME_SERVER_FAILURE:
        text_addf(out, "%s answered %s; its own log says why (disk full, no journal, a locked database?)", server->name,
                  rcode);
        return;
    case OUTCOME_BUG:
        text_addf(out, "%s answered %s", server->name, rcode);
        add_misunderstanding(out, zone, notice);
        return;
    case OUTCOME_UNKNOWN:
        text_addf(out, "%s: %s", server->name, dns->detail[0] ? dns->detail : "no answer that can be believed");
        return;
    case OUTCOME_NOT_SENT:
        text_addf(out, "%s: %s", server->name, dns->detail[0] ? dns->detail : "not reached");
        return;
    }
}

/* What did not happen, by what was tried; a read that fails keeps the record from being switched. */
static const char *undone(const struct notice *notice)
{
    switch (notice->plan) {
    case PLAN_ADOPT:
        return "NOT adopted";
    case PLAN_CREATE:
        return "NOT created";
    case PLAN_TTL:
        return "TTL NOT repaired";
    case PLAN_ASSERT:
    case PLAN_SWITCH:
    case PLAN_FENCE:
        return "NOT switched";
    case PLAN_REHEARSE:
        return "NOT rehearsed";
    case PLAN_DISOWN:
        return "NOT disowned";
    case PLAN_TAKE_OVER:
        return "NOT taken over";
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
        break;
    }
    bool wants_to_move = notice->from != ID_NONE && notice->to != ID_NONE && notice->from != notice->to;
    return wants_to_move ? "NOT switched" : "could not be read";
}

/* How long it has been so, and when it is tried again. A question ends with its mark, whatever follows. */
static void add_prospect(struct text *out, const struct words *words)
{
    const char *between = out->length && out->bytes[out->length - 1] == '?' ? "" : ";";
    if (words->value[WORD_LASTED]) {
        text_addf(out, "%s so for %s", between, words->value[WORD_LASTED]);
        between = ";";
    }
    if (words->value[WORD_NEXT])
        text_addf(out, "%s next try in %s", between, words->value[WORD_NEXT]);
}

static void word_answer(struct words *words, const struct notice *notice, const char *rcode)
{
    char storage[160];
    struct text text = text_over(storage, sizeof storage);
    if (notice->answer_was_lost) {
        text_add(&text, "published; the answer was lost, reading proved it");
    } else if (notice->dns.outcome) {
        text_addf(&text, "%s in ", rcode);
        wording_add_latency(&text, notice->dns.took_us);
    } else {
        text_add(&text, "shows it");
    }
    if (notice->has_serial)
        text_addf(&text, ", serial %" PRIu32, notice->serial);
    words_set(words, WORD_ANSWER, "%s", text.bytes);
}

void wording_of_dns(struct words *words, const struct settings *settings, const struct notice *notice)
{
    if (notice->record >= settings->record_count)
        return;
    const struct dns_report *dns = &notice->dns;
    const struct zone_settings *zone = &settings->zones[settings->records[notice->record].zone];
    char rcode_storage[16];
    const char *rcode = rcode_text(dns->rcode, rcode_storage);
    if (dns->has_answer && dns->verified)
        words_set(words, WORD_RCODE, "%s", rcode);
    if (notice->has_serial)
        words_set(words, WORD_SERIAL, "%" PRIu32, notice->serial);
    word_answer(words, notice, rcode);
    words_set(words, WORD_UNDONE, "%s", notice->not_signed ? "is published, but NOT signed" : undone(notice));
    if (notice->not_signed)
        words_set(words, WORD_PROBLEM,
                  "zone %s is signed, and %s answers what stands at this name without an RRSIG that is in date, so "
                  "resolvers that validate refuse it; see why the server does not sign",
                  words->value[WORD_ZONE], settings->servers[zone->server].name);
    if (!dns->outcome)
        return;
    char storage[1024];
    struct text problem = text_over(storage, sizeof storage);
    add_problem(&problem, &settings->records[notice->record], &settings->servers[zone->server], words->value[WORD_ZONE],
                notice, rcode);
    add_prospect(&problem, words);
    words_set(words, WORD_PROBLEM, "%s", problem.bytes);
    if (!words->value[WORD_DETAIL] && dns->detail[0])
        words_set(words, WORD_DETAIL, "%s", dns->detail);
    if (dns->outcome == OUTCOME_CLOCK && dns->skew_s)
        words_set(words, WORD_SKEW, "%d s %s", abs(dns->skew_s), dns->skew_s > 0 ? "ahead of" : "behind");
}
