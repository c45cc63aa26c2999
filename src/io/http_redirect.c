/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http; between two requests of one call.
 * What:  reads Location, and finds the address of the next request.
 * Why:   libcurl would follow by itself, but would have to look names up for it, and would go wherever it is sent. What
 *        a redirect leads to is judged here, and its connection is made like every other:
 *
 *        the host is                                             goes to
 *        the URL's, tls.sni, that of the header Host             the target's own address
 *        an address, the target's own or one no nearer to us     that address (model/reach)
 *        any other address, any other name                       nowhere: `redirect`
 */

#include "io/http_redirect.h"

#include "base/text.h"
#include "io/http_headers.h"
#include "io/http_options.h"
#include "model/reach.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- the answer ---- */

static bool is_redirect(uint16_t status)
{
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/* "HTTP/1.1 302 Found"; 0 for anything else. */
static uint16_t status_of(const char *line, size_t length)
{
    const char *space = memchr(line, ' ', length);
    uint16_t status = 0;
    for (size_t at = space ? (size_t)(space - line) + 1 : length; at < length && status < 100; at++) {
        if (line[at] < '0' || line[at] > '9')
            return 0;
        status = (uint16_t)(status * 10 + (line[at] - '0'));
    }
    return status;
}

static void keep_location(struct http_handle *handle, const char *value, size_t length)
{
    while (length > 0 && strchr(" \t", *value)) {
        value++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", value[length - 1]))
        length--;
    handle->location_is_long = length >= HTTP_LOCATION_MAX;
    handle->location_length = handle->location_is_long ? HTTP_LOCATION_MAX - 1 : (uint16_t)length;
    memcpy(handle->location, value, handle->location_length);
    handle->location[handle->location_length] = '\0';
}

void http_redirect_note(struct http_handle *handle, const char *line, size_t length)
{
    static const char name[] = "location:";
    const size_t start = sizeof name - 1;
    if (length > 5 && memcmp(line, "HTTP/", 5) == 0) {
        handle->status = status_of(line, length);
        handle->location_length = 0;
    } else if (handle->location_length == 0 && length >= start && strncasecmp(line, name, start) == 0) {
        keep_location(handle, line + start, length - start);
    } else if (line[0] == '\r' || line[0] == '\n') {
        handle->is_redirected = is_redirect(handle->status) && handle->location_length > 0;
    }
}

/* ---- where it leads ---- */

static bool refuse(struct http_handle *handle, const char *why, const char *what)
{
    struct text words = text_over(handle->error_text, sizeof handle->error_text);
    text_add(&words, why);
    text_add(&words, what);
    return false;
}

static const char *without_brackets(char *host)
{
    size_t length = strlen(host);
    if (length < 2 || host[0] != '[')
        return host;
    host[length - 1] = '\0';
    return host + 1;
}

/* Either may end with the dot of the root; `end` is what else may follow the name: ":" before a port, or nothing. */
static bool is_name(const char *host, const char *name, const char *end)
{
    size_t length = strlen(host);
    if (length > 0 && host[length - 1] == '.')
        length--;
    if (!name || strncasecmp(host, name, length) != 0)
        return false;
    const char *rest = name + length + (name[length] == '.');
    return *rest == '\0' || *rest == *end;
}

static bool is_own_host(const struct http_look *look, const char *host)
{
    const struct http_settings *http = &look->check->how.http;
    return is_name(host, http->host, "") || is_name(host, http->tls.sni, "") ||
           is_name(host, http_headers_find(http, "Host"), ":");
}

/* Finds the address. The check's own host keeps the name that its URL has here, for SNI and for the certificate. */
static bool find_address(struct http_handle *handle, struct http_hop *hop, const struct address *target,
                         const char *host)
{
    const struct http_look *look = handle->look;
    hop->same_host = is_own_host(look, host);
    if (hop->same_host) {
        char *own = NULL;
        hop->to.address = *target;
        bool good = curl_url_get(look->url, CURLUPART_HOST, &own, 0) == CURLUE_OK &&
                    curl_url_set(hop->url, CURLUPART_HOST, own, 0) == CURLUE_OK;
        curl_free(own);
        return good;
    }
    struct error err;
    if (!address_parse(host, &hop->to.address, &err))
        return refuse(handle, "a redirect to another host: ", host);
    if (!reach_allows(target, &hop->to.address))
        return refuse(handle, "a redirect to an address that a target may not lead to: ", host);
    return true;
}

static bool read_scheme_and_port(struct http_handle *handle, struct http_hop *hop)
{
    char *scheme = NULL, *port = NULL;
    bool good = curl_url_get(hop->url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(hop->url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    if (good) {
        hop->secure = strcmp(scheme, "https") == 0;
        hop->to.port = (uint16_t)strtoul(port, NULL, 10); /* libcurl has read it as 0 to 65535 */
        good = (hop->secure || strcmp(scheme, "http") == 0) && hop->to.port > 0;
    }
    curl_free(scheme);
    curl_free(port);
    return good || refuse(handle, "a redirect to what is not HTTP: ", handle->location);
}

static bool read_location(struct http_handle *handle, struct http_hop *hop, const struct address *target)
{
    if (curl_url_set(hop->url, CURLUPART_URL, handle->location, CURLU_DISALLOW_USER | CURLU_URLENCODE) != CURLUE_OK)
        return refuse(handle, "a redirect to what is no URL: ", handle->location);
    if (!read_scheme_and_port(handle, hop))
        return false;
    char *host = NULL;
    bool good = curl_url_get(hop->url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                find_address(handle, hop, target, without_brackets(host));
    curl_free(host);
    return good;
}

/* ---- going there ---- */

/* RFC 9110 15.4: 303 means GET, and after a POST so do 301 and 302, since everybody does it. */
static bool becomes_get(const struct http_look *look, uint16_t status)
{
    const char *method = look->check->how.http.method ? look->check->how.http.method : "GET";
    if (status == 303)
        return strcmp(method, "HEAD") != 0;
    return status <= 302 && strcmp(method, "POST") == 0;
}

static void put_hop(struct http_handle *handle, const struct http_hop *hop)
{
    uint32_t count = handle->hop.count;
    http_redirect_forget(handle);
    handle->hop = *hop;
    handle->hop.count = count + 1;
}

/* False: no memory. */
static bool prepare(struct http_handle *handle, struct http_hop *hop)
{
    const struct http_look *look = handle->look;
    bool left_tls = look->secure && !hop->secure;
    const struct http_place place = {hop->to.port, hop->secure, hop->same_host, hop->same_host && !left_tls};
    hop->as_get = handle->hop.as_get || becomes_get(look, handle->status);
    return http_headers_make(look->check, look->contact, &place, &hop->headers);
}

bool http_redirect_follow(struct http_handle *handle, const struct address *target, struct probe_facts *ret)
{
    const struct http_look *look = handle->look;
    struct http_hop hop = {.url = curl_url_dup(handle->hop.count > 0 ? handle->hop.url : look->url)};
    bool good = false, has_memory = hop.url != NULL;
    handle->error_text[0] = '\0';
    if (handle->hop.count >= look->redirects_most) {
        struct text words = text_over(handle->error_text, sizeof handle->error_text);
        text_addf(&words, "more than %u redirect%s", (unsigned)look->redirects_most,
                  look->redirects_most > 1 ? "s" : "");
    } else if (handle->location_is_long) {
        refuse(handle, "a redirect to a URL that is too long", "");
    } else if (has_memory && read_location(handle, &hop, target)) {
        has_memory = prepare(handle, &hop);
        put_hop(handle, &hop);
        hop = (struct http_hop){0};
        good = has_memory = has_memory && http_handle_set_hop(handle);
    }
    curl_url_cleanup(hop.url);
    if (good)
        handle->phase = PROBE_CONNECT;
    else
        *ret = (struct probe_facts){.end = has_memory ? PROBE_REDIRECTED_AWAY : PROBE_LOCAL,
                                    .phase = handle->phase,
                                    .status = handle->status,
                                    .redirects = handle->hop.count,
                                    .text = has_memory ? handle->error_text : "out of memory for a redirect"};
    return good;
}

/*
 * What connect says at once is this host's word, and about the target's own address it is nobody's fault. A target that
 * leads somewhere else has to know that the way exists.
 */
struct probe_facts http_redirect_unconnected(struct http_handle *handle, int sys_errno, bool at_once)
{
    char to[ENDPOINT_TEXT_MAX];
    endpoint_format(&handle->hop.to, to);
    struct text words = text_over(handle->error_text, sizeof handle->error_text);
    text_addf(&words, "redirected to %s: %s", to, strerror(sys_errno));
    return (struct probe_facts){.end = PROBE_CONNECT_FAILED,
                                .phase = PROBE_CONNECT,
                                .sys_errno = sys_errno,
                                .at_once = at_once && handle->hop.same_host,
                                .redirects = handle->hop.count,
                                .text = handle->error_text};
}

void http_redirect_forget(struct http_handle *handle)
{
    curl_url_cleanup(handle->hop.url);
    curl_slist_free_all(handle->hop.headers);
    handle->hop = (struct http_hop){0};
}
