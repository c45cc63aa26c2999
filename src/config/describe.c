/* SPDX-License-Identifier: MIT */
/*
 * Where: config, beside the reader: the same rows the other way round.
 * What:  --dump-config: each object with every value that counts for it and where that was said.
 * Why:   values are printed as they were written and not as they were understood, so the output reads like the file
 *        and means the same when it is read again. What is inherited stands in each object, since that is what people
 *        look for here.
 */
#include "config/check_kind.h"
#include "config/config.h"
#include "config/field.h"
#include "config/files.h"
#include "config/origins.h"
#include "config/rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define COMMENT_COLUMN 52

struct dump {
    const struct config *config;
    struct arena *arena; /* for paths and texts while printing */
    FILE *out;
    size_t column; /* octets in the line so far */
};

/*
 * One object while it is printed: its own mapping, the defaults (NULL: none), and what counts where nothing was
 * written.
 */
struct object {
    const struct table *table;
    const struct node *own, *defaults;
    unsigned form; /* of a check: only what goes with it is printed; 0: everything */
    const char *(*otherwise)(struct dump *dump, const struct row *row, uint32_t index);
    uint32_t index;
};

/* ---- text ------------------------------------------------------------------------------------------------------- */

static bool is_plain(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.:@%+=-";
    size_t length = strlen(text);
    return length > 0 && strchr(first, text[0]) != NULL && strspn(text, others) == length && text[length - 1] != ':' &&
           strcmp(text, "null") != 0;
}

static void put_bytes(struct dump *dump, const char *bytes, size_t length)
{
    fwrite(bytes, 1, length, dump->out);
    dump->column += length;
}

static void put(struct dump *dump, const char *text)
{
    put_bytes(dump, text, strlen(text));
}

static void put_blanks(struct dump *dump, size_t count)
{
    fprintf(dump->out, "%*s", (int)count, "");
    dump->column += count;
}

static void put_key(struct dump *dump, size_t indent, const char *key)
{
    put_blanks(dump, indent);
    put(dump, key);
    put(dump, ":");
}

static void end_line(struct dump *dump)
{
    put(dump, "\n");
    dump->column = 0;
}

/* Where the line's value was said; NULL: nowhere. */
static void end_line_with_origin(struct dump *dump, const struct node *origin)
{
    put_blanks(dump, dump->column < COMMENT_COLUMN ? COMMENT_COLUMN - dump->column : 1);
    if (origin == NULL)
        put(dump, "# default");
    else
        fprintf(dump->out, "# %s:%u", origin->source->shown, origin->line);
    end_line(dump);
}

static void put_value(struct dump *dump, const char *text)
{
    if (is_plain(text)) {
        put(dump, text);
        return;
    }
    put(dump, "\"");
    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = *c == '"'    ? "\\\""
                             : *c == '\\' ? "\\\\"
                             : *c == '\n' ? "\\n"
                             : *c == '\r' ? "\\r"
                             : *c == '\t' ? "\\t"
                                          : NULL;
        put_bytes(dump, escape != NULL ? escape : c, escape != NULL ? 2 : 1);
    }
    put(dump, "\"");
}

/* A path that means the same wherever the output is kept. */
static const char *absolute(struct dump *dump, const struct node *node)
{
    const char *path = files_beside(node, node->as.text, dump->arena);
    char *folder = path[0] == '/' ? NULL : getcwd(NULL, 0);
    if (folder == NULL)
        return path;
    size_t size = strlen(folder) + strlen(path) + 2;
    char *joined = arena_take(dump->arena, size);
    struct text out = text_over(joined, size);
    text_addf(&out, "%s/%s", folder, path);
    free(folder);
    return joined;
}

static void put_scalar(struct dump *dump, const struct row *row, const struct node *node)
{
    bool is_path = row->rule.kind == FIELD_PATH && strcmp(node->as.text, "system") != 0;
    put_value(dump, is_path ? absolute(dump, node) : node->as.text);
}

/* A scalar, or a list of them in brackets. */
static void put_inline(struct dump *dump, const struct row *row, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        put_scalar(dump, row, node);
        return;
    }
    put(dump, "[");
    for (uint32_t i = 0; i < node->count; i++) {
        put(dump, i == 0 ? "" : ", ");
        put_scalar(dump, row, node->as.items[i]);
    }
    put(dump, "]");
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static void print_rows(struct dump *dump, size_t indent, const struct object *object);

static void print_section(struct dump *dump, size_t indent, const struct row *row, const struct node *node,
                          unsigned form)
{
    const struct object inner = {.table = row->table, .own = node, .form = form};
    put_key(dump, indent, row->key);
    end_line(dump);
    print_rows(dump, indent + 2, &inner);
    if (row->table->secret) {
        put_key(dump, indent + 2, "# secret");
        put(dump, " <redacted>");
        end_line(dump);
    }
}

/* Header values may be passwords. */
static void print_named(struct dump *dump, size_t indent, const struct row *row, const struct node *node)
{
    put_key(dump, indent, row->key);
    end_line(dump);
    for (uint32_t i = 0; i < node->count; i++) {
        put_blanks(dump, indent + 2);
        put_value(dump, node->as.pairs[i].key->as.text);
        put(dump, ": <redacted>");
        end_line(dump);
    }
}

static void print_listed(struct dump *dump, size_t indent, const struct row *row, const struct node *node)
{
    put_key(dump, indent, row->key);
    end_line(dump);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *item = node->as.items[i];
        const struct object inner = {.table = row->table, .own = item};
        put_blanks(dump, indent + 2);
        put(dump, "-");
        if (item->kind == NODE_MAPPING) {
            end_line(dump);
            print_rows(dump, indent + 4, &inner);
        } else {
            put(dump, " ");
            put_inline(dump, row, item);
            end_line_with_origin(dump, item);
        }
    }
}

/* A key that was written, here or in the defaults. */
static void print_written(struct dump *dump, size_t indent, const struct row *row, const struct node *node,
                          unsigned form)
{
    if (node->kind == NODE_MAPPING && (row->forms & FORM_SECTION) != 0) {
        print_section(dump, indent, row, node, form);
    } else if (node->kind == NODE_MAPPING) {
        print_named(dump, indent, row, node);
    } else if ((row->forms & FORM_LISTED) != 0) {
        print_listed(dump, indent, row, node);
    } else {
        put_key(dump, indent, row->key);
        put(dump, " ");
        put_inline(dump, row, node);
        end_line_with_origin(dump, node);
    }
}

static void print_otherwise(struct dump *dump, size_t indent, const struct row *row, const struct object *object)
{
    const char *text = object->otherwise == NULL ? NULL : object->otherwise(dump, row, object->index);
    if (text == NULL)
        text = row->initial;
    if (text == NULL && row->section_offset != 0 && (row->forms & FORM_SCALAR) == 0 && !row->table->secret &&
        !table_requires(row->table))
        print_section(dump, indent, row, NULL, object->form);
    if (text == NULL)
        return;
    put_key(dump, indent, row->key);
    put(dump, " ");
    if ((row->forms & FORM_LIST) != 0) {
        put(dump, "[");
        put(dump, text);
        put(dump, "]");
    } else {
        put_value(dump, text);
    }
    end_line_with_origin(dump, NULL);
}

static bool is_heir(const struct row *row, const struct object *object)
{
    return object->form == 0 || row->heirs == 0 || (row->heirs & object->form) != 0;
}

static void print_rows(struct dump *dump, size_t indent, const struct object *object)
{
    for (uint32_t i = 0; i < object->table->count; i++) {
        const struct row *row = &object->table->rows[i];
        const struct node *node = node_find(object->own, row->key);
        if (node == NULL && row->inherited && is_heir(row, object))
            node = node_find(object->defaults, row->key);
        if (node != NULL && node_is_nothing(node) && (row->forms & FORM_SCALAR) == 0)
            node = NULL;
        if (object->form != 0 && row->kinds != 0 && (row->kinds & object->form) == 0)
            continue;
        if (node != NULL)
            print_written(dump, indent, row, node, object->form);
        else
            print_otherwise(dump, indent, row, object);
    }
}

/* ---- what counts where nothing was written ---------------------------------------------------------------------- */

static const char *kept(struct dump *dump, const char *text)
{
    return arena_copy_text(dump->arena, text, strlen(text));
}

static const char *server_otherwise(struct dump *dump, const struct row *row, uint32_t index)
{
    const struct server_settings *server = &dump->config->settings.servers[index];
    const size_t size = (size_t)server->address_count * (ENDPOINT_TEXT_MAX + 4) + 1;
    if (strcmp(row->key, "verify") != 0)
        return NULL;
    struct text out = text_over(arena_take(dump->arena, size), size);
    for (uint32_t i = 0; i < server->address_count; i++) {
        char endpoint[ENDPOINT_TEXT_MAX];
        endpoint_format(&server->addresses[i], endpoint);
        text_addf(&out, endpoint[0] == '[' ? "%s\"%s\"" : "%s%s", i == 0 ? "" : ", ", endpoint);
    }
    return out.bytes;
}

static const char *check_otherwise(struct dump *dump, const struct row *row, uint32_t index)
{
    const struct check_settings *check = &dump->config->settings.checks[index];
    char duration[DURATION_TEXT_MAX];
    bool is_timeout = strcmp(row->key, "timeout") == 0;
    if (row->heirs != 0 && !check_kind_probes(check->kind)) /* what others would inherit */
        return "1";
    if (!is_timeout && strcmp(row->key, "interval-changing") != 0)
        return NULL;
    duration_format(is_timeout ? check->total_ms : check->interval_changing_ms, duration);
    return kept(dump, duration);
}

static const char *record_otherwise(struct dump *dump, const struct row *row, uint32_t index)
{
    const struct settings *settings = &dump->config->settings;
    const struct record_settings *record = &settings->records[index];
    if (strcmp(row->key, "name") == 0)
        return record->id;
    if (strcmp(row->key, "server") == 0)
        return settings->servers[settings->zones[record->zone].server].name;
    return NULL;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void print_each(struct dump *dump, const char *name, const struct node *section, const struct object *like)
{
    if (section == NULL || section->count == 0)
        return;
    fprintf(dump->out, "\n%s:\n", name);
    for (uint32_t i = 0; i < section->count; i++) {
        const struct node *key = section->as.pairs[i].key;
        struct object object = *like;
        object.own = section->as.pairs[i].value;
        object.index = i;
        if (like->table == &check_table && check_kind_in(object.own) != NULL)
            object.form = check_kind_in(object.own)->form;
        put_blanks(dump, 2);
        put_value(dump, key->as.text);
        put(dump, ":");
        end_line_with_origin(dump, key);
        print_rows(dump, 4, &object);
    }
}

static void print_one(struct dump *dump, const char *name, const struct node *section, const struct table *table)
{
    const struct object object = {.table = table, .own = section};
    fprintf(dump->out, "\n%s:\n", name);
    print_rows(dump, 2, &object);
}

/* Told as comments: written out they would stand above what systemd says. */
static void print_directories(struct dump *dump, const struct daemon_settings *daemon)
{
    if (daemon->state_directory == NULL)
        fputs("  # state-directory: /var/lib/repointd              # default, or $STATE_DIRECTORY\n", dump->out);
    if (daemon->runtime_directory == NULL)
        fputs("  # runtime-directory: /run/repointd                # default, or $RUNTIME_DIRECTORY\n", dump->out);
}

void config_dump(const struct config *config, FILE *out)
{
    if (config->origins == NULL)
        return;
    const struct sections *sections = &config->origins->sections;
    struct dump dump = {.config = config, .arena = arena_new(), .out = out};
    const struct object servers = {.table = &server_table, .otherwise = server_otherwise};
    const struct object checks = {
        .table = &check_table, .defaults = sections->check_defaults, .otherwise = check_otherwise};
    const struct object records = {
        .table = &record_table, .defaults = sections->record_defaults, .otherwise = record_otherwise};
    const struct object notifiers = {.table = &notifier_table};
    fputs("# All files joined and every default written out. Behind each value stands where it was said.\n", out);
    print_each(&dump, "servers", sections->servers, &servers);
    print_each(&dump, "checks", sections->checks, &checks);
    print_each(&dump, "records", sections->records, &records);
    print_each(&dump, "notify", sections->notify, &notifiers);
    print_one(&dump, "safety", sections->safety, &safety_table);
    if (sections->web != NULL)
        print_one(&dump, "web", sections->web, &web_table);
    print_one(&dump, "daemon", sections->daemon, &daemon_table);
    print_directories(&dump, &config->settings.daemon);
    arena_free(dump.arena);
}
