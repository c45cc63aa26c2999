/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_URL_H
#define REPOINTD_CONFIG_URL_H

/*
 * Where: config, under field and link.
 * What:  a URL that a person can paste into curl, taken apart.
 * Why:   libcurl parses it again when it probes; here it is refused while the person who wrote it is still looking.
 */

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define URL_TEXT_MAX 2048
#define URL_HOST_MAX 256

struct url {
    char text[URL_TEXT_MAX + 16]; /* with http:// in front where no scheme was written; a scheme is in lower case */
    char host[URL_HOST_MAX];      /* without brackets */
    uint16_t port;                /* 80 or 443 unless given */
    bool secure;
};

/*
 * http and https only; visible ASCII; no user name, for that would be a secret in the file; no fragment, for nobody
 * sends it. Hosts are names, dotted quads or IPv6 addresses in brackets and in RFC 5952 form. `err` never holds more
 * of the URL than scheme and host.
 */
NODISCARD bool url_parse(const char *text, struct url *ret, struct error *err);

/* There is an "@" before the path: the text may hold a password and must not be shown. */
bool url_has_user(const char *text);

#endif
