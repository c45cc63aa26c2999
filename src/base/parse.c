/* SPDX-License-Identifier: MIT */
/*
 * Where: base, under config and the arguments of main.
 * What:  whole strings to numbers, switches, durations, percentages, hosts with ports.
 * Why:   a leading zero is refused because YAML 1.1 and C read it as octal and people do not; each message shows what
 *        was written and what would have been right.
 */
#include "base/parse.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* Room for TEXT_FOREIGN_MAX bytes, each as \xHH, quotes and dots. */
#define PARSE_QUOTED_MAX (4 * TEXT_FOREIGN_MAX + 8)

struct parse_quoted {
    char text[PARSE_QUOTED_MAX];
};

static struct parse_quoted parse_quote(const char *value)
{
    struct parse_quoted quoted = {.text = ""};
    struct text out = text_over(quoted.text, sizeof(quoted.text));
    text_add(&out, "'");
    text_add_foreign(&out, value, strlen(value));
    text_add(&out, "'");
    return quoted;
}

static bool parse_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

enum parse_number { PARSE_NUMBER_GOOD = 1, PARSE_NUMBER_NONE, PARSE_NUMBER_LEADING_ZERO, PARSE_NUMBER_TOO_LARGE };

/* The digits at *cursor, which is moved behind them. */
static enum parse_number parse_digits(const char **cursor, uint64_t *ret)
{
    const char *c = *cursor;
    if (!parse_is_digit(*c))
        return PARSE_NUMBER_NONE;
    if (c[0] == '0' && parse_is_digit(c[1]))
        return PARSE_NUMBER_LEADING_ZERO;
    uint64_t number = 0;
    for (; parse_is_digit(*c); c++) {
        uint64_t digit = (uint64_t)(*c - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return PARSE_NUMBER_TOO_LARGE;
        number = number * 10 + digit;
    }
    *cursor = c;
    *ret = number;
    return PARSE_NUMBER_GOOD;
}

bool parse_uint(const char *text, uint64_t least, uint64_t most, uint64_t *ret, struct error *err)
{
    const char *cursor = text;
    uint64_t number = UINT64_MAX;
    enum parse_number found = parse_digits(&cursor, &number);
    if (found == PARSE_NUMBER_LEADING_ZERO) {
        error_set(err, ERROR_SYNTAX, "%s begins with 0; write it without", parse_quote(text).text);
        return false;
    }
    if (found == PARSE_NUMBER_NONE || (found == PARSE_NUMBER_GOOD && *cursor != '\0')) {
        error_set(err, ERROR_SYNTAX, "%s is not a whole number", parse_quote(text).text);
        return false;
    }
    if (found == PARSE_NUMBER_TOO_LARGE || number < least || number > most) {
        error_set(err, ERROR_RANGE, "%s is out of range: %" PRIu64 " to %" PRIu64 " is allowed", parse_quote(text).text,
                  least, most);
        return false;
    }
    *ret = number;
    return true;
}

bool parse_switch(const char *text, bool *ret, struct error *err)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"on", true}, {"off", false}, {"yes", true}, {"no", false}, {"true", true}, {"false", false}};

    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (strcmp(text, words[i].word) == 0) {
            *ret = words[i].value;
            return true;
        }
    error_set(err, ERROR_SYNTAX, "%s is neither on nor off; write on or off", parse_quote(text).text);
    return false;
}

static const struct parse_unit {
    const char *name;
    uint64_t size_ms;
} parse_units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

/* The unit at *cursor, which is moved behind it; ARRAY_COUNT(parse_units) if there is none. */
static size_t parse_unit_at(const char **cursor)
{
    size_t letters = 0;
    while ((*cursor)[letters] >= 'a' && (*cursor)[letters] <= 'z')
        letters++;
    for (size_t i = 0; i < ARRAY_COUNT(parse_units); i++)
        if (strlen(parse_units[i].name) == letters && strncmp(*cursor, parse_units[i].name, letters) == 0) {
            *cursor += letters;
            return i;
        }
    return ARRAY_COUNT(parse_units);
}

enum parse_duration { PARSE_DURATION_GOOD = 1, PARSE_DURATION_BARE, PARSE_DURATION_MALFORMED, PARSE_DURATION_TOO_LONG };

static enum parse_duration parse_duration(const char *text, uint64_t *ret)
{
    uint64_t total = 0, number = 0;
    size_t next_unit = 0; /* each unit once, the larger one first */
    const char *cursor = text;
    do {
        enum parse_number found = parse_digits(&cursor, &number);
        if (found == PARSE_NUMBER_TOO_LARGE)
            return PARSE_DURATION_TOO_LONG;
        if (found != PARSE_NUMBER_GOOD)
            return PARSE_DURATION_MALFORMED;
        if (*cursor == '\0' && next_unit == 0)
            return PARSE_DURATION_BARE;
        size_t unit = parse_unit_at(&cursor);
        if (unit < next_unit || unit == ARRAY_COUNT(parse_units))
            return PARSE_DURATION_MALFORMED;
        if (number > (UINT64_MAX - total) / parse_units[unit].size_ms)
            return PARSE_DURATION_TOO_LONG;
        total += number * parse_units[unit].size_ms;
        next_unit = unit + 1;
    } while (*cursor != '\0');
    *ret = total;
    return PARSE_DURATION_GOOD;
}

bool parse_duration_ms(const char *text, uint64_t *ret, struct error *err)
{
    switch (parse_duration(text, ret)) {
    case PARSE_DURATION_GOOD:
        return true;
    case PARSE_DURATION_BARE:
        error_set(err, ERROR_SYNTAX, "%s has no unit; write %ss or %sms", parse_quote(text).text, text, text);
        return false;
    case PARSE_DURATION_MALFORMED:
        error_set(err, ERROR_SYNTAX, "%s is not a duration; write it like 500ms, 10s, 5m, 1h30m or 2d",
                  parse_quote(text).text);
        return false;
    case PARSE_DURATION_TOO_LONG:
        error_set(err, ERROR_RANGE, "%s is longer than can be counted", parse_quote(text).text);
        return false;
    }
    return false;
}

bool parse_percent(const char *text, uint32_t *ret_permille, struct error *err)
{
    const char *cursor = text;
    uint64_t whole = 0, permille = UINT64_MAX;
    enum parse_number found = parse_digits(&cursor, &whole);
    if (found == PARSE_NUMBER_GOOD) {
        permille = whole > 100 ? UINT64_MAX : whole * 10;
        if (cursor[0] == '.' && parse_is_digit(cursor[1])) {
            permille += permille == UINT64_MAX ? 0 : (uint64_t)(cursor[1] - '0');
            cursor += 2;
        }
    }
    if (found == PARSE_NUMBER_NONE || found == PARSE_NUMBER_LEADING_ZERO ||
        (found == PARSE_NUMBER_GOOD && strcmp(cursor, "%") != 0)) {
        error_set(err, ERROR_SYNTAX, "%s is not a percentage; write it like 10%% or 12.5%%", parse_quote(text).text);
        return false;
    }
    if (permille > 1000) {
        error_set(err, ERROR_RANGE, "%s is out of range: 0%% to 100%% is allowed", parse_quote(text).text);
        return false;
    }
    *ret_permille = (uint32_t)permille;
    return true;
}

/* Where the host ends and, unless NULL, where the port begins. */
struct parse_parts {
    const char *host, *host_end, *port;
};

static bool parse_split(const char *text, struct parse_parts *ret, struct error *err)
{
    const char *first_colon = strchr(text, ':');
    struct parse_parts parts = {.host = text, .host_end = text + strlen(text)};
    if (text[0] == '[') {
        const char *close = strchr(text, ']');
        if (close == NULL || (close[1] != '\0' && close[1] != ':')) {
            error_set(err, ERROR_SYNTAX, "%s is not of the form [ADDRESS] or [ADDRESS]:PORT", parse_quote(text).text);
            return false;
        }
        parts = (struct parse_parts){.host = text + 1, .host_end = close, .port = close[1] == ':' ? close + 2 : NULL};
    } else if (first_colon != NULL &&
               strchr(first_colon + 1, ':') == NULL) { /* two colons or more: a bare IPv6 address */
        parts.host_end = first_colon;
        parts.port = first_colon + 1;
    }
    *ret = parts;
    return true;
}

bool parse_host_port(const char *text, uint16_t default_port, char host[PARSE_HOST_MAX], uint16_t *ret_port,
                     struct error *err)
{
    struct parse_parts parts;
    if (!parse_split(text, &parts, err))
        return false;
    size_t length = (size_t)(parts.host_end - parts.host);
    if (length == 0) {
        error_set(err, ERROR_SYNTAX, "%s has no host; write it like 192.0.2.1, 192.0.2.1:53 or [2001:db8::1]:53",
                  parse_quote(text).text);
        return false;
    }
    if (length >= PARSE_HOST_MAX) {
        error_set(err, ERROR_LIMIT, "%s: a host has at most %d characters", parse_quote(text).text, PARSE_HOST_MAX - 1);
        return false;
    }
    uint64_t port = default_port;
    if (parts.port != NULL && !parse_uint(parts.port, 1, 65535, &port, err)) {
        error_prefix(err, "%s: port ", parse_quote(text).text);
        return false;
    }
    memcpy(host, parts.host, length);
    host[length] = '\0';
    *ret_port = (uint16_t)port;
    return true;
}
