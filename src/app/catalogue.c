/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind report.
 * What:  the table of all that is said: event word, id, priority, sentence and fields of each notice.
 * Why:   a new line is a new row. systemd/repointd.catalog explains each id to people; lint compares the two both ways.
 */
#include "app/catalogue.h"

#include "base/version.h"

#include <assert.h>
#include <stddef.h>

/* clang-format off */
/* One event, told when it begins and when it ends. */
#define CONNECTIVITY_ID "823d5f817ab646e191057128638c8d20"
/* The same of an override. */
#define OVERRIDE_ID "2be871356a8f4d2485e2d28027b205f9"
/* Messages that cannot be told now, and those that never will be. */
#define NOTIFY_FAILED_ID "23e05c21e3384c6f840d3c4fcc4932ba"
#define MANY(phrase) true, phrase
#define ONE          false, NULL
#define FIELDS(...)  {__VA_ARGS__, WORD_NONE}
#define WHERE        WORD_RECORD, WORD_ZONE, WORD_SERVER
#define WHOM         WORD_RECORD, WORD_ZONE, WORD_TARGET, WORD_LABEL, WORD_ADDRESS, WORD_CHECK
#define PROBED       WORD_REASON, WORD_DETAIL, WORD_STREAK
#define SWITCHED     WORD_FROM, WORD_TO, WORD_CAUSE, WORD_REASON
#define PROOF        WORD_CHECK, WORD_DETAIL, WORD_STREAK, WORD_DURATION_USEC
#define ANSWERED     WORD_RCODE, WORD_SERIAL, WORD_CHANGE

static const struct catalogue_row rows[NOTICE_COUNT] = {
    [NOTICE_STARTED] = {
        "started", "f05e3b8113224d42873935c19b0de224", LOG_LEVEL_INFO, ONE,
        "repointd " REPOINTD_VERSION " ready: %{text}; %{state}[; %{how}]",
        FIELDS(WORD_NONE)},
    [NOTICE_STOPPED] = {
        "stopped", "95ccd048894747fc9d6caca252d1e414", LOG_LEVEL_INFO, ONE,
        "stopping: DNS is left as it is[; %{text}]",
        FIELDS(WORD_NONE)},
    [NOTICE_RELOADED] = {
        "reloaded", "f4f8b36c36144b3ca1a0dc30fff04b55", LOG_LEVEL_NOTICE, ONE,
        "configuration reloaded: %{text}; %{count} kept their state and streaks",
        FIELDS(WORD_NONE)},
    [NOTICE_RELOAD_FAILED] = {
        "reload-failed", "0af6b559c05740dc92042aef0f9a2c6e", LOG_LEVEL_ERROR, ONE,
        "configuration not reloaded, %{count}, the one of %{place} stays: %{text}",
        FIELDS(WORD_NONE)},
    [NOTICE_PROBE_FAILING] = {
        "probe-failing", "6ed5b317baec43628f3fd221028da855", LOG_LEVEL_INFO, MANY("targets began to fail"),
        "%{record} %{target}[ %{label}] %{address}: check %{check} failed (%{streak} of %{threshold}): %{reason}"
        "[: %{detail}]",
        FIELDS(WHOM, PROBED, WORD_LATENCY_USEC)},
    [NOTICE_TARGET_DOWN] = {
        "target-down", "6dde3ac48f01490caff18340359c6b45", LOG_LEVEL_WARNING, MANY("targets went down"),
        "%{record} %{target}[ %{label}] %{address} is DOWN: %{reason}, %{failures}[ in %{span}][; was up %{lasted}]",
        FIELDS(WHOM, PROBED, WORD_DURATION_USEC, WORD_LATENCY_USEC)},
    [NOTICE_TARGET_UNKNOWN] = {
        "target-unknown", "708233c92dc9481386f79e63de2bb44a", LOG_LEVEL_WARNING, MANY("targets could not be judged"),
        "%{record} %{target}[ %{label}] %{address} cannot be judged from this host: %{reason}[: %{detail}]"
        "[; %{others}]",
        FIELDS(WHOM, WORD_REASON, WORD_DETAIL, WORD_DURATION_USEC)},
    [NOTICE_TARGET_UP] = {
        "target-up", "774fa1018cba49f3ab910090b14b315e", LOG_LEVEL_NOTICE, MANY("targets came up"),
        "%{record} %{target}[ %{label}] %{address} is UP: %{result}[, %{streak} in a row][; was down %{lasted}]",
        FIELDS(WHOM, PROBED, WORD_DURATION_USEC, WORD_LATENCY_USEC)},
    [NOTICE_FAILOVER] = {
        "failover", "b7002155a9454778a49a1d9f6c8c5a5a", LOG_LEVEL_WARNING, MANY("records failed over"),
        "%{record} FAILED OVER %{from} -> %{to} (%{to-values})[: %{text}][; %{server} %{answer}]",
        FIELDS(WHERE, SWITCHED, ANSWERED, PROOF)},
    [NOTICE_FAIL_BACK] = {
        "fail-back", "f95a4c0aa547431c80d564199528ce9b", LOG_LEVEL_NOTICE, MANY("records returned"),
        "%{record} returned %{from} -> %{to} (%{to-values})[ after %{duration}][; %{server} %{answer}]",
        FIELDS(WHERE, SWITCHED, ANSWERED, PROOF)},
    [NOTICE_PUBLISHED] = {
        "published", "d615761bbfde40e7b1aca244c9ca5775", LOG_LEVEL_INFO,
        MANY("records changed addresses within their target"),
        "%{record} stays on %{to}, now with %{to-values}[; %{server} %{answer}]",
        FIELDS(WHERE, WORD_TO, ANSWERED)},
    [NOTICE_NO_HEALTHY_TARGET] = {
        "no-healthy-target", "7c7289c761a448da98f06817a1f0a065", LOG_LEVEL_CRITICAL,
        MANY("records had no healthy target"),
        "%{record} has NO healthy target[: %{states}]; %{place} (all-down: %{all-down})",
        FIELDS(WHERE, WORD_REASON, WORD_DETAIL)},
    [NOTICE_UPDATE_FAILED] = {
        "update-failed", "dab8e0b911894c9795bf81974ded85e4", LOG_LEVEL_ERROR, MANY("updates or reads failed"),
        "%{record} %{undone}: %{problem}",
        FIELDS(WHERE, WORD_FROM, WORD_TO, WORD_DETAIL, ANSWERED)},
    [NOTICE_FOREIGN_CHANGE] = {
        "foreign-change", "a691135503144574842e0cc81ebcaaae", LOG_LEVEL_WARNING,
        MANY("records were changed by someone else"),
        "%{record} was changed by someone else[: %{detail}]; %{state}",
        FIELDS(WHERE, WORD_DETAIL, ANSWERED)},
    [NOTICE_OWNED] = {
        "owned", "6c38b618cdbb4607929d9efcc34673d7", LOG_LEVEL_NOTICE, MANY("records became ours"),
        "%{record} %{state}",
        FIELDS(WHERE, WORD_TO, WORD_USER, ANSWERED)},
    [NOTICE_NOT_OURS] = {
        "not-ours", "b36b3632f5544dc8ba8644fa52e6a7d4", LOG_LEVEL_WARNING, MANY("records were not ours to write"),
        "%{record} %{state}",
        FIELDS(WHERE, WORD_DETAIL, WORD_SERIAL)},
    [NOTICE_CONFLICT] = {
        "conflict", "4341670bb04b4f35a7e0a3e9050680e9", LOG_LEVEL_ERROR, MANY("records were stopped"),
        "%{record} stopped, %{state}",
        FIELDS(WHERE, WORD_DETAIL, ANSWERED)},
    [NOTICE_CLOCK_SKEW] = {
        "clock-skew", "5d175ab91f384e4ca91489753954cbbb", LOG_LEVEL_ERROR, MANY("updates were refused for our clock"),
        "%{server} refuses our clock[: it is %{skew} the server]; nothing is written until it is right",
        FIELDS(WHERE, WORD_RCODE)},
    [NOTICE_FLAPPING] = {
        "flapping", "7547c0935d6947548bed74c0cc16f360", LOG_LEVEL_WARNING, MANY("records were flapping"),
        "%{record} switched %{count} in %{window}: it stays on %{from} while that is up, "
        "until repointctl release %{record}",
        FIELDS(WHERE, WORD_FROM)},
    [NOTICE_WOULD_SEND] = {
        "would-send", "d9cef44921bf49e0aaec7f44cc3cd682", LOG_LEVEL_NOTICE, MANY("updates were not sent: dry run"),
        "%{record}: dry run, %{how} not sent to %{server}",
        FIELDS(WHERE, WORD_FROM, WORD_TO, WORD_CAUSE)},
    [NOTICE_RIGHTS] = {
        "rights", "e5e44a9dc5e34c61a0913113bc92b0e8", LOG_LEVEL_ERROR, MANY("rehearsed updates were refused"),
        "%{record}: a rehearsed update was refused: %{problem}",
        FIELDS(WHERE, WORD_DETAIL, WORD_RCODE)},
    [NOTICE_CUT_OFF] = {
        "connectivity", CONNECTIVITY_ID, LOG_LEVEL_CRITICAL, ONE,
        "this host looks cut off (%{count} answer)[, for %{lasted}]: all decisions frozen, DNS left as it is",
        FIELDS(WORD_DURATION_USEC)},
    [NOTICE_CONNECTED] = {
        "connectivity", CONNECTIVITY_ID, LOG_LEVEL_NOTICE, ONE,
        "this host is connected again (%{count} answer)[ after %{lasted}]: every target is unknown until probed",
        FIELDS(WORD_DURATION_USEC)},
    [NOTICE_SERVED] = {
        "served", "82680d6e6d184c388bcb924e0e127c32", LOG_LEVEL_INFO,
        MANY("records were served by all their name servers"),
        "%{record}: served %{count}, serial %{serial}[: %{text}]",
        FIELDS(WHERE, WORD_SERIAL, WORD_CHANGE, WORD_DURATION_USEC)},
    [NOTICE_NOT_SERVED] = {
        "not-served", "5bb946d398364b9094b06354fb79ec80", LOG_LEVEL_ERROR, MANY("name servers lagged behind"),
        "%{record}: %{text}, %{lasted} after serial %{serial}; served %{count}",
        FIELDS(WHERE, WORD_ADDRESS, WORD_DETAIL, WORD_SERIAL, WORD_CHANGE, WORD_DURATION_USEC)},
    [NOTICE_OVERRIDE_ENDED] = {
        "override", OVERRIDE_ID, LOG_LEVEL_NOTICE, ONE,
        "over now, its time has come: %{text}",
        FIELDS(WHERE, WORD_TO, WORD_USER, WORD_OVERRIDE_REASON)},
    [NOTICE_GAP] = {
        "gap", "cf8abec552234b69aaada66f6e5baeba", LOG_LEVEL_WARNING, ONE,
        "this process stood still for %{span}: results from before are dropped",
        FIELDS(WORD_DURATION_USEC)},
    [NOTICE_LINES_LOST] = {
        "lines-lost", "a048dc1569f34fe884ce2e635b98a34d", LOG_LEVEL_WARNING, ONE,
        "%{count} lost: the journal took none for %{span}",
        FIELDS(WORD_NONE)},
    [NOTICE_PROBES_LATE] = {
        "probes-late", "afbbe25874f043fc87510ae36db16e4b", LOG_LEVEL_WARNING, ONE,
        "%{count} started late, the worst by %{span}: probe-concurrency %{text} is reached",
        FIELDS(WORD_NONE)},
    [NOTICE_COMMAND] = {
        "command", "7740617438ac480b9c0d7937079877a0", LOG_LEVEL_INFO, ONE,
        "%{user} asked: %{text}[: %{state}]",
        FIELDS(WHERE, WORD_USER)},
    [NOTICE_OVERRIDE] = {
        "override", OVERRIDE_ID, LOG_LEVEL_NOTICE, ONE,
        "[%{state}: ]%{text}",
        FIELDS(WHERE, WORD_TO, WORD_USER, WORD_OVERRIDE_REASON)},
    [NOTICE_STATE_UNWRITABLE] = {
        "state-unwritable", "1538a5a8188a4a8c8e75f77b3c3e5bff", LOG_LEVEL_WARNING, ONE,
        "%{text}; going on without, %{how}",
        FIELDS(WORD_NONE)},
    [NOTICE_NOTIFY_FAILED] = {
        "notify-failed", NOTIFY_FAILED_ID, LOG_LEVEL_WARNING, ONE,
        "notifier %{text}: %{problem}, %{count}, next try in %{next}",
        FIELDS(WORD_NONE)},
    [NOTICE_NOTIFY_DROPPED] = {
        "notify-failed", NOTIFY_FAILED_ID, LOG_LEVEL_WARNING, ONE,
        "notifier %{text}: %{count} dropped: %{problem}",
        FIELDS(WORD_NONE)},
    [NOTICE_HOOK_SAID] = {
        "hook", "ada86fced2f44b9a84968e8385305b03", LOG_LEVEL_INFO, ONE,
        "%{text}",
        FIELDS(WORD_NONE)},
    [NOTICE_COUNTERS] = {
        "counters", "0bfce8634f92448784ba49188e8625ab", LOG_LEVEL_INFO, ONE,
        "%{text}",
        FIELDS(WORD_NONE)},
};
/* clang-format on */

const struct catalogue_row *catalogue_row(uint32_t notice)
{
    assert(notice > 0 && notice < NOTICE_COUNT);
    return &rows[notice];
}
