/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http, under look and redirect.
 * What:  the list of headers of a request.
 * Why:   a header that the user wrote replaces ours. What users put into headers are often secrets, so a redirect that
 *        leads to another host, or out of TLS, takes none of them along.
 */

#include "io/http_headers.h"

#include "base/text.h"
#include "base/version.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *http_headers_find(const struct http_settings *http, const char *name)
{
    for (uint32_t i = 0; i < http->header_count; i++)
        if (strcasecmp(http->headers[i].name, name) == 0)
            return http->headers[i].value;
    return NULL;
}

static bool append(void **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        return false;
    *list = longer;
    return true;
}

/* "NAME: VALUE"; in libcurl's language "NAME;" is a header without a value. */
static bool append_header(void **list, const char *name, const char *value)
{
    assert(value != NULL);
    size_t room = strlen(name) + strlen(value) + sizeof ": ";
    char *storage = malloc(room);
    if (!storage)
        return false;
    struct text line = text_over(storage, room);
    text_addf(&line, value[0] ? "%s: %s" : "%s;", name, value);
    bool good = append(list, storage);
    free(storage);
    return good;
}

/*
 * Where SNI is not the URL's host, the Host header is ours to write; RFC 9110 7.2: without the port where it is the
 * scheme's own.
 */
static bool append_host(void **list, const struct http_settings *http, bool secure, uint16_t port)
{
    const char *own = http_headers_find(http, "Host");
    if (own || !http->tls.sni)
        return !own || append_header(list, "Host", own);
    char storage[300];
    struct text host = text_over(storage, sizeof storage);
    text_addf(&host, strchr(http->host, ':') ? "[%s]" : "%s", http->host);
    if (port != (secure ? 443 : 80))
        text_addf(&host, ":%u", (unsigned)port);
    return !host.truncated && append_header(list, "Host", storage);
}

/* A header of ours costs libcurl one copy; CURLOPT_USERAGENT costs two. */
static bool append_user_agent(void **list, const struct check_settings *check, const char *contact)
{
    const char *own = http_headers_find(&check->how.http, "User-Agent");
    if (own)
        return append_header(list, "User-Agent", own);
    size_t room = strlen(check->name) + (contact ? strlen(contact) : 0) +
                  sizeof "repointd/" REPOINTD_VERSION " (check ; )";
    char *storage = malloc(room);
    if (!storage)
        return false;
    struct text agent = text_over(storage, room);
    text_addf(&agent, "repointd/" REPOINTD_VERSION " (check %s%s%s)", check->name, contact ? "; " : "",
              contact ? contact : "");
    bool good = append_header(list, "User-Agent", storage);
    free(storage);
    return good;
}

static bool is_written_apart(const char *name)
{
    static const char *const names[] = {"Host", "User-Agent", "Connection"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static bool append_users(void **list, const struct http_settings *http)
{
    for (uint32_t i = 0; i < http->header_count; i++)
        if (!is_written_apart(http->headers[i].name) &&
            !append_header(list, http->headers[i].name, http->headers[i].value))
            return false;
    /* what libcurl posts it would call a form */
    bool may_post = http->body_length > 0 || (http->method && strcmp(http->method, "GET") != 0);
    return !may_post || http_headers_find(http, "Content-Type") || append(list, "Content-Type:");
}

bool http_headers_make(const struct check_settings *check, const char *contact, const struct http_place *place,
                       void **ret)
{
    const struct http_settings *http = &check->how.http;
    const char *connection = place->trusted ? http_headers_find(http, "Connection") : NULL;
    void *list = NULL;
    bool good = append_header(&list, "Connection", connection ? connection : "close");
    good = good && append_user_agent(&list, check, contact);
    if (place->same_host)
        good = good && append_host(&list, http, place->secure, place->port);
    if (place->trusted)
        good = good && append_users(&list, http);
    if (good)
        *ret = list;
    else
        curl_slist_free_all(list);
    return good;
}
