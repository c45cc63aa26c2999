/* SPDX-License-Identifier: MIT */
/*
 * Where: config, under field and link.
 * What:  scheme, host and port of a URL; the rest is only looked over.
 * Why:   what a check sends as Host and SNI is taken from here and judged here, so that no odd form of an address
 *        slips through (docs/faults.md, security, injection through the configuration).
 */
#include "config/url.h"

#include "base/parse.h"
#include "base/text.h"
#include "config/host.h"
#include "model/address.h"

#include <string.h>
#include <strings.h>

static bool refuse(struct error *err, const char *what)
{
    error_set(err, ERROR_SYNTAX, "the URL %s", what);
    return false;
}

/* What stands behind the scheme; the whole text if there is none. */
static const char *behind_scheme(const char *text)
{
    const char *mark = strstr(text, "://");
    return mark == NULL || strcspn(text, "/?#") < (size_t)(mark - text) ? text : mark + 3;
}

bool url_has_user(const char *text)
{
    const char *authority = behind_scheme(text);
    return memchr(authority, '@', strcspn(authority, "/?#")) != NULL;
}

static bool read_scheme(const char *text, struct url *ret, struct error *err)
{
    size_t length = (size_t)(behind_scheme(text) - text);
    if (length == 0 || (length == 7 && strncasecmp(text, "http", 4) == 0))
        ret->secure = false;
    else if (length == 8 && strncasecmp(text, "https", 5) == 0)
        ret->secure = true;
    else
        return refuse(err, "must begin with http:// or https://");
    return true;
}

/* The host of `ret` is filled; bracketed: it stood in brackets. */
static bool check_host(const char *host, bool bracketed, struct error *err)
{
    struct address address;
    bool is_address = address_parse(host, &address, NULL);
    if (bracketed != (is_address && address.family == ADDRESS_V6))
        return refuse(err,
                      bracketed ? "has no IPv6 address in its brackets" : "needs brackets around its IPv6 address");
    if (!is_address)
        return host_name_check(host, err);
    char canonical[ADDRESS_TEXT_MAX];
    address_format(&address, canonical);
    if (strcmp(host, canonical) == 0)
        return true;
    error_set(err, ERROR_SYNTAX, "the host '%s' is to be written as '%s'", host, canonical);
    return false;
}

static bool read_authority(const char *authority, size_t length, struct url *ret, struct error *err)
{
    char storage[URL_HOST_MAX + 8];
    if (length == 0)
        return refuse(err, "has no host");
    if (length >= sizeof(storage))
        return refuse(err, "has a host of more than 255 characters");
    memcpy(storage, authority, length);
    storage[length] = '\0';
    bool bracketed = storage[0] == '[';
    const char *colon = strchr(storage, ':');
    if (!bracketed && colon != NULL && strchr(colon + 1, ':') != NULL)
        return refuse(err, "needs brackets around its IPv6 address: http://[2001:db8::1]/");
    if (!parse_host_port(storage, ret->secure ? 443 : 80, ret->host, &ret->port, err))
        return false;
    return check_host(ret->host, bracketed, err);
}

bool url_parse(const char *text, struct url *ret, struct error *err)
{
    struct url url = {.port = 0};
    for (const char *c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            return refuse(err,
                          "holds a blank, a control character or a letter beyond ASCII; write it as %20 and the like");
    if (strlen(text) > URL_TEXT_MAX)
        return refuse(err, "has more than 2048 characters");
    if (!read_scheme(text, &url, err))
        return false;
    if (url_has_user(text))
        return refuse(err, "holds a user name or password; secrets do not belong into this file");
    if (strchr(text, '#') != NULL)
        return refuse(err, "has a '#' and what follows it is never sent; leave it out");
    const char *rest = behind_scheme(text);
    if (!read_authority(rest, strcspn(rest, "/?"), &url, err))
        return false;
    struct text out = text_over(url.text, sizeof(url.text));
    text_add(&out, url.secure ? "https://" : "http://");
    text_add(&out, rest);
    *ret = url;
    return true;
}
