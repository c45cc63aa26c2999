/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http.
 * What:  makes a check ready: the URL parsed once, its headers, its User-Agent, and the one entry libcurl gets
 *        instead of a resolver.
 * Why:   with a wildcard entry libcurl's cache of names holds one thing for all targets and is never searched nor
 *        aged. Its address is never connected to: the connection exists before libcurl is asked.
 */

#include "base/text.h"
#include "base/version.h"
#include "io/http_handle.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define URL_FLAGS CURLU_DISALLOW_USER

/* A documentation address (RFC 5737). */
#define NEVER_CONNECTED "192.0.2.1"

static bool refuse(const struct check_settings *check, const char *why, struct error *err)
{
    error_set(err, ERROR_SYNTAX, "check '%s': %s", check->name, why);
    return false;
}

static bool append(void **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        return false;
    *list = longer;
    return true;
}

static bool prepare_url(struct http_look *look, struct error *err)
{
    const struct http_settings *http = &look->check->how.http;
    look->url = curl_url();
    if (!look->url)
        return refuse(look->check, "out of memory", err);
    CURLUcode code = curl_url_set(look->url, CURLUPART_URL, http->url, URL_FLAGS);
    if (code == CURLUE_OK && http->tls.sni)
        code = curl_url_set(look->url, CURLUPART_HOST, http->tls.sni, URL_FLAGS);
    return code == CURLUE_OK || refuse(look->check, curl_url_strerror(code), err);
}

/*
 * Where SNI is not the URL's host, the Host header is ours to write; RFC 9110 7.2: without the port where it is the
 * scheme's own.
 */
static bool prepare_headers(struct http_look *look, struct error *err)
{
    const struct http_settings *http = &look->check->how.http;
    char storage[512];
    struct text line = text_over(storage, sizeof storage);
    bool good = append(&look->headers, "Connection: close");
    if (good && http->tls.sni) {
        bool v6 = strchr(http->host, ':') != NULL;
        text_addf(&line, v6 ? "Host: [%s]" : "Host: %s", http->host);
        if (http->port != (http->secure ? 443 : 80))
            text_addf(&line, ":%u", (unsigned)http->port);
        good = !line.truncated && append(&look->headers, storage);
    }
    line = text_over(storage, sizeof storage);
    text_addf(&line, "*:%u:" NEVER_CONNECTED, (unsigned)http->port);
    good = good && append(&look->addresses, storage);
    return good || refuse(look->check, "out of memory, or its host is too long", err);
}

/* A header of ours costs libcurl one copy; CURLOPT_USERAGENT costs two. */
static bool prepare_user_agent(struct http_look *look, const char *contact, struct error *err)
{
    const char *name = look->check->name;
    size_t room = strlen(name) + (contact ? strlen(contact) : 0) +
                  sizeof "User-Agent: repointd/" REPOINTD_VERSION " (check ; )";
    char *storage = malloc(room);
    if (!storage)
        return refuse(look->check, "out of memory", err);
    struct text line = text_over(storage, room);
    text_addf(&line, "User-Agent: repointd/" REPOINTD_VERSION " (check %s%s%s)", name, contact ? "; " : "",
              contact ? contact : "");
    bool good = append(&look->headers, storage);
    free(storage);
    return good || refuse(look->check, "out of memory", err);
}

bool http_look_prepare(struct http_look *look, const struct check_settings *check, const char *contact,
                       struct error *err)
{
    *look = (struct http_look){.check = check};
    if (prepare_url(look, err) && prepare_headers(look, err) && prepare_user_agent(look, contact, err))
        return true;
    http_look_done(look);
    return false;
}

void http_look_done(struct http_look *look)
{
    curl_url_cleanup(look->url);
    curl_slist_free_all(look->headers);
    curl_slist_free_all(look->addresses);
    *look = (struct http_look){0};
}
