/* SPDX-License-Identifier: MIT */
/*
 * Where: config, beside the reader: the same rows the other way round.
 * What:  --print-schema: JSON Schema, draft 7, for editors.
 * Why:   an editor sees the file through a YAML reader of its own, for which `on` is a boolean and 25 a number, so
 *        each kind allows what its text may have become. What is not yet supported is refused here as it is by the
 *        daemon.
 */
#include "base/names.h"
#include "config/check_kind.h"
#include "config/config.h"
#include "config/rows.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* Parts of regular expressions, their backslashes doubled for JSON. */
#define NUMBER   "(0|[1-9][0-9]*)"
#define DURATION "(?=.)(" NUMBER "d)?(" NUMBER "h)?(" NUMBER "m)?(" NUMBER "s)?(" NUMBER "ms)?"
#define IPV4     "[0-9]+\\\\.[0-9]+\\\\.[0-9]+\\\\.[0-9]+"
#define IPV6     "[0-9a-fA-F]*:[0-9a-fA-F:.]*"
#define ENDPOINT IPV4 "(:[0-9]{1,5})?|" IPV6 "|\\\\[" IPV6 "\\\\](:[0-9]{1,5})?"
#define HOST     "[A-Za-z0-9_-]+(\\\\.[A-Za-z0-9_-]+)*\\\\.?"

static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            fputc('\\', out);
        fputc(*c, out);
    }
    fputc('"', out);
}

/* ---- scalars ---------------------------------------------------------------------------------------------------- */

/* A word that is a number may have become one. */
static void put_words(FILE *out, const struct word *words)
{
    fputs("{\"enum\": [", out);
    for (const struct word *word = words; word->word != NULL; word++) {
        fputs(word == words ? "" : ", ", out);
        put_string(out, word->word);
        if (word->word[0] >= '0' && word->word[0] <= '9')
            fprintf(out, ", %s", word->word);
    }
    fputs("]}", out);
}

/* Kinds that are text of a form. */
static const char *const patterns[FIELD_STATUS + 1] = {
    [FIELD_COUNT] = NUMBER,
    [FIELD_CONCURRENCY] = "auto|" NUMBER,
    [FIELD_PORT] = NUMBER,
    [FIELD_DURATION] = DURATION,
    [FIELD_TTL] = NUMBER "|" DURATION,
    [FIELD_PERCENT] = NUMBER "(\\\\.\\\\d)?%",
    [FIELD_OWNER] = "[0-9a-f]{16}",
    [FIELD_TOKEN] = "[!#$%&'*+.^_`|~0-9A-Za-z-]+",
    [FIELD_DIRECTORY] = "/.*",
    [FIELD_URL] = "([Hh][Tt][Tt][Pp][Ss]?://)?(" HOST "|\\\\[" IPV6 "\\\\])(:[0-9]{1,5})?([/?][!\\\"$-~]*)?",
    [FIELD_DOMAIN] = "[!-~]+",
    [FIELD_HOST] = HOST,
    [FIELD_ADDRESS] = IPV4 "|" IPV6,
    [FIELD_ENDPOINT] = ENDPOINT,
    [FIELD_SERVICE] = "(" IPV4 "|\\\\[" IPV6 "\\\\]):[0-9]{1,5}",
    [FIELD_VERIFIER] = "ns|" ENDPOINT,
    [FIELD_TARGET] = IPV4 "|" IPV6 "|" HOST,
    [FIELD_STATUS] = "[1-5][0-9][0-9](-[1-5][0-9][0-9])?",
};

/* What a YAML reader may have made of such a text. */
static void put_number(FILE *out, const struct field_rule *rule)
{
    fprintf(out, "{\"type\": \"integer\", \"minimum\": %" PRIu64 ", \"maximum\": %" PRIu64 "}, ", rule->least,
            rule->most);
}

static bool may_be_number(enum field_kind kind)
{
    return kind == FIELD_COUNT || kind == FIELD_PORT || kind == FIELD_CONCURRENCY || kind == FIELD_TTL ||
           kind == FIELD_OWNER || kind == FIELD_STATUS;
}

/* One or more schemas of which a value must fit one, with commas between. */
static void put_scalar(FILE *out, const struct field_rule *rule)
{
    if (may_be_number(rule->kind))
        put_number(out, rule);
    if (patterns[rule->kind] != NULL)
        fprintf(out, "{\"type\": \"string\", \"pattern\": \"^(%s)$\"}", patterns[rule->kind]);
    else if (rule->kind == FIELD_SWITCH)
        fputs("{\"enum\": [true, false, \"on\", \"off\", \"yes\", \"no\", \"true\", \"false\"]}", out);
    else if (rule->kind == FIELD_WORD)
        put_words(out, rule->words);
    else
        fprintf(out,
                "{\"type\": [\"string\", \"number\", \"boolean\"], \"minLength\": %" PRIu64 ", \"maxLength\": %" PRIu64
                "}",
                rule->least, rule->most);
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

/*
 * What a row takes that takes nothing but its default so far: the default, also as a YAML reader may have understood
 * it.
 */
static void put_initial_only(FILE *out, const struct row *row)
{
    assert(row->initial != NULL);
    fputs("{\"enum\": [", out);
    put_string(out, row->initial);
    if (row->rule.kind == FIELD_SWITCH)
        fputs(", false, \"no\", \"false\"", out);
    else if (row->initial[0] >= '0' && row->initial[0] <= '9')
        fprintf(out, ", %s", row->initial);
    fputs("]}", out);
}

static const char *separator(bool *first)
{
    const char *text = *first ? "" : ", ";
    *first = false;
    return text;
}

/* The forms of a value, with commas between. */
static void put_forms(FILE *out, const struct row *row, unsigned forms)
{
    bool first = true;
    if ((forms & FORM_SCALAR) != 0) {
        fputs(separator(&first), out);
        put_scalar(out, &row->rule);
    } else if (!row->required) {
        fprintf(out, "%s{\"type\": \"null\"}", separator(&first));
    }
    if ((forms & FORM_LIST) != 0) {
        fprintf(out, "%s{\"type\": \"array\", \"items\": {\"anyOf\": [", separator(&first));
        put_scalar(out, &row->rule);
        fputs("]}}", out);
    }
    if ((forms & FORM_SECTION) != 0)
        fprintf(out, "%s{\"$ref\": \"#/definitions/%s\"}", separator(&first), row->table->name);
    if ((forms & FORM_NAMED) != 0) {
        fprintf(out,
                "%s{\"type\": \"object\", \"propertyNames\": {\"pattern\": \"^(%s)$\"}, \"additionalProperties\": ",
                separator(&first), patterns[FIELD_TOKEN]);
        put_scalar(out, &row->rule);
        fputs("}", out);
    }
    if ((forms & FORM_EACH) != 0)
        fprintf(out,
                "%s{\"type\": \"object\", \"propertyNames\": {\"pattern\": \"^[!-~]+$\"}, \"additionalProperties\": "
                "{\"$ref\": \"#/definitions/%s\"}}",
                separator(&first), row->table->name);
}

static void put_value_schema(FILE *out, const struct row *row)
{
    if (row->support == SUPPORT_LATER) {
        fputs(row_asks_for_later(row) ? "{\"type\": \"null\"}" : "{\"enum\": [null, [], {}]}", out);
    } else if (row->support == SUPPORT_INITIAL) {
        put_initial_only(out, row);
    } else if ((row->forms & FORM_LISTED) != 0) {
        fputs("{\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": [", out);
        put_forms(out, row, row->forms & ~(unsigned)FORM_LISTED);
        fputs("]}}", out);
    } else {
        put_forms(out, row, row->forms);
    }
}

static const char *support_words(enum support support)
{
    switch (support) {
    case SUPPORT_NOW:
        return "";
    case SUPPORT_INITIAL:
        return " (only the default is supported yet)";
    case SUPPORT_LATER:
        return " (not yet supported)";
    }
    assert(false);
    return NULL;
}

static void put_property(FILE *out, const struct row *row)
{
    char help[512];
    struct text text = text_over(help, sizeof(help));
    text_addf(&text, "%s%s", row->help, support_words(row->support));
    fputs("        ", out);
    put_string(out, row->key);
    fputs(": {\"description\": ", out);
    put_string(out, help);
    fputs(", \"default\": ", out);
    if (row->initial == NULL)
        fputs("null", out);
    else
        put_string(out, row->initial);
    fputs(", \"anyOf\": [", out);
    put_value_schema(out, row);
    fputs("]}", out);
}

/* ---- tables ----------------------------------------------------------------------------------------------------- */

/* The keys of `expect` that go with a kind of check. */
static void put_expectations(FILE *out, unsigned form)
{
    bool first = true;
    fputs("{\"properties\": {\"expect\": {\"propertyNames\": {\"enum\": [", out);
    for (uint32_t i = 0; i < expect_table.count; i++)
        if ((expect_table.rows[i].kinds & form) != 0)
            fprintf(out, "%s\"%s\"", separator(&first), expect_table.rows[i].key);
    fputs("]}}}}", out);
}

static bool is_kind(const char *key)
{
    for (uint32_t k = 0; k < check_kind_count; k++)
        if (strcmp(check_kinds[k].key, key) == 0)
            return check_kinds[k].form != CHECK_FORM_TLS;
    return false;
}

/* Kinds that are one key and one form, and are carried out; `tls` is one only as a port. */
static bool is_printed(const struct check_kind_row *kind)
{
    return kind->support == SUPPORT_NOW;
}

static unsigned forms_printed(void)
{
    unsigned forms = 0;
    for (uint32_t k = 0; k < check_kind_count; k++)
        forms |= is_printed(&check_kinds[k]) ? check_kinds[k].form : 0U;
    return forms;
}

static void put_has_kind(FILE *out, const struct check_kind_row *kind)
{
    fprintf(out, "{\"required\": [\"%s\"]%s}", kind->key,
            kind->form == CHECK_FORM_TLS ? ", \"properties\": {\"tls\": {\"not\": {\"type\": \"object\"}}}" : "");
}

/* A check is of exactly one kind; what goes with some kinds only asks for one of them. */
static void put_kinds(FILE *out, unsigned forms, const char *word)
{
    bool first = true;
    fprintf(out, "\"%s\": [", word);
    for (uint32_t k = 0; k < check_kind_count; k++) {
        if (!is_printed(&check_kinds[k]) || (check_kinds[k].form & forms) == 0)
            continue;
        fputs(separator(&first), out);
        put_has_kind(out, &check_kinds[k]);
    }
    fputs("]", out);
}

/* The key of a kind says what may be in `expect`; a key that does not go with all kinds asks for one of its own. */
static void put_dependencies(FILE *out, const struct table *table)
{
    const unsigned printed = forms_printed();
    bool first = true;
    fputs(",\n      \"dependencies\": {", out);
    for (uint32_t k = 0; k < check_kind_count; k++)
        if (is_printed(&check_kinds[k]) && check_kinds[k].form != CHECK_FORM_TLS) {
            fprintf(out, "%s\"%s\": ", separator(&first), check_kinds[k].key);
            put_expectations(out, check_kinds[k].form);
        }
    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        unsigned forms = row->kinds & printed;
        if (row->support == SUPPORT_LATER || forms == 0 || forms == printed || is_kind(row->key))
            continue;
        fprintf(out, "%s\"%s\": {", separator(&first), row->key);
        put_kinds(out, forms, "anyOf");
        fputs("}", out);
    }
    fputs("},\n      ", out);
    put_kinds(out, printed, "oneOf");
}

static void put_required(FILE *out, const struct table *table)
{
    bool first = true;
    for (uint32_t i = 0; i < table->count; i++)
        if (table->rows[i].required) {
            fputs(first ? ",\n      \"required\": [" : ", ", out);
            put_string(out, table->rows[i].key);
            first = false;
        }
    if (!first)
        fputs("]", out);
}

static void put_properties(FILE *out, const struct table *table, bool inherited)
{
    bool first = true;
    fputs("\n      \"additionalProperties\": false,\n      \"properties\": {\n", out);
    for (uint32_t i = 0; i < table->count; i++) {
        if (inherited && !table->rows[i].inherited)
            continue;
        fputs(first ? "" : ",\n", out);
        put_property(out, &table->rows[i]);
        first = false;
    }
    fputs("\n      }", out);
}

static void put_table(FILE *out, const struct table *table)
{
    fprintf(out, "    \"%s\": {\n      \"type\": \"object\",", table->name);
    put_properties(out, table, false);
    put_required(out, table);
    if (table == &check_table)
        put_dependencies(out, table);
    if (table->json_rules != NULL)
        fprintf(out, ",\n      %s", table->json_rules);
    fputs("\n    },\n", out);
}

/* The tables that rows of a table lead to, the inner ones first. */
static void put_tables_below(FILE *out, const struct table *table, struct names *seen)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct table *below = table->rows[i].table;
        if (below == NULL || below == &defaults_table || !names_add(seen, below->name, 0, NULL))
            continue;
        put_tables_below(out, below, seen);
        put_table(out, below);
    }
}

static void put_defaults(FILE *out)
{
    static const struct {
        const char *key, *help;
        const struct table *table;
    } parts[] = {{"check", "for every check that does not say otherwise", &check_table},
                 {"record", "for every record that does not say otherwise", &record_table}};
    fputs("    \"defaults\": {\n      \"type\": \"object\",\n      \"additionalProperties\": false,\n      "
          "\"properties\": {\n",
          out);
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        fprintf(out, "      \"%s\": {\"description\": \"%s\", \"type\": [\"object\", \"null\"],", parts[i].key,
                parts[i].help);
        put_properties(out, parts[i].table, true);
        fprintf(out, "}%s\n", i + 1 < ARRAY_COUNT(parts) ? "," : "");
    }
    fputs("      }\n    }\n", out);
}

void config_print_schema(FILE *out)
{
    struct names *seen = names_new();
    fputs("{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
          "  \"title\": \"repointd.yaml\",\n  \"type\": [\"object\", \"null\"],",
          out);
    put_properties(out, &file_table, false);
    fputs(",\n  \"definitions\": {\n", out);
    put_tables_below(out, &file_table, seen);
    put_defaults(out);
    fputs("  }\n}\n", out);
    names_free(seen);
}
