/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_SCHEMA_H
#define REPOINTD_CONFIG_SCHEMA_H

/*
 * Where: config, between the tree and the structs.
 * What:  rows that describe the keys of a mapping, and the one function that reads a mapping by its rows.
 * Why:   a key is one row. The parser, the suggestions, --dump-config, the JSON Schema and the manual's tables all
 *        walk the same rows, so none of them can forget a key.
 */

#include "config/complaints.h"
#include "config/field.h"
#include "config/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In which forms a key takes its value. */
enum form {
    FORM_SCALAR = 1,  /* one value of the row's kind */
    FORM_LIST = 2,    /* a list of such values */
    FORM_SECTION = 4, /* a mapping by the row's table */
    FORM_LISTED = 8,  /* a list whose items have any of the forms above */
    FORM_NAMED = 16,  /* a mapping of any names to values of the row's kind */
    FORM_EACH = 32    /* a mapping of any names to mappings by the row's table */
};

enum support {
    SUPPORT_NOW = 0,
    SUPPORT_INITIAL, /* only its built-in default is understood so far */
    SUPPORT_LATER    /* the key is known and checked, and not yet supported */
};

struct table;

/*
 * Offsets count from the struct that a table fills. Each such struct begins with a node of its own, so that 0 means
 * "nowhere".
 */
struct row {
    const char *key;
    struct field_rule rule; /* of scalars */
    unsigned forms;         /* of enum form, joined */
    const struct table *table;
    size_t offset;         /* the typed field of a scalar */
    size_t section_offset; /* the struct that a section fills, with its defaults first */
    size_t node_offset;    /* a `const struct node *` that is to hold the value as it stands */
    enum support support;
    bool deferred; /* only the form is looked at; who takes the node reads it */
    bool required;
    bool inherited;      /* may stand in `defaults` */
    unsigned heirs;      /* kinds of checks that inherit it, as bits; 0: all */
    unsigned kinds;      /* of checks that it goes with, as bits; 0: all */
    const char *initial; /* NULL: none */
    const char *help;
};

struct table {
    const char *name; /* in the JSON Schema */
    const struct row *rows;
    uint32_t count;
    size_t size;            /* of the struct that it fills */
    bool secret;            /* values that stand here wrongly are never shown */
    const char *json_rules; /* members of the JSON Schema beyond the rows; NULL: none */
};

/* Whose mapping it is: " in check 'web'", " in 'expect' of check 'web'", " in 'daemon'", "". */
struct owner {
    const char *what;    /* "check", "record", …; NULL for a section at the top */
    const char *name;    /* NULL: the file itself */
    const char *section; /* inside that; NULL: none */
    struct place place;  /* where a missing key is complained of */
    bool defaults;       /* only what is inherited may stand here */
};

/* The built-in default of each row. */
void schema_initial(const struct table *table, void *base);

/*
 * Reads a mapping over what stands in `base` already, so that defaults are filled in first and keys that are not
 * written keep them. A bad value leaves zero there. Everything wrong gets a complaint; `complaints` NULL reads
 * silently.
 */
void schema_read(const struct table *table, const struct node *mapping, const struct owner *owner, void *base,
                 struct complaints *complaints);

/*
 * A section that is not built yet and would need a key: there even an empty one asks for something, so it is refused as
 * what it is and not for the key.
 */
bool row_asks_for_later(const struct row *row);

/* Some key has to be there: a section of such a table is written or it is not, it has no default. */
bool table_requires(const struct table *table);

const struct row *table_row(const struct table *table, const char *key);

/* "'key' takes a mapping of keys, and here is a list" */
void complain_form(const struct row *row, const struct node *value, struct complaints *complaints);

/* Text fit for "unknown key 'x'%s"; at least this much room. */
#define OWNER_TEXT_MAX 512
void owner_format(const struct owner *owner, char text[OWNER_TEXT_MAX]);

#endif
