/* SPDX-License-Identifier: MIT */
/*
 * Where: model, beside the typed settings.
 * What:  the names of their enums as they stand in the file, in key files and in logs; what is the file's own in them.
 */
#include "model/settings.h"

#include "base/attributes.h"

#include <assert.h>

/* The next start may be a whole interval and its jitter away, each further failure an interval-changing. */
uint64_t check_detection_ms(const struct check_settings *check)
{
    uint64_t jitter_ms = (uint64_t)check->interval_ms * check->jitter_permille / 1000;
    return check->interval_ms + (uint64_t)(check->fall - 1) * check->interval_changing_ms + jitter_ms + check->total_ms;
}

uint32_t settings_named_checks(const struct settings *settings)
{
    return settings->check_count - settings->safety.connectivity.check_count;
}

struct rdata settings_value_data(const struct settings *settings, uint32_t value)
{
    const struct value_settings *own = &settings->values[value];
    if (own->address.family != ADDRESS_NONE)
        return rdata_of_address(&own->address);
    return rdata_of_name(&settings->names[own->name].name);
}

static void add_place(const struct settings *settings, const struct address *address, uint32_t name, struct text *out)
{
    char text[ADDRESS_TEXT_MAX];
    if (address->family == ADDRESS_NONE) {
        text_add(out, settings->names[name].text);
        return;
    }
    address_format(address, text);
    text_add(out, text);
}

void settings_value_format(const struct settings *settings, uint32_t value, struct text *out)
{
    add_place(settings, &settings->values[value].address, settings->values[value].name, out);
}

void settings_watch_format(const struct settings *settings, uint32_t watch, struct text *out)
{
    add_place(settings, &settings->watches[watch].address, settings->watches[watch].name, out);
}

bool settings_is_cname(const struct record_settings *record)
{
    return record->type_count > 0 && record->types[0] == RRTYPE_CNAME;
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
    case CHECK_TLS:
        return "tls";
    case CHECK_DNS:
        return "dns";
    case CHECK_PING:
        return "ping";
    case CHECK_EXEC:
        return "exec";
    case CHECK_HEARTBEAT:
        return "heartbeat";
    case CHECK_ALL_OF:
        return "all-of";
    case CHECK_ANY_OF:
        return "any-of";
    case CHECK_AT_LEAST:
        return "at-least";
    }
    assert(false && "a kind that is in the enum");
    return NULL;
}

bool check_kind_is_calculated(enum check_kind kind)
{
    return kind == CHECK_ALL_OF || kind == CHECK_ANY_OF || kind == CHECK_AT_LEAST;
}

bool check_kind_probes(enum check_kind kind)
{
    return kind != CHECK_HEARTBEAT && !check_kind_is_calculated(kind);
}

const char *check_dns_type_name(uint16_t type)
{
    static const struct {
        uint16_t type;
        const char *name;
    } known[] = {{1, "A"},   {2, "NS"},   {5, "CNAME"}, {6, "SOA"},  {12, "PTR"},
                 {15, "MX"}, {16, "TXT"}, {28, "AAAA"}, {33, "SRV"}, {257, "CAA"}};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (known[i].type == type)
            return known[i].name;
    return "?";
}
