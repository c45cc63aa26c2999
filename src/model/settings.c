/* SPDX-License-Identifier: MIT */
/*
 * Where: model, beside the typed settings.
 * What:  the names of their enums as they stand in the file, in key files and in logs; what is the file's own in them.
 */
#include "model/settings.h"

#include <assert.h>

uint32_t settings_named_checks(const struct settings *settings)
{
    return settings->check_count - settings->safety.connectivity.check_count;
}

const char *tsig_algorithm_name(enum tsig_algorithm algorithm)
{
    switch (algorithm) {
    case TSIG_HMAC_MD5:
        return "hmac-md5";
    case TSIG_HMAC_SHA1:
        return "hmac-sha1";
    case TSIG_HMAC_SHA224:
        return "hmac-sha224";
    case TSIG_HMAC_SHA256:
        return "hmac-sha256";
    case TSIG_HMAC_SHA384:
        return "hmac-sha384";
    case TSIG_HMAC_SHA512:
        return "hmac-sha512";
    }
    assert(false && "an algorithm that is in the enum");
    return NULL;
}

const char *check_kind_name(enum check_kind kind)
{
    switch (kind) {
    case CHECK_HTTP:
        return "http";
    case CHECK_TCP:
        return "tcp";
    }
    assert(false && "a kind that is in the enum");
    return NULL;
}
