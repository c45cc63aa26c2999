/* SPDX-License-Identifier: MIT */
/*
 * Where: config, under the schema, above base/parse.
 * What:  one reader a kind.
 * Why:   a kind is one function and one line in a switch; rows of the table differ only in their bounds and words.
 */
#include "config/field.h"

#include "base/names.h"
#include "base/parse.h"
#include "base/text.h"
#include "config/host.h"
#include "config/url.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define DNS_PORT  53
#define WORDS_MAX 40

void duration_format(uint64_t duration_ms, char text[DURATION_TEXT_MAX])
{
    static const struct {
        const char *name;
        uint64_t size_ms;
    } units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    struct text out = text_over(text, DURATION_TEXT_MAX);
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        uint64_t part = duration_ms / units[i].size_ms;
        duration_ms %= units[i].size_ms;
        if (part > 0)
            text_addf(&out, "%" PRIu64 "%s", part, units[i].name);
    }
    if (out.length == 0)
        text_add(&out, "0s");
}

const char *word_of(const struct word *words, unsigned value)
{
    for (; words->word != NULL; words++)
        if (words->value == value)
            return words->word;
    return NULL;
}

static void quote(const char *text, char shown[ERROR_TEXT_MAX])
{
    struct text out = text_over(shown, ERROR_TEXT_MAX / 2);
    text_add_foreign(&out, text, strlen(text));
}

static bool refuse(struct error *err, enum error_code code, const char *text, const char *what)
{
    char shown[ERROR_TEXT_MAX];
    quote(text, shown);
    error_set(err, code, "'%s' %s", shown, what);
    return false;
}

/* ---- numbers ---------------------------------------------------------------------------------------------------- */

static bool read_duration(const struct field_rule *rule, const char *text, uint64_t *ret, struct error *err)
{
    uint64_t duration = 0;
    if (!parse_duration_ms(text, &duration, err))
        return false;
    if (duration < rule->least || duration > rule->most) {
        char least[DURATION_TEXT_MAX], most[DURATION_TEXT_MAX];
        duration_format(rule->least, least);
        duration_format(rule->most, most);
        error_set(err, ERROR_RANGE, "'%s' is out of range: %s to %s is allowed", text, least, most);
        return false;
    }
    *ret = duration;
    return true;
}

static bool is_digits(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static bool read_ttl(const struct field_rule *rule, const char *text, uint64_t *ret, struct error *err)
{
    if (is_digits(text))
        return parse_uint(text, rule->least, rule->most, ret, err);
    const struct field_rule in_ms = {.kind = FIELD_DURATION, .least = rule->least * 1000, .most = rule->most * 1000};
    uint64_t duration = 0;
    if (!parse_duration_ms(text, &duration, err))
        return false;
    if (duration % 1000 != 0)
        return refuse(err, ERROR_RANGE, text, "is not a whole number of seconds");
    if (!read_duration(&in_ms, text, &duration, err))
        return false;
    *ret = duration / 1000;
    return true;
}

static bool read_percent(const struct field_rule *rule, const char *text, uint64_t *ret, struct error *err)
{
    uint32_t permille = 0;
    if (!parse_percent(text, &permille, err))
        return false;
    if (permille < rule->least || permille > rule->most) {
        error_set(err, ERROR_RANGE, "'%s' is out of range: %" PRIu64 "%% to %" PRIu64 "%% is allowed", text,
                  rule->least / 10, rule->most / 10);
        return false;
    }
    *ret = permille;
    return true;
}

static bool read_concurrency(const struct field_rule *rule, const char *text, uint64_t *ret, struct error *err)
{
    if (strcmp(text, "auto") == 0) {
        *ret = 0;
        return true;
    }
    if (!is_digits(text))
        return refuse(err, ERROR_SYNTAX, text, "is neither auto nor a number");
    return parse_uint(text, rule->least, rule->most, ret, err);
}

static bool read_owner(const char *text, uint64_t *ret, struct error *err)
{
    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return refuse(err, ERROR_SYNTAX, text, "is not an owner id; write 16 hex digits in lower case");
    uint64_t owner = 0;
    for (const char *c = text; *c != '\0'; c++)
        owner = owner << 4 | (uint64_t)(*c <= '9' ? *c - '0' : *c - 'a' + 10);
    *ret = owner;
    return true;
}

static bool read_word(const struct field_rule *rule, const char *text, uint64_t *ret, struct error *err)
{
    const char *list[WORDS_MAX + 1] = {NULL};
    for (size_t i = 0; rule->words[i].word != NULL; i++) {
        assert(i < WORDS_MAX);
        list[i] = rule->words[i].word;
        if (strcmp(text, list[i]) == 0) {
            *ret = rule->words[i].value;
            return true;
        }
    }
    char shown[ERROR_TEXT_MAX], storage[ERROR_TEXT_MAX];
    quote(text, shown);
    struct text out = text_over(storage, sizeof(storage));
    const char *near = names_nearest_of(list, text);
    if (near != NULL)
        text_addf(&out, "did you mean '%s'?", near);
    else
        for (size_t i = 0; list[i] != NULL; i++)
            text_addf(&out, "%s%s", i == 0 ? "write " : list[i + 1] == NULL ? " or " : ", ", list[i]);
    error_set(err, ERROR_SYNTAX, "unknown value '%s'; %s", shown, storage);
    return false;
}

bool status_parse(const char *text, struct status_range *ret, struct error *err)
{
    char first[8] = "";
    const char *dash = strchr(text, '-');
    size_t length = dash == NULL ? strlen(text) : (size_t)(dash - text);
    if (length >= sizeof(first))
        return refuse(err, ERROR_SYNTAX, text, "is not a status; write 200 or 200-399");
    memcpy(first, text, length);
    const char *last = dash == NULL ? first : dash + 1;
    if (!is_digits(first) || !is_digits(last))
        return refuse(err, ERROR_SYNTAX, text, "is not a status; write 200 or 200-399");
    uint64_t least = 0, most = 0;
    if (!parse_uint(first, 100, 599, &least, err) || !parse_uint(last, 100, 599, &most, err))
        return false;
    if (least > most)
        return refuse(err, ERROR_RANGE, text, "begins above its end");
    *ret = (struct status_range){.least = (uint16_t)least, .most = (uint16_t)most};
    return true;
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

static bool read_text(const struct field_rule *rule, const char *text, union field_value *ret, struct error *err)
{
    size_t length = strlen(text);
    if (rule->kind != FIELD_RAW_TEXT && strpbrk(text, "\t\r\n") != NULL)
        return refuse(err, ERROR_SYNTAX, text, "holds a tab or a line end");
    if (length < rule->least) {
        error_set(err, ERROR_RANGE, "the value is empty; write something or leave the key out");
        return false;
    }
    if (length > rule->most) {
        error_set(err, ERROR_RANGE, "the value has %zu bytes; %" PRIu64 " are allowed", length, rule->most);
        return false;
    }
    ret->text = text;
    return true;
}

/* It may be a password: what is wrong is told without it. */
static bool read_header(const struct field_rule *rule, const char *text, union field_value *ret, struct error *err)
{
    for (const char *c = text; *c != '\0'; c++)
        if (*c != '\t' && (*c < ' ' || *c > '~')) {
            bool is_control = (unsigned char)*c < 0x80;
            error_set(err, ERROR_SYNTAX,
                      "the value goes into an HTTP header and holds %s; visible ASCII, blanks and tabs may stand there",
                      is_control ? "a line end or another control character" : "what is not ASCII");
            return false;
        }
    if (text[0] == ' ' || text[0] == '\t') {
        error_set(err, ERROR_SYNTAX, "the value goes into an HTTP header and begins with a blank");
        return false;
    }
    const struct field_rule any = {.kind = FIELD_RAW_TEXT, .least = rule->least, .most = rule->most};
    return read_text(&any, text, ret, err);
}

static bool read_token(const char *text, union field_value *ret, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    if (text[0] == '\0' || strspn(text, letters) != strlen(text))
        return refuse(err, ERROR_SYNTAX, text, "is not one word of letters, digits and hyphens");
    ret->text = text;
    return true;
}

static bool read_directory(const struct field_rule *rule, const char *text, union field_value *ret, struct error *err)
{
    if (text[0] != '/')
        return refuse(err, ERROR_SYNTAX, text, "is not an absolute path; it must begin with /");
    return read_text(rule, text, ret, err);
}

static bool read_domain(const char *text, union field_value *ret, struct error *err)
{
    uint8_t wire[DNAME_WIRE_MAX];
    struct dname name;
    if (!dname_parse(text, wire, &name, err))
        return false;
    ret->text = text;
    return true;
}

static bool read_host(const char *text, union field_value *ret, struct error *err)
{
    if (!host_name_check(text, err))
        return false;
    ret->text = text;
    return true;
}

static bool read_url(const char *text, union field_value *ret, struct error *err)
{
    struct url url;
    if (!url_parse(text, &url, err))
        return false;
    ret->text = text;
    return true;
}

/* ---- addresses -------------------------------------------------------------------------------------------------- */

bool endpoint_parse(const char *text, uint16_t default_port, struct endpoint *ret, struct error *err)
{
    char host[PARSE_HOST_MAX];
    struct endpoint endpoint = {.port = 0};
    if (!parse_host_port(text, default_port, host, &endpoint.port, err))
        return false;
    if (!address_parse(host, &endpoint.address, NULL))
        return refuse(
            err, ERROR_SYNTAX, text,
            "is not an address; a name would have to be looked up first, so write 192.0.2.1 or \"[2001:db8::1]:5353\"");
    *ret = endpoint;
    return true;
}

static bool read_service(const char *text, union field_value *ret, struct error *err)
{
    struct endpoint endpoint;
    if (!endpoint_parse(text, 0, &endpoint, err))
        return false;
    if (endpoint.port == 0)
        return refuse(err, ERROR_SYNTAX, text, "has no port; write 192.0.2.1:53 or \"[2001:db8::1]:53\"");
    ret->endpoint = endpoint;
    return true;
}

static bool read_verifier(const char *text, union field_value *ret, struct error *err)
{
    if (strcmp(text, "ns") != 0)
        return endpoint_parse(text, DNS_PORT, &ret->endpoint, err);
    ret->endpoint = (struct endpoint){.port = DNS_PORT};
    return true;
}

/* What no target can be; NULL: it can. */
static const char *wrong_with_target(const struct address *address)
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address_is_unspecified(address))
        return "is the unspecified address; a target needs one of its own";
    if (address_is_multicast(address))
        return "is a multicast address; a target needs one of its own";
    if (address_is_broadcast(address))
        return "is the broadcast address; a target needs one of its own";
    if (address->family == ADDRESS_V6 && memcmp(address->bytes, mapped, sizeof(mapped)) == 0)
        return "is an IPv4 address in IPv6 form; write the IPv4 address";
    return NULL;
}

static bool read_target(const char *text, union field_value *ret, struct error *err)
{
    struct address address;
    if (!address_parse(text, &address, NULL)) {
        if (!host_name_check(text, err))
            return false;
    } else if (wrong_with_target(&address) != NULL) {
        return refuse(err, ERROR_RANGE, text, wrong_with_target(&address));
    }
    ret->text = text;
    return true;
}

/* ---- the switch ------------------------------------------------------------------------------------------------- */

bool field_read(const struct field_rule *rule, const char *text, union field_value *ret, struct error *err)
{
    switch (rule->kind) {
    case FIELD_SWITCH:
        return parse_switch(text, &ret->on, err);
    case FIELD_COUNT:
    case FIELD_PORT:
        return parse_uint(text, rule->least, rule->most, &ret->number, err);
    case FIELD_CONCURRENCY:
        return read_concurrency(rule, text, &ret->number, err);
    case FIELD_DURATION:
        return read_duration(rule, text, &ret->number, err);
    case FIELD_TTL:
        return read_ttl(rule, text, &ret->number, err);
    case FIELD_PERCENT:
        return read_percent(rule, text, &ret->number, err);
    case FIELD_WORD:
        return read_word(rule, text, &ret->number, err);
    case FIELD_OWNER:
        return read_owner(text, &ret->number, err);
    case FIELD_TEXT:
    case FIELD_RAW_TEXT:
    case FIELD_PATH:
    case FIELD_REFERENCE:
        return read_text(rule, text, ret, err);
    case FIELD_HEADER:
        return read_header(rule, text, ret, err);
    case FIELD_TOKEN:
        return read_token(text, ret, err);
    case FIELD_DIRECTORY:
        return read_directory(rule, text, ret, err);
    case FIELD_URL:
        return read_url(text, ret, err);
    case FIELD_DOMAIN:
        return read_domain(text, ret, err);
    case FIELD_HOST:
        return read_host(text, ret, err);
    case FIELD_ADDRESS:
        return address_parse(text, &ret->address, err);
    case FIELD_ENDPOINT:
        return endpoint_parse(text, DNS_PORT, &ret->endpoint, err);
    case FIELD_SERVICE:
        return read_service(text, ret, err);
    case FIELD_VERIFIER:
        return read_verifier(text, ret, err);
    case FIELD_TARGET:
        return read_target(text, ret, err);
    case FIELD_STATUS:
        return status_parse(text, &ret->statuses, err);
    }
    assert(false);
    return false;
}
