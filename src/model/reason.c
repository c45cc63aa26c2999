/* SPDX-License-Identifier: MIT */
/*
 * Where: model, shared by logs, JSON, metrics, hooks and the page.
 * What:  one row a word: the word, the sentence, and for probes the verdict it stands for.
 * Why:   dashboards and scripts match these words; a table is the one place where they can be right or wrong.
 */
#include "model/reason.h"

#include "base/attributes.h"

#include <assert.h>
#include <stddef.h>

static const struct {
    const char *name, *sentence;
    enum verdict verdict;
} reasons[] = {
    [REASON_NOT_PROBED] = {"not-probed", "it has not been probed yet", VERDICT_LOCAL},
    [REASON_OK] = {"ok", "it answered as expected", VERDICT_PASS},
    [REASON_REFUSED] = {"refused", "the connection was refused", VERDICT_FAIL},
    [REASON_UNREACHABLE] = {"unreachable", "the network says that it cannot be reached", VERDICT_FAIL},
    [REASON_RESET] = {"reset", "the connection was reset", VERDICT_FAIL},
    [REASON_TIMEOUT_CONNECT] = {"timeout-connect", "the connection was not made in time", VERDICT_FAIL},
    [REASON_TIMEOUT_TLS] = {"timeout-tls", "the TLS handshake did not end in time", VERDICT_FAIL},
    [REASON_TIMEOUT_RESPONSE] = {"timeout-response", "the answer was not complete in time", VERDICT_FAIL},
    [REASON_TLS_EXPIRED] = {"tls-expired", "the certificate has expired or is not valid yet", VERDICT_FAIL},
    [REASON_TLS_NAME] = {"tls-name", "the certificate is for another name", VERDICT_FAIL},
    [REASON_TLS_UNTRUSTED] = {"tls-untrusted", "nobody we trust has signed the certificate", VERDICT_FAIL},
    [REASON_TLS_PROTOCOL] = {"tls-protocol", "the TLS handshake failed", VERDICT_FAIL},
    [REASON_STATUS] = {"status", "the HTTP status is not one of those expected", VERDICT_FAIL},
    [REASON_BODY] = {"body", "the body does not contain what is expected", VERDICT_FAIL},
    [REASON_DNS_RCODE] = {"dns-rcode", "the DNS answer has another code than expected", VERDICT_FAIL},
    [REASON_DNS_ANSWER] = {"dns-answer", "the DNS answer is not the one expected", VERDICT_FAIL},
    [REASON_EXEC_STATUS] = {"exec-status", "the command ended with a status that means failure", VERDICT_FAIL},
    [REASON_EXEC_SIGNAL] = {"exec-signal", "the command was ended by a signal", VERDICT_FAIL},
    [REASON_EXEC_TIMEOUT] = {"exec-timeout", "the command did not end in time", VERDICT_FAIL},
    [REASON_HEARTBEAT_MISSED] = {"heartbeat-missed", "no heartbeat came in time", VERDICT_FAIL},
    [REASON_HEARTBEAT_DOWN] = {"heartbeat-down", "the heartbeat itself reported failure", VERDICT_FAIL},
    [REASON_CLOSED] = {"closed", "the connection ended before the answer was complete", VERDICT_FAIL},
    [REASON_PROTOCOL] = {"protocol", "what came is not a sound answer of the protocol", VERDICT_FAIL},
    [REASON_REDIRECT] = {"redirect", "the redirect cannot be followed", VERDICT_FAIL},
    [REASON_TLS_EXPIRING] = {"tls-expiring", "the certificate expires sooner than allowed", VERDICT_FAIL},
    [REASON_CHILDREN] = {"children", "too few of the checks that it is made of are up", VERDICT_FAIL},
    [REASON_INVERTED] = {"inverted", "it passed, which this check counts as a failure", VERDICT_FAIL},
    [REASON_LOCAL_ERROR] = {"local-error", "this host could not ask, which says nothing about the target",
                            VERDICT_LOCAL},
};
static_assert(ARRAY_COUNT(reasons) == REASON_COUNT, "one row a reason");

static const char *const health_states[] = {[HEALTH_UNKNOWN] = "unknown", [HEALTH_UP] = "up", [HEALTH_DOWN] = "down"};

struct reason_words {
    const char *name, *sentence;
};

static const struct reason_words decisions[] = {
    [DECISION_CONDITION] = {"condition", "nothing of ours is published, or the record is off"},
    [DECISION_HELD] = {"held", "an operator holds it as it is"},
    [DECISION_FORCED] = {"forced", "an operator forced it"},
    [DECISION_CUT_OFF] = {"cut-off", "this host looks cut off, so what it sees counts for nothing"},
    [DECISION_START_GRACE] = {"start-grace", "the daemon has just started and has not seen every target yet"},
    [DECISION_RETIRED] = {"retired", "what is published is no target any more since the configuration changed"},
    [DECISION_CURRENT_UNKNOWN] = {"current-unknown", "nobody knows whether the published target is up"},
    [DECISION_CURRENT_DOWN] = {"current-down", "the published target is down"},
    [DECISION_DRAINED] = {"drained", "an operator drained the published target"},
    [DECISION_RECOVERED] = {"recovered", "a target is up again, so the fallback is left"},
    [DECISION_PROOF_AWAITED] = {"proof-awaited",
                                "the next target has not passed a probe since the published one began to fail"},
    [DECISION_NONE_KNOWN_UP] = {"none-known-up", "no other target is known to be up yet"},
    [DECISION_NO_HEALTHY_TARGET] = {"no-healthy-target", "every target is down or drained, so all-down decides"},
    [DECISION_CURRENT_UP] = {"current-up", "the published target is up and no better one is"},
    [DECISION_FAIL_BACK_MANUAL] = {"fail-back-manual", "a better target is up, and fail-back waits for an operator"},
    [DECISION_FLAPPING] = {"flapping", "it switched too often, so it stays where it is"},
    [DECISION_FAIL_BACK_WAIT] = {"fail-back-wait", "a better target is up, but not for long enough yet"},
    [DECISION_PREFERRED_UP] = {"preferred-up", "a better target has been up for long enough"},
};
static_assert(ARRAY_COUNT(decisions) == DECISION_REASON_COUNT, "one row a decision");

static const struct reason_words conditions[] = {
    [CONDITION_OK] = {"ok", "the zone holds what we published"},
    [CONDITION_UNREAD] = {"unread", "no trustworthy answer has told yet what the zone holds"},
    [CONDITION_OFF] = {"off", "it is not enabled"},
    [CONDITION_MISSING] = {"missing", "the zone has no such record, and we may not create it"},
    [CONDITION_UNOWNED] = {"unowned", "the record has no marker, so nobody says that it is ours"},
    [CONDITION_FOREIGN] = {"foreign", "the zone holds something that is none of the targets"},
    [CONDITION_FOREIGN_CHANGE] = {"foreign-change", "somebody else changed what we published"},
    [CONDITION_OTHER_OWNER] = {"other-owner", "the marker says that another daemon owns it"},
    [CONDITION_OCCLUDED] = {"occluded", "other data at its name, a wildcard, DNAME or delegation stands in the way"},
    [CONDITION_PARTIAL] = {"partial", "the server applied only a part of our update"},
    [CONDITION_CLONE] = {"clone", "another daemon writes with our owner id"},
    [CONDITION_ROLLBACK] = {"rollback", "the zone went back to an older state than was published"},
    [CONDITION_INCONSISTENT] = {"inconsistent", "the server's answers contradict each other"},
    [CONDITION_CONFLICT] = {"conflict", "the server refused our prerequisites twice"},
};
static_assert(ARRAY_COUNT(conditions) == CONDITION_COUNT, "one row a condition");

const char *reason_name(enum reason reason)
{
    assert((size_t)reason < ARRAY_COUNT(reasons));
    return reasons[reason].name;
}

const char *reason_sentence(enum reason reason)
{
    assert((size_t)reason < ARRAY_COUNT(reasons));
    return reasons[reason].sentence;
}

enum verdict reason_verdict(enum reason reason)
{
    assert((size_t)reason < ARRAY_COUNT(reasons));
    return reasons[reason].verdict;
}

const char *health_state_name(enum health_state state)
{
    assert((size_t)state < ARRAY_COUNT(health_states));
    return health_states[state];
}

const char *decision_reason_name(enum decision_reason reason)
{
    assert(reason >= DECISION_CONDITION && (size_t)reason < ARRAY_COUNT(decisions));
    return decisions[reason].name;
}

const char *decision_reason_sentence(enum decision_reason reason)
{
    assert(reason >= DECISION_CONDITION && (size_t)reason < ARRAY_COUNT(decisions));
    return decisions[reason].sentence;
}

const char *condition_name(enum condition condition)
{
    assert((size_t)condition < ARRAY_COUNT(conditions));
    return conditions[condition].name;
}

const char *condition_sentence(enum condition condition)
{
    assert((size_t)condition < ARRAY_COUNT(conditions));
    return conditions[condition].sentence;
}
