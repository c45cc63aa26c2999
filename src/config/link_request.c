/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link_look.
 * What:  what contradicts itself within one http check.
 * Why:   each of these would be probed for years and never say what was meant.
 */
#include "config/link_look.h"

#include <string.h>

static void complain(struct linker *linker, enum complaint_level level, const struct node *mapping, const char *key,
                     const char *message)
{
    const struct node *value = node_find(mapping, key);
    if (value != NULL)
        complaints_add(linker->complaints, level, node_place(value), "'%s' %s", key, message);
}

/* RFC 9110 9.3.2, 9.3.6 */
static void check_method(struct linker *linker, const struct check_draft *draft, const char *method)
{
    static const char *const of_a_body[] = {"contains", "not-contains", "regex"};
    if (strcmp(method, "CONNECT") == 0)
        complain(linker, COMPLAINT_ERROR, draft->node, "method", "is CONNECT: that asks a proxy, and no target is one");
    if (strcmp(method, "HEAD") != 0)
        return;
    if (draft->body != NULL && draft->body[0] != '\0')
        complain(linker, COMPLAINT_ERROR, draft->node, "body", "does not go with the method HEAD");
    for (size_t i = 0; i < ARRAY_COUNT(of_a_body); i++)
        complain(linker, COMPLAINT_ERROR, draft->expect.node, of_a_body[i],
                 "looks at a body, and the answer to HEAD has none");
}

void link_request(struct linker *linker, const struct check_draft *draft, const struct http_settings *http)
{
    check_method(linker, draft, http->method == NULL ? "GET" : http->method);
    if (http->secure || http->redirects_most > 0)
        return;
    if (draft->expect.certificate_days > 0)
        complain(linker, COMPLAINT_WARNING, draft->expect.node, "certificate-days",
                 "has no effect on a URL that begins with http://");
    if (draft->tls.node != NULL && draft->tls.node->count > 0)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(draft->tls.node),
                       "'tls' has no effect on a URL that begins with http://");
}
