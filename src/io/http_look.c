/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http.
 * What:  makes a check ready: the URL parsed once, and its headers.
 * Why:   what is the same for all requests of a check is made once.
 */

#include "base/text.h"
#include "io/http_handle.h"
#include "io/http_headers.h"

#include <curl/curl.h>
#include <string.h>

#define URL_FLAGS CURLU_DISALLOW_USER

static bool refuse(const struct check_settings *check, const char *why, struct error *err)
{
    error_set(err, ERROR_SYNTAX, "check '%s': %s", check->name, why);
    return false;
}

/* A TLS check has no URL; without a name there is none to send or to verify, so its host is an address. */
static bool prepare_url(struct http_look *look, struct error *err)
{
    const struct check_settings *check = look->check;
    const char *url = look->handshake_only ? "https://" HTTP_NEVER_CONNECTED "/" : check->how.http.url;
    char port[8];
    struct text digits = text_over(port, sizeof port);
    text_addf(&digits, "%u", (unsigned)look->port);
    look->url = curl_url();
    if (!look->url)
        return refuse(check, "out of memory", err);
    CURLUcode code = curl_url_set(look->url, CURLUPART_URL, url, URL_FLAGS);
    if (code == CURLUE_OK && look->handshake_only)
        code = curl_url_set(look->url, CURLUPART_PORT, port, 0);
    if (code == CURLUE_OK && look->tls->sni)
        code = curl_url_set(look->url, CURLUPART_HOST, look->tls->sni, URL_FLAGS);
    return code == CURLUE_OK || refuse(check, curl_url_strerror(code), err);
}

static bool prepare_headers(struct http_look *look, const char *contact, struct error *err)
{
    const struct http_place place = {look->port, look->secure, true, true};
    if (!look->handshake_only && !http_headers_make(look->check, contact, &place, &look->headers))
        return refuse(look->check, "out of memory, or its host is too long", err);
    return true;
}

/* Most checks are a plain GET: for them nothing has to be set anew. */
static bool is_unusual(const struct http_look *look)
{
    const struct http_settings *http = &look->check->how.http;
    return look->handshake_only || look->tls->certificate || look->tls->version_least > TLS_LEAST ||
           http->body_length > 0 || (http->method && strcmp(http->method, "GET") != 0);
}

static void take_settings(struct http_look *look)
{
    const struct check_settings *check = look->check;
    look->handshake_only = check->kind == CHECK_TLS;
    look->tls = look->handshake_only ? &check->how.tls.tls : &check->how.http.tls;
    look->port = look->handshake_only ? check->how.tls.port : check->how.http.port;
    look->secure = look->handshake_only || check->how.http.secure;
    look->redirects_most = look->handshake_only ? 0 : check->how.http.redirects_most;
    look->meets_tls = look->secure || look->redirects_most > 0;
    look->keeps_body = check->expect.contains || check->expect.not_contains || check->expect.regex;
    look->is_unusual = is_unusual(look);
}

bool http_look_prepare(struct http_look *look, const struct check_settings *check, const char *contact,
                       struct error *err)
{
    *look = (struct http_look){.check = check, .contact = contact};
    take_settings(look);
    if (prepare_url(look, err) && prepare_headers(look, contact, err))
        return true;
    http_look_done(look);
    return false;
}

const char *http_look_ca(const struct http_look *look)
{
    return look->meets_tls && look->tls->verify ? look->tls->ca : NULL;
}

void http_look_done(struct http_look *look)
{
    curl_url_cleanup(look->url);
    curl_slist_free_all(look->headers);
    *look = (struct http_look){0};
}
