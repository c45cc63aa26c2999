/* SPDX-License-Identifier: MIT */
/*
 * Where: doc, with the table of all keys.
 * What:  the key tables of repointd.yaml(5): what each key takes, its range and default, and what it does.
 */
#include "base/names.h"
#include "base/text.h"
#include "config/check_kind.h"
#include "config/rows.h"
#include "doc/parts.h"
#include "doc/roff.h"

#include <inttypes.h>
#include <string.h>

/* What a value of a kind is called; those with a range or words say more. */
static const char *const kinds[FIELD_STATUS + 1] = {
    [FIELD_SWITCH] = "on or off",
    [FIELD_COUNT] = "number",
    [FIELD_CONCURRENCY] = "auto or number",
    [FIELD_PORT] = "port",
    [FIELD_DURATION] = "duration",
    [FIELD_TTL] = "seconds or duration",
    [FIELD_PERCENT] = "percentage",
    [FIELD_OWNER] = "16 hex digits",
    [FIELD_TEXT] = "text",
    [FIELD_RAW_TEXT] = "text",
    [FIELD_HEADER] = "text",
    [FIELD_TOKEN] = "word",
    [FIELD_PATH] = "path",
    [FIELD_DIRECTORY] = "directory",
    [FIELD_REFERENCE] = "name",
    [FIELD_URL] = "URL",
    [FIELD_DOMAIN] = "domain name",
    [FIELD_HOST] = "host name",
    [FIELD_ADDRESS] = "address",
    [FIELD_ENDPOINT] = "address[:port]",
    [FIELD_SERVICE] = "address:port",
    [FIELD_VERIFIER] = "address[:port] or ns",
    [FIELD_TARGET] = "address or host name",
    [FIELD_STATUS] = "status or range of them",
};

/* ---- a value ---- */

static void put_words(FILE *out, const struct word *words)
{
    for (const struct word *word = words; word->word; word++) {
        fputs(word == words ? "\\fB" : " | \\fB", out);
        roff_plain(out, word->word);
        fputs("\\fP", out);
    }
}

static void put_range(FILE *out, const struct field_rule *rule)
{
    char least[DURATION_TEXT_MAX], most[DURATION_TEXT_MAX];
    switch (rule->kind) {
    case FIELD_DURATION:
        duration_format(rule->least, least);
        duration_format(rule->most, most);
        fprintf(out, " %s\\(en%s", rule->least == 0 ? "0s" : least, most);
        break;
    case FIELD_PERCENT:
        fprintf(out, " %g\\(en%g%%", (double)rule->least / 10, (double)rule->most / 10);
        break;
    case FIELD_COUNT:
    case FIELD_CONCURRENCY:
    case FIELD_PORT:
    case FIELD_TTL:
    case FIELD_STATUS:
        fprintf(out, " %" PRIu64 "\\(en%" PRIu64, rule->least, rule->most);
        break;
    case FIELD_TEXT:
    case FIELD_RAW_TEXT:
    case FIELD_HEADER:
        fprintf(out, " of at most %" PRIu64 " octets", rule->most);
        break;
    case FIELD_SWITCH:
    case FIELD_WORD:
    case FIELD_OWNER:
    case FIELD_TOKEN:
    case FIELD_PATH:
    case FIELD_DIRECTORY:
    case FIELD_REFERENCE:
    case FIELD_URL:
    case FIELD_DOMAIN:
    case FIELD_HOST:
    case FIELD_ADDRESS:
    case FIELD_ENDPOINT:
    case FIELD_SERVICE:
    case FIELD_VERIFIER:
    case FIELD_TARGET:
        break;
    }
}

static void put_scalar(FILE *out, const struct field_rule *rule)
{
    if (rule->kind == FIELD_WORD)
        put_words(out, rule->words);
    else
        roff_plain(out, kinds[rule->kind]);
    put_range(out, rule);
}

static void put_forms(FILE *out, const struct row *row)
{
    const char *between = "";
    if (row->forms & FORM_SCALAR) {
        put_scalar(out, &row->rule);
        between = ", or ";
    }
    if (row->forms & (FORM_LIST | FORM_LISTED)) {
        fprintf(out, "%s", row->forms & FORM_SCALAR ? ", or a list" : "a list: ");
        if (!(row->forms & FORM_SCALAR))
            put_scalar(out, &row->rule);
        between = ", or ";
    }
    if (row->forms & FORM_SECTION)
        fprintf(out, "%sa mapping, see \\fB%s\\fP", between, row->table->name);
    if (row->forms & FORM_EACH)
        fprintf(out, "%sa mapping of names to \\fB%s\\fP", between, row->table->name);
    if (row->forms & FORM_NAMED) {
        fprintf(out, "%sa mapping of names to: ", between);
        put_scalar(out, &row->rule);
    }
}

/* ---- a key ---- */

/* The kinds of checks that a key goes with, unless it is one or goes with all. */
static void put_kinds(FILE *out, const struct row *row)
{
    const char *before = "; of checks by ";
    for (uint32_t i = 0; i < check_kind_count; i++)
        if (row->kinds == 0 || strcmp(check_kinds[i].key, row->key) == 0)
            return;
    for (uint32_t i = 0; i < check_kind_count; i++)
        if (row->kinds & check_kinds[i].form) {
            fputs(before, out);
            roff_usage(out, check_kinds[i].key);
            before = ", ";
        }
}

static void put_key(FILE *out, const struct row *row)
{
    fputs(".It \\fB", out);
    roff_plain(out, row->key);
    fputs("\\fP: ", out);
    put_forms(out, row);
    fputs(row->required ? "; required" : "", out);
    if (row->initial) {
        fputs("; default \\fB", out);
        roff_plain(out, row->initial[0] ? row->initial : "\"\"");
        fputs("\\fP", out);
    }
    put_kinds(out, row);
    fputc('\n', out);
    roff_sentence(out, row->help);
    if (row->inherited)
        fputs("May stand in \\fBdefaults\\fP.\n", out);
    if (row->support != SUPPORT_NOW)
        fputs("Not yet supported.\n", out);
}

/* ---- a mapping ---- */

/* Where a table is used first is where it is told of; what is below it follows. */
static void put_table(FILE *out, const struct table *table, const char *path, struct names *seen)
{
    if (!names_add(seen, table->name, 0, NULL))
        return;
    bool plain = path[0] == '\0' || strcmp(path, table->name) == 0;
    fprintf(out, ".Ss %s%s%s%s\n.Bl -tag -width Ds\n", table->name, plain ? "" : " (", plain ? "" : path,
            plain ? "" : ")");
    for (uint32_t i = 0; i < table->count; i++)
        put_key(out, &table->rows[i]);
    fputs(".El\n", out);
    for (uint32_t i = 0; i < table->count && table != &defaults_table; i++) {
        const struct row *row = &table->rows[i];
        char storage[128];
        struct text below = text_over(storage, sizeof storage);
        text_addf(&below, "%s%s%s%s", path, path[0] ? "." : "", row->key, row->forms & FORM_EACH ? ".NAME" : "");
        if (row->table)
            put_table(out, row->table, below.bytes, seen);
    }
}

void part_keys(FILE *out)
{
    struct names *seen = names_new();
    put_table(out, &file_table, "", seen);
    names_free(seen);
}
