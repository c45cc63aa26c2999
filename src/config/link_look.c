/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link_checks.
 * What:  what a check of each kind does.
 */
#include "config/link_look.h"

#include "config/ping_range.h"
#include "config/program.h"
#include "config/url.h"

#include <string.h>
#include <strings.h>

static void complain(struct linker *linker, const struct node *node, const char *message)
{
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", message);
}

/* ---- http ------------------------------------------------------------------------------------------------------- */

/* What would say another length than the body has. */
static bool is_framing(const char *name)
{
    return strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0;
}

static void link_headers(struct linker *linker, const struct node *node, struct http_settings *ret)
{
    if (node == NULL || node->kind != NODE_MAPPING)
        return;
    struct http_header *headers = arena_take(linker->arena, node->count * sizeof(*headers));
    for (uint32_t i = 0; i < node->count; i++) {
        const struct pair *pair = &node->as.pairs[i];
        if (pair->value->kind != NODE_SCALAR)
            continue;
        if (is_framing(pair->key->as.text))
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                           "the header '%s' follows from 'body' and cannot be set", pair->key->as.text);
        headers[ret->header_count++] = (struct http_header){.name = link_copy(linker, pair->key->as.text),
                                                            .value = link_copy(linker, pair->value->as.text)};
    }
    ret->headers = headers;
}

static void link_http(struct linker *linker, const struct check_draft *draft, struct http_settings *ret)
{
    struct url url;
    if (draft->url == NULL || !url_parse(draft->url, &url, NULL))
        return;
    ret->url = link_copy(linker, url.text);
    ret->host = link_copy(linker, url.host);
    ret->port = url.port;
    ret->secure = url.secure;
    ret->method = link_copy(linker, draft->method);
    ret->redirects_most = draft->redirects_most;
    if (draft->body != NULL && draft->body[0] != '\0') {
        ret->body = link_copy(linker, draft->body);
        ret->body_length = strlen(draft->body);
    }
    link_headers(linker, draft->headers, ret);
    link_tls(linker, &draft->tls, &ret->tls);
    link_request(linker, draft, ret);
}

/* ---- the others ------------------------------------------------------------------------------------------------- */

static void link_tcp(struct linker *linker, const struct check_draft *draft, struct tcp_settings *ret)
{
    ret->port = draft->port;
    if (draft->send == NULL)
        return;
    ret->send = (const uint8_t *)link_copy(linker, draft->send);
    ret->send_length = strlen(draft->send);
}

static void link_dns(struct linker *linker, const struct check_draft *draft, struct dns_check_settings *ret)
{
    uint8_t *wire = arena_take(linker->arena, DNAME_WIRE_MAX);
    if (draft->dns.query == NULL || !dname_parse(draft->dns.query, wire, &ret->query, NULL))
        return;
    ret->type = (uint16_t)draft->dns.type;
    ret->port = draft->dns.port;
}

static bool names_target(const char *argument)
{
    return strstr(argument, "$RECORD") != NULL || strstr(argument, "$TARGET") != NULL;
}

static void link_exec(struct linker *linker, const struct check_draft *draft, struct check_settings *check)
{
    struct exec_settings *ret = &check->how.exec;
    uint32_t count = link_item_count(draft->exec);
    const char **argv = arena_take(linker->arena, (count + (size_t)1) * sizeof(*argv));
    for (uint32_t i = 0; i < count; i++) {
        argv[i] = link_copy(linker, link_item(draft->exec, i)->as.text);
        check->per_target |= names_target(argv[i]);
    }
    ret->argv = argv;
    ret->argc = count;
    program_check(draft->exec, true, linker->complaints);
}

/* Said once, however many pings there are. */
static void link_ping(struct linker *linker, const struct check_draft *draft)
{
    char range[PING_RANGE_TEXT_MAX];
    if (draft->ping_node == NULL)
        return;
    if (!draft->ping) {
        complain(linker, draft->ping_node, "'ping: off' looks at nothing; write 'ping: on'");
        return;
    }
    if (linker->pings++ > 0 || ping_is_allowed(range))
        return;
    complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(draft->ping_node),
                   "the kernel lets no group of this process ping: net.ipv4.ping_group_range is '%s'; "
                   "sysctl -w net.ipv4.ping_group_range='0 2147483647' lets everybody",
                   range);
}

void link_look(struct linker *linker, const struct check_draft *draft, struct check_settings *ret)
{
    link_source(linker, draft->source, &ret->source.source4, &ret->source.source6);
    switch (ret->kind) {
    case CHECK_HTTP:
        link_http(linker, draft, &ret->how.http);
        break;
    case CHECK_TCP:
        link_tcp(linker, draft, &ret->how.tcp);
        break;
    case CHECK_TLS:
        ret->how.tls.port = draft->port;
        link_tls(linker, &draft->tls, &ret->how.tls.tls);
        break;
    case CHECK_DNS:
        link_dns(linker, draft, &ret->how.dns);
        break;
    case CHECK_PING:
        link_ping(linker, draft);
        return;
    case CHECK_EXEC:
        link_exec(linker, draft, ret);
        return;
    case CHECK_HEARTBEAT:
        ret->how.heartbeat.silence_ms = draft->silence_ms;
        return;
    case CHECK_ALL_OF:
    case CHECK_ANY_OF:
    case CHECK_AT_LEAST:
        link_group(linker, draft, ret->kind, &ret->how.group);
        return;
    }
    link_expect(linker, draft, &ret->expect);
}
