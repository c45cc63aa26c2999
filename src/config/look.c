/* SPDX-License-Identifier: MIT */
/*
 * Where: config; asked by app at a reload.
 * What:  compares two checks by what they look at.
 */
#include "config/look.h"

#include "base/pattern.h"

#include <string.h>

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

static bool same_group(const struct settings *a, const struct group_settings *group_a, const struct settings *b,
                       const struct group_settings *group_b)
{
    if (group_a->child_count != group_b->child_count || group_a->least != group_b->least)
        return false;
    for (uint32_t i = 0; i < group_a->child_count; i++)
        if (!look_is_same(a, group_a->children[i], b, group_b->children[i]))
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

static bool same_how(const struct settings *a, const struct check_settings *check_a, const struct settings *b,
                     const struct check_settings *check_b)
{
    switch (check_a->kind) {
    case CHECK_HTTP:
        return same_http(&check_a->how.http, &check_b->how.http);
    case CHECK_TCP:
        return check_a->how.tcp.port == check_b->how.tcp.port &&
               same_bytes(check_a->how.tcp.send, check_a->how.tcp.send_length, check_b->how.tcp.send,
                          check_b->how.tcp.send_length);
    case CHECK_TLS:
        return check_a->how.tls.port == check_b->how.tls.port && same_tls(&check_a->how.tls.tls, &check_b->how.tls.tls);
    case CHECK_DNS:
        return check_a->how.dns.port == check_b->how.dns.port && check_a->how.dns.type == check_b->how.dns.type &&
               dname_equal(&check_a->how.dns.query, &check_b->how.dns.query);
    case CHECK_EXEC:
        return same_exec(&check_a->how.exec, &check_b->how.exec);
    case CHECK_PING:
    case CHECK_HEARTBEAT:
        return true;
    case CHECK_ALL_OF:
    case CHECK_ANY_OF:
    case CHECK_AT_LEAST:
        break;
    }
    return same_group(a, &check_a->how.group, b, &check_b->how.group);
}

bool look_is_same(const struct settings *a, uint32_t check_a, const struct settings *b, uint32_t check_b)
{
    const struct check_settings *one = &a->checks[check_a], *other = &b->checks[check_b];
    return one->kind == other->kind && one->invert == other->invert && one->per_target == other->per_target &&
           address_equal(&one->source.source4, &other->source.source4) &&
           address_equal(&one->source.source6, &other->source.source6) && same_expect(&one->expect, &other->expect) &&
           same_how(a, one, b, other);
}
