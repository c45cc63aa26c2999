/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_NOTIFIER_SETTINGS_H
#define REPOINTD_MODEL_NOTIFIER_SETTINGS_H

/*
 * Where: model; the part of the settings about who is told.
 * What:  notifiers: in which way, and of which events.
 */

#include "model/address.h"

#include <stdbool.h>
#include <stdint.h>

enum notifier_kind {
    NOTIFIER_EXEC = 1,     /* a program of the user's */
    NOTIFIER_WEBHOOK,      /* JSON by POST */
    NOTIFIER_SLACK,        /* {"text": …} by POST; Mattermost and Rocket.Chat take it as well */
    NOTIFIER_ALERTMANAGER, /* alerts that stand until they are resolved */
    NOTIFIER_EMAIL         /* mail by sendmail */
};

/* What a notifier may be told of, by the words of the file. */
enum notify_event {
    NOTIFY_FAILOVER = 1,
    NOTIFY_FAIL_BACK,
    NOTIFY_NO_HEALTHY_TARGET,
    NOTIFY_TARGET_UNKNOWN,
    NOTIFY_UPDATE_FAILED,
    NOTIFY_NOT_SERVED,
    NOTIFY_FOREIGN_CHANGE,
    NOTIFY_CONFLICT,
    NOTIFY_FLAPPING,
    NOTIFY_RIGHTS,
    NOTIFY_CLOCK_SKEW,
    NOTIFY_CONNECTIVITY,
    NOTIFY_OVERRIDE,
    NOTIFY_TARGET_DOWN,
    NOTIFY_TARGET_UP,
    NOTIFY_EVENT_COUNT
};

#define NOTIFY_BIT(event) (UINT32_C(1) << (event))

/* What a notifier without `on` hears: all but what became of single targets. */
#define NOTIFY_USUAL (NOTIFY_BIT(NOTIFY_TARGET_DOWN) - NOTIFY_BIT(NOTIFY_FAILOVER))

const char *notify_event_name(enum notify_event event); /* "fail-back" */

/* Where a POST goes. */
struct post_settings {
    const char *url;        /* of Slack in locked memory, as it is a secret: never shown. NULL: it could not be read */
    const char *host;       /* the URL's, without brackets */
    struct address address; /* … where it is one; else family ADDRESS_NONE */
    uint16_t port;
    bool secure;
};

struct notifier_settings {
    const char *name;
    enum notifier_kind kind;
    uint32_t events;         /* NOTIFY_BIT of each that it hears of */
    const char *const *argv; /* EXEC: argv[argc] is NULL, argv[0] an absolute path; EMAIL: addresses, NULL at the end */
    uint32_t argc;
    struct post_settings post; /* WEBHOOK, SLACK, ALERTMANAGER: of the last the whole URL with the path of its API */
    const uint8_t *secret;     /* WEBHOOK: in locked memory; NULL: the body is not signed */
    uint16_t secret_length;
};

#endif
