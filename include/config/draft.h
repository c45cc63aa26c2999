/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_DRAFT_H
#define REPOINTD_CONFIG_DRAFT_H

/*
 * Where: config; filled by the rows, read by link.
 * What:  the file's own shape: what a row can fill at once as a typed field, everything else as the node it is.
 * Why:   the settings refer by index and hold no half-made thing; a draft is where names are still names.
 *
 * Every struct that a table fills begins with its own mapping (NULL: not written). `const struct node *` are the
 * values as they stand.
 */

#include "config/tree.h"
#include "model/settings.h"

struct secret_draft {
    const struct node *node;
    const char *file, *credential;
    const struct node *file_node, *credential_node;
};

struct retry_draft {
    const struct node *node;
    uint32_t first_ms, most_ms;
};

struct server_draft {
    const struct node *node, *name;
    const struct node *addresses, *zones, *key, *source, *verify;
    uint32_t timeout_ms, audit_ms;
    uint16_t batch;
    struct retry_draft retry;
    struct secret_draft secret;
};

struct timeout_draft {
    const struct node *node;
    uint32_t connect_ms, response_ms, body_ms;
};

struct expect_draft {
    const struct node *node;
    const struct node *statuses, *regex_node, *rcode_node;
    const char *contains, *not_contains, *regex, *answer;
    uint16_t certificate_days;
    unsigned rcode;
};

struct tls_draft {
    const struct node *node;
    bool verify;
    const char *ca, *sni, *certificate, *key;
    const struct node *ca_node, *certificate_node, *key_node;
    unsigned version_least;
};

struct dns_draft {
    const struct node *node;
    const char *query;
    unsigned type;
    uint16_t port;
};

struct at_least_draft {
    const struct node *node;
    const struct node *of, *count_node;
    uint16_t count;
};

struct check_draft {
    const struct node *node, *name;
    const char *url, *method, *body, *send;
    uint16_t port, redirects_most;
    struct tls_draft tls; /* of http in a mapping, of tls beside the port */
    struct dns_draft dns;
    struct at_least_draft at_least;
    struct expect_draft expect;
    uint32_t silence_ms;
    bool ping, invert;
    const struct node *timeout, *interval_changing; /* NULL: not written, neither here nor in the defaults */
    uint32_t total_ms;                              /* where `timeout` is a scalar */
    struct timeout_draft budgets;                   /* where it is a mapping */
    uint32_t interval_ms, interval_changing_ms;
    uint16_t rise, fall, jitter_permille;
    const struct node *all_of, *any_of, *exec, *headers, *source, *ping_node;
};

struct record_draft {
    const struct node *node, *name;
    const struct node *owner, *server, *check;
    const struct node *primary, *secondary, *fallback, *targets, *notify;
    uint16_t least_healthy;
    struct record_settings settings; /* what is not a name or a place */
};

struct target_draft {
    const struct node *node;
    const struct node *address, *check, *label;
};

struct connectivity_draft {
    const struct node *node;
    const struct node *references, *interval, *timeout;
    uint32_t interval_ms, timeout_ms;
};

struct safety_draft {
    const struct node *node;
    struct connectivity_draft connectivity;
    struct safety_settings settings;
};

struct web_draft {
    const struct node *node;
    const struct node *listen_node, *names;
    struct endpoint listen;
    const char *title;
};

struct daemon_draft {
    const struct node *node;
    const struct node *owner;
    struct daemon_settings settings;
};

/* One file; the sections of all files are joined before they are read. */
struct file_draft {
    const struct node *node;
    const struct node *include, *defaults, *servers, *checks, *records, *safety, *notify, *web, *daemon;
};

struct defaults_draft {
    const struct node *node;
    const struct node *check, *record;
};

struct webhook_draft {
    const struct node *node;
    const char *url;
    const struct node *url_node, *secret_node;
    struct secret_draft secret;
};

struct notifier_draft {
    const struct node *node;
    struct secret_draft slack;
    struct webhook_draft webhook;
    const char *alertmanager;
    const struct node *slack_node, *webhook_node, *alertmanager_node, *exec, *email, *on;
};

#endif
