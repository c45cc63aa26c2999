/* SPDX-License-Identifier: MIT */
/*
 * Where: config, beside secret; under the fuzzer.
 * What:  words and signs of a key file, then one of four forms.
 * Why:   BIND's and Knot's files are both words between signs, so one scanner serves both; they differ in their
 *        comments, for the slashes that begin a comment of BIND may stand in the base64 of the others.
 */
#include "config/keyfile.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

#define WORDS_MAX           7 /* in a line: what pdnsutil says while it makes a key */
#define ALGORITHM_SHOWN_MAX 40

/* A word, or one sign (then `sign` is it), or the end of the text. */
struct token {
    const char *bytes;
    size_t length;
    char sign;
    bool over;
};

struct scanner {
    const char *at, *end;
    const char *signs;
    bool slashes; /* // and C comments are comments */
};

/* The three parts of a key, as far as they were seen. */
struct parts {
    struct token name, algorithm, secret;
};

static bool refuse(struct error *err, const char *what)
{
    error_set(err, ERROR_SYNTAX, "%s", what);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool starts(const struct scanner *scanner, const char *words)
{
    size_t length = strlen(words);
    return (size_t)(scanner->end - scanner->at) >= length && memcmp(scanner->at, words, length) == 0;
}

static void skip_line(struct scanner *scanner)
{
    while (scanner->at < scanner->end && *scanner->at != '\n')
        scanner->at++;
}

static void skip_blanks_and_comments(struct scanner *scanner)
{
    while (scanner->at < scanner->end) {
        if (is_blank(*scanner->at)) {
            scanner->at++;
        } else if (*scanner->at == '#' || (scanner->slashes && starts(scanner, "//"))) {
            skip_line(scanner);
        } else if (scanner->slashes && starts(scanner, "/*")) {
            scanner->at += 2;
            while (scanner->at < scanner->end && !starts(scanner, "*/"))
                scanner->at++;
            scanner->at += scanner->at < scanner->end ? 2 : 0;
        } else {
            return;
        }
    }
}

static bool is_sign(const struct scanner *scanner, char c)
{
    return c != '\0' && strchr(scanner->signs, c) != NULL;
}

static struct token next_token(struct scanner *scanner)
{
    skip_blanks_and_comments(scanner);
    struct token token = {.bytes = scanner->at, .over = scanner->at == scanner->end};
    if (token.over)
        return token;
    char first = *scanner->at;
    if (first == '"' || first == '\'') {
        token.bytes = ++scanner->at;
        while (scanner->at < scanner->end && *scanner->at != first)
            scanner->at++;
        token.length = (size_t)(scanner->at - token.bytes);
        scanner->at += scanner->at < scanner->end;
        return token;
    }
    if (is_sign(scanner, first)) {
        scanner->at++;
        return (struct token){.bytes = token.bytes, .length = 1, .sign = first};
    }
    while (scanner->at < scanner->end && !is_blank(*scanner->at) && !is_sign(scanner, *scanner->at))
        scanner->at++;
    token.length = (size_t)(scanner->at - token.bytes);
    return token;
}

static bool token_is(const struct token *token, const char *word)
{
    return token->sign == '\0' && token->length == strlen(word) && strncasecmp(token->bytes, word, token->length) == 0;
}

/* ---- the forms -------------------------------------------------------------------------------------------------- */

/* key NAME { algorithm ALG; secret BASE64; }; as often as it stands there */
static bool read_bind(struct scanner scanner, struct parts *ret, uint32_t *ret_count, struct error *err)
{
    static const char wrong[] = "is not a key file: BIND's form is key \"NAME\" { algorithm ALG; secret \"BASE64\"; };";
    uint32_t count = 0;
    scanner.signs = "{};";
    scanner.slashes = true;
    for (struct token token = next_token(&scanner); !token.over; token = next_token(&scanner)) {
        struct parts parts = {.name = {0}};
        if (!token_is(&token, "key"))
            return refuse(err, wrong);
        parts.name = next_token(&scanner);
        if (parts.name.sign != '\0' || next_token(&scanner).sign != '{')
            return refuse(err, wrong);
        for (token = next_token(&scanner); token.sign != '}'; token = next_token(&scanner)) {
            if (token_is(&token, "algorithm"))
                parts.algorithm = next_token(&scanner);
            else if (token_is(&token, "secret"))
                parts.secret = next_token(&scanner);
            else
                return refuse(err, wrong);
            if (next_token(&scanner).sign != ';')
                return refuse(err, wrong);
        }
        if (next_token(&scanner).sign != ';')
            return refuse(err, wrong);
        if (count++ == 0)
            *ret = parts;
    }
    *ret_count = count;
    return true;
}

/* key: and then id, algorithm and secret of each, in block or flow form; each `id` begins a key */
static bool read_knot(struct scanner scanner, struct parts *ret, uint32_t *ret_count, struct error *err)
{
    static const char wrong[] = "is not a key file: Knot's form is key: with id, algorithm and secret";
    uint32_t count = 0;
    scanner.signs = "{}[],:";
    (void)next_token(&scanner); /* key */
    if (next_token(&scanner).sign != ':')
        return refuse(err, wrong);
    for (struct token token = next_token(&scanner); !token.over; token = next_token(&scanner)) {
        if (token_is(&token, "-") || (token.sign != '\0' && token.sign != ':'))
            continue;
        bool is_name = token_is(&token, "id"), is_algorithm = token_is(&token, "algorithm"),
             is_secret = token_is(&token, "secret");
        if ((!is_name && !is_algorithm && !is_secret) || next_token(&scanner).sign != ':')
            return refuse(err, wrong);
        struct token value = next_token(&scanner);
        count += is_name;
        if (count == 1)
            *(is_name ? &ret->name : is_algorithm ? &ret->algorithm : &ret->secret) = value;
    }
    *ret_count = count;
    return true;
}

/* ALG:NAME:BASE64 in one word */
static bool read_colons(const struct token *word, struct parts *ret, struct error *err)
{
    const char *end = word->bytes + word->length;
    const char *first = memchr(word->bytes, ':', word->length);
    const char *second = first == NULL ? NULL : memchr(first + 1, ':', (size_t)(end - first - 1));
    if (second == NULL)
        return refuse(err, first == NULL ? "is not a key file of BIND, Knot or PowerDNS, nor algorithm:name:secret"
                                         : "names no algorithm; write algorithm:name:secret");
    ret->algorithm = (struct token){.bytes = word->bytes, .length = (size_t)(first - word->bytes)};
    ret->name = (struct token){.bytes = first + 1, .length = (size_t)(second - first - 1)};
    ret->secret = (struct token){.bytes = second + 1, .length = (size_t)(end - second - 1)};
    return true;
}

/* Lines that are neither empty nor comments. */
static uint32_t count_lines(struct scanner scanner)
{
    uint32_t count = 0;
    for (skip_blanks_and_comments(&scanner); scanner.at < scanner.end; skip_blanks_and_comments(&scanner)) {
        skip_line(&scanner);
        count++;
    }
    return count;
}

/*
 * One key a line: NAME ALG BASE64, with "Create new TSIG key" in front where pdnsutil made it; or one word with
 * colons.
 */
static bool read_lines(struct scanner scanner, struct parts *ret, uint32_t *ret_count, struct error *err)
{
    struct token words[WORDS_MAX];
    uint32_t count = 0;
    scanner.signs = "";
    *ret_count = count_lines(scanner);
    struct scanner behind = scanner;
    skip_blanks_and_comments(&behind);
    skip_line(&behind);
    scanner.end = behind.at;
    struct token token = next_token(&scanner);
    for (; count < WORDS_MAX && !token.over; token = next_token(&scanner))
        words[count++] = token;
    if (count == 1)
        return read_colons(&words[0], ret, err);
    uint32_t first = count == WORDS_MAX && token_is(&words[0], "create") && token_is(&words[3], "key") ? 4 : 0;
    if (count - first != 3 || !token.over)
        return refuse(err, "is not a key file: PowerDNS' form is NAME ALGORITHM BASE64");
    *ret = (struct parts){.name = words[first], .algorithm = words[first + 1], .secret = words[first + 2]};
    return true;
}

static bool read_parts(const char *bytes, size_t length, struct parts *ret, uint32_t *ret_count, struct error *err)
{
    const struct scanner whole = {.at = bytes, .end = bytes + length, .signs = ":{", .slashes = true};
    struct scanner scanner = whole;
    struct token first = next_token(&scanner);
    if (first.over)
        return refuse(err, "holds no key");
    if (!token_is(&first, "key"))
        return read_lines((struct scanner){.at = bytes, .end = bytes + length}, ret, ret_count, err);
    skip_blanks_and_comments(&scanner);
    bool is_knot = scanner.at < scanner.end && *scanner.at == ':';
    struct scanner from_start = {.at = bytes, .end = bytes + length};
    return is_knot ? read_knot(from_start, ret, ret_count, err) : read_bind(whole, ret, ret_count, err);
}

/* ---- the key ---------------------------------------------------------------------------------------------------- */

static bool read_algorithm(const struct token *token, enum tsig_algorithm *ret, struct error *err)
{
    static const enum tsig_algorithm known[] = {TSIG_HMAC_MD5,    TSIG_HMAC_SHA1,   TSIG_HMAC_SHA224,
                                                TSIG_HMAC_SHA256, TSIG_HMAC_SHA384, TSIG_HMAC_SHA512};
    struct token name = *token;
    if (name.length > 0 && name.bytes[name.length - 1] == '.')
        name.length--;
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (token_is(&name, tsig_algorithm_name(known[i]))) {
            *ret = known[i];
            return true;
        }
    if (token_is(&name, "hmac-md5.sig-alg.reg.int")) {
        *ret = TSIG_HMAC_MD5;
        return true;
    }
    if (name.length < 4 || (strncasecmp(name.bytes, "hmac", 4) != 0 && strncasecmp(name.bytes, "gss-", 4) != 0)) {
        error_set(err, ERROR_UNSUPPORTED, "has a key for an algorithm that is not known; make one for hmac-sha256");
        return false;
    }
    char shown[ALGORITHM_SHOWN_MAX * 4 + 1];
    struct text out = text_over(shown, sizeof(shown));
    text_add_foreign(&out, name.bytes, name.length < ALGORITHM_SHOWN_MAX ? name.length : ALGORITHM_SHOWN_MAX);
    error_set(err, ERROR_UNSUPPORTED, "has a key for %s, which is not supported; make one for hmac-sha256", shown);
    return false;
}

/* The name's own complaint would hold the name, and in a file in another order that is the secret. */
static bool read_name(const struct token *token, struct keyfile *ret, struct error *err)
{
    char name[DNAME_TEXT_MAX];
    struct dname parsed;
    if (token->length == 0 || token->length >= sizeof(name) || memchr(token->bytes, '\0', token->length) != NULL)
        return refuse(err, "has a key whose name is not a domain name");
    memcpy(name, token->bytes, token->length);
    name[token->length] = '\0';
    bool good = dname_parse(name, ret->wire, &parsed, NULL);
    if (good) {
        ret->wire_length = parsed.length;
        dname_format(&parsed, ret->name);
    }
    explicit_bzero(name, sizeof(name));
    return good || refuse(err, "has a key whose name is not a domain name");
}

bool keyfile_parse(const char *bytes, size_t length, struct keyfile *ret, struct error *err)
{
    struct parts parts = {.name = {0}};
    struct keyfile key = {.key_count = 0};
    if (!read_parts(bytes, length, &parts, &key.key_count, err))
        return false;
    if (key.key_count == 0 || parts.name.bytes == NULL || parts.algorithm.bytes == NULL || parts.secret.bytes == NULL)
        return refuse(err, "holds no whole key: name, algorithm and secret are needed");
    if (!read_algorithm(&parts.algorithm, &key.algorithm, err) || !read_name(&parts.name, &key, err))
        return false;
    key.secret = parts.secret.bytes;
    key.secret_length = parts.secret.length;
    *ret = key;
    return true;
}
