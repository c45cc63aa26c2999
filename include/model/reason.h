/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_REASON_H
#define REPOINTD_MODEL_REASON_H

/*
 * Where: model; shared by logs, JSON, metrics, hooks and the page.
 * What:  the closed lists: why a probe ended as it did, why the policy chose what it chose, and what keeps us from
 *        writing a record.
 * Why:   the words are a contract with dashboards and scripts; one row a word, so that no two places spell it
 *        differently.
 */

#include <stdbool.h>
#include <stdint.h>

/* LOCAL: our own fault or ignorance; it never counts for or against a target. */
enum verdict { VERDICT_PASS = 1, VERDICT_FAIL, VERDICT_LOCAL };

enum reason {
    REASON_NOT_PROBED = 0,
    REASON_OK,
    REASON_REFUSED,
    REASON_UNREACHABLE,
    REASON_RESET,
    REASON_TIMEOUT_CONNECT,
    REASON_TIMEOUT_TLS,
    REASON_TIMEOUT_RESPONSE,
    REASON_TLS_EXPIRED, /* also not yet valid */
    REASON_TLS_NAME,
    REASON_TLS_UNTRUSTED,
    REASON_TLS_PROTOCOL,
    REASON_STATUS,
    REASON_BODY,
    REASON_DNS_RCODE,
    REASON_DNS_ANSWER,
    REASON_EXEC_STATUS,
    REASON_EXEC_SIGNAL,
    REASON_EXEC_TIMEOUT,
    REASON_HEARTBEAT_MISSED,
    REASON_HEARTBEAT_DOWN,
    REASON_CLOSED,
    REASON_PROTOCOL,
    REASON_REDIRECT,
    REASON_TLS_EXPIRING,
    REASON_CHILDREN,
    REASON_INVERTED,
    REASON_LOCAL_ERROR,
    REASON_COUNT
};

const char *reason_name(enum reason reason);     /* "timeout-connect" */
const char *reason_sentence(enum reason reason); /* "the connection was not made in time" */
enum verdict reason_verdict(enum reason reason); /* NOT_PROBED is LOCAL */

enum health_state { HEALTH_UNKNOWN = 0, HEALTH_UP, HEALTH_DOWN };

const char *health_state_name(enum health_state state);

/* Why the policy decided as it did: rows of the table over policy_decide. */
enum decision_reason {
    DECISION_CONDITION = 1, /* nothing of ours is published, or the record is off */
    DECISION_HELD,
    DECISION_FORCED,
    DECISION_CUT_OFF,
    DECISION_START_GRACE,
    DECISION_RETIRED,
    DECISION_CURRENT_UNKNOWN,
    DECISION_CURRENT_DOWN,
    DECISION_DRAINED,
    DECISION_RECOVERED, /* leaves the fallback */
    DECISION_PROOF_AWAITED,
    DECISION_NONE_KNOWN_UP,
    DECISION_NO_HEALTHY_TARGET,
    DECISION_CURRENT_UP,
    DECISION_FAIL_BACK_MANUAL,
    DECISION_FLAPPING,
    DECISION_FAIL_BACK_WAIT,
    DECISION_PREFERRED_UP,
    DECISION_REASON_COUNT
};

const char *decision_reason_name(enum decision_reason reason); /* "fail-back-wait" */
const char *decision_reason_sentence(enum decision_reason reason);

/* What a record's place in the zone is to us. All but OK keep us from writing it. */
enum condition {
    CONDITION_OK = 0,
    CONDITION_UNREAD,         /* not read yet, or not by a trustworthy answer */
    CONDITION_OFF,            /* enabled: off */
    CONDITION_MISSING,        /* nothing there, and create is off */
    CONDITION_UNOWNED,        /* one target's set without a marker */
    CONDITION_FOREIGN,        /* a set that is no target's, or a marker place that holds something else */
    CONDITION_FOREIGN_CHANGE, /* our marker, but the set is not what we wrote */
    CONDITION_OTHER_OWNER,
    CONDITION_OCCLUDED,     /* CNAME beside it, or only a wildcard, DNAME or delegation explains what is answered */
    CONDITION_PARTIAL,      /* our new marker without our new set */
    CONDITION_CLONE,        /* our owner id with a nonce that is not ours */
    CONDITION_ROLLBACK,     /* our owner id with an older epoch than was published */
    CONDITION_INCONSISTENT, /* reads and prerequisites of one server disagree */
    CONDITION_CONFLICT,     /* prerequisites failed twice for one wish */
    CONDITION_COUNT
};

const char *condition_name(enum condition condition); /* "other-owner" */
const char *condition_sentence(enum condition condition);

#endif
