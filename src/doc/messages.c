/* SPDX-License-Identifier: MIT */
/*
 * Where: doc, with the table of all that the daemon says and systemd's catalog.
 * What:  docs/messages.md: each event with id, priority, fields, sentence, cause and cure.
 * Why:   ids and words are a contract with other people's alerts; they are printed from the row that speaks.
 */
#include "app/catalogue.h"
#include "doc/catalog.h"
#include "doc/parts.h"

#include <string.h>

static const char *const priorities[] = {
    [LOG_LEVEL_CRITICAL] = "crit (2)", [LOG_LEVEL_ERROR] = "err (3)", [LOG_LEVEL_WARNING] = "warning (4)",
    [LOG_LEVEL_NOTICE] = "notice (5)", [LOG_LEVEL_INFO] = "info (6)", [LOG_LEVEL_DEBUG] = "debug (7)"};

/* @REPOINT_RECORD@ of the catalog is RECORD here; @@ is one. */
static void put_text(FILE *out, const char *words, size_t length)
{
    static const char sign[] = "@REPOINT_";
    for (size_t i = 0; i < length; i++) {
        const char *at = words + i;
        const char *end = strncmp(at, sign, strlen(sign)) == 0 ? strchr(at + 1, '@') : NULL;
        if (end) {
            at += strlen(sign);
            fprintf(out, "%.*s", (int)(end - at), at);
            i = (size_t)(end - words);
        } else if (*at != '@' || at[1] != '@') {
            fputc(*at, out);
        }
    }
}

/* Lines with a gap in them, and those that begin with one, are commands and tables, and stay as they are. */
static void put_paragraphs(FILE *out, const char *text)
{
    for (text += strspn(text, "\n"); *text; text += strspn(text, "\n")) {
        const char *end = strstr(text, "\n\n"), *gap = strstr(text, "  ");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        bool as_it_is = gap && gap < text + length;
        while (length > 0 && text[length - 1] == '\n')
            length--;
        fputs(as_it_is ? "```\n" : "", out);
        put_text(out, text, length);
        fputs(as_it_is ? "\n```\n\n" : "\n\n", out);
        text += length;
    }
}

/* %{record}[ %{label}] is <record>[ <label>] here. */
static void put_sentence(FILE *out, const char *sentence)
{
    fputs("```\n", out);
    for (; *sentence; sentence++) {
        if (sentence[0] == '%' && sentence[1] == '{')
            sentence++;
        fputc(*sentence == '{' ? '<' : *sentence == '}' ? '>' : *sentence, out);
    }
    fputs("\n```\n", out);
}

/* The next notice of the same event, behind `from`; 0: there is none. */
static uint32_t next_of(const char *event, uint32_t from)
{
    for (uint32_t notice = from + 1; notice < NOTICE_COUNT; notice++)
        if (strcmp(catalogue_row(notice)->event, event) == 0)
            return notice;
    return 0;
}

static void put_priorities(FILE *out, uint32_t notice)
{
    const char *event = catalogue_row(notice)->event;
    unsigned told = 0;
    for (; notice; notice = next_of(event, notice)) {
        enum log_level level = catalogue_row(notice)->level;
        if (!(told & 1U << level))
            fprintf(out, "%s%s", told ? ", " : "", priorities[level]);
        told |= 1U << level;
    }
}

static void put_fields(FILE *out, const struct catalogue_row *row)
{
    fputs("Fields: `MESSAGE_ID`, `PRIORITY`, `REPOINT_EVENT`", out);
    for (size_t i = 0; row->fields[i] != WORD_NONE; i++)
        fprintf(out, ", `REPOINT_%s`", word_field((enum word)row->fields[i]));
    fputs("\n\n", out);
}

static void put_event(FILE *out, uint32_t notice, const struct catalog_entry *entry)
{
    const struct catalogue_row *row = catalogue_row(notice);
    fprintf(out, "## `%s`\n\n**", row->event);
    put_text(out, entry->subject, strlen(entry->subject));
    fprintf(out, "**\n\nMESSAGE_ID `%s`, priority ", row->message_id);
    put_priorities(out, notice);
    fputs("\n\n", out);
    for (uint32_t each = notice; each; each = next_of(row->event, each))
        put_sentence(out, catalogue_row(each)->sentence);
    fputc('\n', out);
    put_fields(out, row);
    put_paragraphs(out, entry->cause);
    if (!entry->cure)
        return;
    fputs("**What to do:** ", out);
    put_paragraphs(out, entry->cure);
}

static void put_summary(FILE *out, const struct catalog *catalog)
{
    fputs("| event | priority | what it says |\n|---|---|---|\n", out);
    for (uint32_t notice = 1; notice < NOTICE_COUNT; notice++) {
        const struct catalogue_row *row = catalogue_row(notice);
        if (next_of(row->event, 0) != notice)
            continue;
        const char *subject = catalog_find(catalog, row->message_id)->subject;
        fprintf(out, "| [`%s`](#%s) | ", row->event, row->event);
        put_priorities(out, notice);
        fputs(" | ", out);
        put_text(out, subject, strlen(subject));
        fputs(" |\n", out);
    }
    fputc('\n', out);
}

bool part_messages(FILE *out, const char *path, struct error *err)
{
    struct catalog catalog;
    if (!catalog_read(path, &catalog, err))
        return false;
    bool whole = true;
    for (uint32_t notice = 1; notice < NOTICE_COUNT && whole; notice++) {
        const struct catalogue_row *row = catalogue_row(notice);
        whole = row->event && row->message_id && catalog_find(&catalog, row->message_id);
        if (!whole)
            error_set(err, ERROR_MISSING, "%s: no entry for %s", path, row->event ? row->event : "a notice");
    }
    if (whole)
        put_summary(out, &catalog);
    for (uint32_t notice = 1; notice < NOTICE_COUNT && whole; notice++)
        if (next_of(catalogue_row(notice)->event, 0) == notice)
            put_event(out, notice, catalog_find(&catalog, catalogue_row(notice)->message_id));
    catalog_free(&catalog);
    return whole;
}
