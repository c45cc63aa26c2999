/* SPDX-License-Identifier: MIT */
/*
 * Where: io, behind http and connect, before prober.
 * What:  the table from "what happened" to one of the closed list of reasons.
 * Why:   Whatever connect answers at once was said by this host: no packet has left, or none that matters; only a
 *        refusal can be the target's, when the target is this very host. What comes later was said by the target or
 *        by a router before it.
 */

#include "io/judge.h"

#include "base/text.h"
#include "io/judge_text.h"
#include "io/wire.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define DAY_S 86400

static const char *words_of(const struct probe_facts *facts, const char *otherwise)
{
    if (facts->text && facts->text[0])
        return facts->text;
    return facts->sys_errno ? strerror(facts->sys_errno) : otherwise;
}

static enum reason say(struct text *detail, enum reason reason, const char *words)
{
    text_add_foreign(detail, words, strlen(words));
    return reason;
}

/* No packet from outside makes these: we ran out of something. */
static bool is_ours(int sys_errno)
{
    static const int ours[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EAGAIN};
    for (size_t i = 0; i < ARRAY_COUNT(ours); i++)
        if (ours[i] == sys_errno)
            return true;
    return false;
}

/*
 *   connect failed    at once          later
 *   ECONNREFUSED      refused          refused
 *   ECONNRESET        local-error      refused (a reset instead of an answer to SYN)
 *   ETIMEDOUT         local-error      timeout-connect (the kernel gave up before us)
 *   one of ours       local-error      local-error (a second socket of the same look)
 *   anything else     local-error      unreachable
 */
static enum reason judge_connect(const struct probe_facts *facts, struct text *detail)
{
    const char *words = words_of(facts, "the connection failed");
    if (facts->sys_errno == ECONNREFUSED)
        return say(detail, REASON_REFUSED, words);
    if (facts->at_once || is_ours(facts->sys_errno))
        return say(detail, REASON_LOCAL_ERROR, words);
    if (facts->sys_errno == ECONNRESET)
        return say(detail, REASON_REFUSED, words);
    if (facts->sys_errno == ETIMEDOUT)
        return say(detail, REASON_TIMEOUT_CONNECT, words);
    return say(detail, REASON_UNREACHABLE, words);
}

static enum reason judge_timeout(const struct probe_facts *facts, struct text *detail)
{
    static const struct {
        enum reason reason;
        const char *words;
    } table[] = {
        [PROBE_RESOLVE] = {REASON_LOCAL_ERROR, "no address from the resolver of this host"},
        [PROBE_CONNECT] = {REASON_TIMEOUT_CONNECT, "not connected"},
        [PROBE_TLS] = {REASON_TIMEOUT_TLS, "no TLS session"},
        [PROBE_RESPONSE] = {REASON_TIMEOUT_RESPONSE, "no answer"},
        [PROBE_BODY] = {REASON_TIMEOUT_RESPONSE, "no end of the body"},
        [PROBE_RUN] = {REASON_EXEC_TIMEOUT, "no end"},
    };
    text_addf(detail, "%s within ", table[facts->phase].words);
    /* Exactly: it is what stands in the configuration. */
    if (facts->budget_ms % 1000 == 0)
        text_add_duration(detail, facts->budget_ms);
    else
        text_addf(detail, "%ums", (unsigned)facts->budget_ms);
    return table[facts->phase].reason;
}

static enum reason judge_closed(const struct probe_facts *facts, struct text *detail)
{
    switch (facts->phase) {
    case PROBE_RESOLVE:
    case PROBE_CONNECT:
    case PROBE_TLS:
        text_add(detail, "closed in the TLS handshake");
        break;
    case PROBE_RESPONSE:
        text_add(detail, "closed without an answer");
        break;
    case PROBE_BODY:
    case PROBE_RUN:
        text_addf(detail, "HTTP %u, closed in the middle of the answer", (unsigned)facts->status);
        break;
    }
    return REASON_CLOSED;
}

/* Fault 31. */
static enum reason doubt_clock(struct text *detail)
{
    text_add(detail, detail->length > 0 ? ", " : "");
    text_add(detail, "the clock of this host was set: validity of the certificate is judged at the next probe");
    return REASON_LOCAL_ERROR;
}

static enum reason judge_tls(const struct probe_facts *facts, struct text *detail)
{
    const char *words = words_of(facts, "the TLS handshake failed");
    switch (facts->tls_fault) {
    case TLS_FAULT_EXPIRED:
        if (facts->clock_in_doubt)
            return doubt_clock(detail);
        return say(detail, REASON_TLS_EXPIRED, words);
    case TLS_FAULT_NAME:
        return say(detail, REASON_TLS_NAME, words);
    case TLS_FAULT_UNTRUSTED:
        return say(detail, REASON_TLS_UNTRUSTED, words);
    case TLS_FAULT_PROTOCOL:
    case TLS_FAULT_NONE:
        break;
    }
    return say(detail, REASON_TLS_PROTOCOL, words);
}

static bool status_is_wanted(const struct expect_settings *expect, uint16_t status)
{
    for (uint32_t i = 0; i < expect->status_count; i++)
        if (status >= expect->statuses[i].least && status <= expect->statuses[i].most)
            return true;
    return false;
}

static void say_status(const struct probe_facts *facts, struct text *detail)
{
    text_addf(detail, "HTTP %u", (unsigned)facts->status);
    if (facts->redirects > 0)
        text_addf(detail, " after %u redirect%s", (unsigned)facts->redirects, facts->redirects > 1 ? "s" : "");
}

static enum reason judge_status(const struct expect_settings *expect, const struct probe_facts *facts,
                                struct text *detail)
{
    say_status(facts, detail);
    text_add(detail, ", wanted ");
    for (uint32_t i = 0; i < expect->status_count; i++) {
        const struct status_range *range = &expect->statuses[i];
        text_addf(detail, "%s%u", i > 0 ? ", " : "", (unsigned)range->least);
        if (range->most != range->least)
            text_addf(detail, "-%u", (unsigned)range->most);
    }
    return REASON_STATUS;
}

/* Fault 32. What is wrong with the answer itself is told first. */
static enum reason judge_certificate(const struct expect_settings *expect, const struct probe_facts *facts,
                                     struct text *detail)
{
    int64_t left_s = facts->certificate_end_s - facts->wall_s;
    if (expect->certificate_days == 0 || facts->certificate_end_s == 0 || left_s >= expect->certificate_days * DAY_S)
        return REASON_OK;
    if (facts->clock_in_doubt)
        return doubt_clock(detail);
    text_add(detail, left_s < 0 ? ", the certificate expired " : ", the certificate expires in ");
    text_add_duration(detail, (left_s < 0 ? -left_s : left_s) * 1000);
    if (left_s < 0)
        text_add(detail, " ago");
    else
        text_addf(detail, ", wanted %u days", (unsigned)expect->certificate_days);
    return REASON_TLS_EXPIRING;
}

static enum reason judge_answer(const struct expect_settings *expect, const struct probe_facts *facts,
                                struct text *detail)
{
    if (!status_is_wanted(expect, facts->status))
        return judge_status(expect, facts, detail);
    say_status(facts, detail);
    if (!judge_text(expect, facts->body, facts->body_length, "the body", detail))
        return REASON_BODY;
    return judge_certificate(expect, facts, detail);
}

/* TCP: the connection stands, and where an answer is wanted, something has come. */
static enum reason judge_talk(const struct expect_settings *expect, const struct probe_facts *facts,
                              struct text *detail)
{
    if (!judge_text_is_asked(expect))
        return say(detail, REASON_OK, "connected");
    if (!judge_text(expect, facts->body, facts->body_length, "the answer", detail))
        return REASON_BODY;
    return say(detail, REASON_OK, "answered as wanted");
}

/* A check of a type that is not there at all is no failure unless data is wanted: that is for `rcode` to say. */
static enum reason judge_dns(const struct check_settings *check, const struct probe_facts *facts, struct text *detail)
{
    const struct expect_settings *expect = &check->expect;
    uint16_t wanted = expect->has_rcode ? expect->rcode : WIRE_RCODE_NOERROR;
    text_add(detail, wire_rcode_name(facts->rcode));
    if (facts->rcode != wanted) {
        text_addf(detail, ", wanted %s", wire_rcode_name((uint8_t)wanted));
        return REASON_DNS_RCODE;
    }
    text_add(detail, facts->text[0] ? ": " : ", no data of that type");
    text_add_foreign(detail, facts->text, strlen(facts->text));
    return expect->answer && !facts->has_answer ? REASON_DNS_ANSWER : REASON_OK;
}

/*
 * As monitoring plugins have it:
 *
 *   0 OK, 1 WARNING       pass
 *   2 CRITICAL, 3 UNKNOWN, any other, a signal    fail
 */
static enum reason judge_exec(const struct probe_facts *facts, struct text *detail)
{
    if (facts->exit_signal)
        text_addf(detail, "ended by signal %d (%s)", facts->exit_signal, strsignal(facts->exit_signal));
    else
        text_addf(detail, "exit %d", facts->exit_status);
    if (facts->text[0]) {
        text_add(detail, ": ");
        text_add_foreign(detail, facts->text, strlen(facts->text));
    }
    if (facts->exit_signal)
        return REASON_EXEC_SIGNAL;
    return facts->exit_status <= 1 ? REASON_OK : REASON_EXEC_STATUS;
}

static enum reason judge_complete(const struct check_settings *check, const struct probe_facts *facts,
                                  struct text *detail)
{
    switch (check->kind) {
    case CHECK_HTTP:
        return judge_answer(&check->expect, facts, detail);
    case CHECK_TLS:
        text_add(detail, "TLS session made");
        return judge_certificate(&check->expect, facts, detail);
    case CHECK_TCP:
        return judge_talk(&check->expect, facts, detail);
    case CHECK_DNS:
        return judge_dns(check, facts, detail);
    case CHECK_PING:
        return say(detail, REASON_OK, "replied");
    case CHECK_EXEC:
        return judge_exec(facts, detail);
    case CHECK_HEARTBEAT:
    case CHECK_ALL_OF:
    case CHECK_ANY_OF:
    case CHECK_AT_LEAST:
        break;
    }
    assert(false); /* a kind whose looks are not judged here */
    return REASON_LOCAL_ERROR;
}

enum reason judge_probe(const struct check_settings *check, const struct probe_facts *facts,
                        char detail[DETAIL_TEXT_MAX])
{
    struct text text = text_over(detail, DETAIL_TEXT_MAX);
    switch (facts->end) {
    case PROBE_COMPLETE:
        return judge_complete(check, facts, &text);
    case PROBE_TIMED_OUT:
        return judge_timeout(facts, &text);
    case PROBE_NO_ADDRESS:
        return say(&text, REASON_DNS_ANSWER, words_of(facts, "no address"));
    case PROBE_CONNECT_FAILED:
        return judge_connect(facts, &text);
    case PROBE_BROKEN:
        return say(&text, REASON_RESET, words_of(facts, "the connection was reset"));
    case PROBE_CLOSED:
        return judge_closed(facts, &text);
    case PROBE_TLS_FAILED:
        return judge_tls(facts, &text);
    case PROBE_NOT_HTTP:
        return say(&text, REASON_PROTOCOL, words_of(facts, "the answer is not HTTP"));
    case PROBE_HEADERS_TOO_LONG:
        text_addf(&text, "more than %d octets of headers", HEADER_READ_MAX);
        return REASON_PROTOCOL;
    case PROBE_REDIRECTED_AWAY:
        return say(&text, REASON_REDIRECT, words_of(facts, "the redirect cannot be followed"));
    case PROBE_LOCAL:
        return say(&text, REASON_LOCAL_ERROR, words_of(facts, "this host could not probe"));
    }
    assert(false); /* an end that the enum does not have */
    return REASON_LOCAL_ERROR;
}
