/* SPDX-License-Identifier: MIT */
/*
 * Where: config; asked by app at a reload.
 * What:  compares two checks by what they look at.
 * Why:   groups of groups share children, so that the same two may be met by millions of ways. What was found to be the
 *        same once is put together (union-find), and only what differs is found so again, which ends a comparison.
 */
#include "config/look.h"

#include "base/pattern.h"

#include <stdlib.h>
#include <string.h>

/* Checks of both, first the fresh ones; each points at one that looks the same, in the end at itself. */
struct looks {
    const struct settings *fresh, *old;
    uint32_t *same;
};

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_bytes(const void *a, size_t length_a, const void *b, size_t length_b)
{
    return length_a == length_b && (length_a == 0 || memcmp(a, b, length_a) == 0);
}

static bool same_tls(const struct tls_settings *a, const struct tls_settings *b)
{
    return a->verify == b->verify && a->version_least == b->version_least && same_text(a->ca, b->ca) &&
           same_text(a->sni, b->sni) && same_text(a->certificate, b->certificate) && same_text(a->key, b->key);
}

static bool same_headers(const struct http_settings *a, const struct http_settings *b)
{
    if (a->header_count != b->header_count)
        return false;
    for (uint32_t i = 0; i < a->header_count; i++)
        if (!same_text(a->headers[i].name, b->headers[i].name) || !same_text(a->headers[i].value, b->headers[i].value))
            return false;
    return true;
}

static bool same_http(const struct http_settings *a, const struct http_settings *b)
{
    return same_text(a->url, b->url) && same_text(a->method, b->method) && a->redirects_most == b->redirects_most &&
           same_bytes(a->body, a->body_length, b->body, b->body_length) && same_headers(a, b) &&
           same_tls(&a->tls, &b->tls);
}

static bool same_exec(const struct exec_settings *a, const struct exec_settings *b)
{
    if (a->argc != b->argc)
        return false;
    for (uint32_t i = 0; i < a->argc; i++)
        if (!same_text(a->argv[i], b->argv[i]))
            return false;
    return true;
}

static bool same_group(const struct looks *looks, const struct group_settings *a, const struct group_settings *b)
{
    if (a->child_count != b->child_count || a->least != b->least)
        return false;
    for (uint32_t i = 0; i < a->child_count; i++)
        if (!looks_are_same(looks, a->children[i], b->children[i]))
            return false;
    return true;
}

static bool same_regex(const struct pattern *a, const struct pattern *b)
{
    return (!a && !b) || (a && b && strcmp(pattern_text(a), pattern_text(b)) == 0);
}

static bool same_expect(const struct expect_settings *a, const struct expect_settings *b)
{
    return a->status_count == b->status_count &&
           same_bytes(a->statuses, a->status_count * sizeof *a->statuses, b->statuses,
                      b->status_count * sizeof *b->statuses) &&
           same_bytes(a->contains, a->contains_length, b->contains, b->contains_length) &&
           same_bytes(a->not_contains, a->not_contains_length, b->not_contains, b->not_contains_length) &&
           same_regex(a->regex, b->regex) && a->certificate_days == b->certificate_days &&
           a->has_rcode == b->has_rcode && a->rcode == b->rcode && same_text(a->answer, b->answer);
}

static bool same_how(const struct looks *looks, const struct check_settings *a, const struct check_settings *b)
{
    switch (a->kind) {
    case CHECK_HTTP:
        return same_http(&a->how.http, &b->how.http);
    case CHECK_TCP:
        return a->how.tcp.port == b->how.tcp.port &&
               same_bytes(a->how.tcp.send, a->how.tcp.send_length, b->how.tcp.send, b->how.tcp.send_length);
    case CHECK_TLS:
        return a->how.tls.port == b->how.tls.port && same_tls(&a->how.tls.tls, &b->how.tls.tls);
    case CHECK_DNS:
        return a->how.dns.port == b->how.dns.port && a->how.dns.type == b->how.dns.type &&
               dname_equal(&a->how.dns.query, &b->how.dns.query);
    case CHECK_EXEC:
        return same_exec(&a->how.exec, &b->how.exec);
    case CHECK_PING:
    case CHECK_HEARTBEAT:
        return true;
    case CHECK_ALL_OF:
    case CHECK_ANY_OF:
    case CHECK_AT_LEAST:
        break;
    }
    return same_group(looks, &a->how.group, &b->how.group);
}

static uint32_t first_of(const struct looks *looks, uint32_t check)
{
    while (looks->same[check] != check)
        check = looks->same[check] = looks->same[looks->same[check]];
    return check;
}

bool looks_are_same(const struct looks *looks, uint32_t fresh, uint32_t old)
{
    const struct check_settings *a = &looks->fresh->checks[fresh], *b = &looks->old->checks[old];
    const uint32_t other = looks->fresh->check_count + old;
    if (first_of(looks, fresh) == first_of(looks, other))
        return true;
    bool same = a->kind == b->kind && a->invert == b->invert && a->per_target == b->per_target &&
                address_equal(&a->source.source4, &b->source.source4) &&
                address_equal(&a->source.source6, &b->source.source6) && same_expect(&a->expect, &b->expect) &&
                same_how(looks, a, b);
    if (same)
        looks->same[first_of(looks, fresh)] = first_of(looks, other);
    return same;
}

struct looks *looks_new(const struct settings *fresh, const struct settings *old)
{
    struct looks *looks = calloc(1, sizeof *looks);
    const uint32_t count = fresh->check_count + old->check_count;
    uint32_t *same = calloc(count + 1, sizeof *same);
    if (!looks || !same)
        abort();
    for (uint32_t i = 0; i < count; i++)
        same[i] = i;
    *looks = (struct looks){.fresh = fresh, .old = old, .same = same};
    return looks;
}

void looks_free(struct looks *looks)
{
    if (looks)
        free(looks->same);
    free(looks);
}
