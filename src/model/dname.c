/* SPDX-License-Identifier: MIT */
/*
 * Where: model, under everything that has a name in the DNS.
 * What:  names between text and wire form, and what lies within what.
 * Why:   names are brought to lower case when they come in, so nobody compares letters again. Walks trust the form, for
 *        all that make a dname check it first: dname_parse here, io/wire for what a server sent.
 */
#include "model/dname.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

#define DNAME_LABEL_MAX 63

static uint8_t dname_lower(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

/* A name being written: `label` is where the length octet of the label under way stands. */
struct dname_writer {
    uint8_t wire[DNAME_WIRE_MAX];
    size_t length, label;
    const char *wrong; /* NULL while all is well */
};

static void dname_put(struct dname_writer *writer, uint8_t octet)
{
    if (writer->length - writer->label > DNAME_LABEL_MAX)
        writer->wrong = "has a label of more than 63 octets";
    else if (writer->length + 1 >= DNAME_WIRE_MAX) /* one octet is kept for the root */
        writer->wrong = "is longer than 255 octets";
    else
        writer->wire[writer->length++] = dname_lower(octet);
}

static void dname_end_label(struct dname_writer *writer)
{
    assert(writer->length > writer->label + 1);
    writer->wire[writer->label] = (uint8_t)(writer->length - writer->label - 1);
    writer->label = writer->length;
}

/* The octet that the escape behind a backslash stands for; *cursor is moved to its last character. */
static uint8_t dname_unescape(struct dname_writer *writer, const char **cursor)
{
    const char *c = *cursor;
    if (c[0] < '0' || c[0] > '9') {
        if (c[0] <= ' ' || c[0] > '~')
            writer->wrong = "ends in a backslash, or has one before something that cannot be escaped so; write \\DDD";
        return (uint8_t)c[0];
    }
    unsigned value = 0;
    for (int i = 0; i < 3; i++) {
        if (c[i] < '0' || c[i] > '9') {
            writer->wrong = "has a backslash with less than three digits behind it";
            return 0;
        }
        value = value * 10 + (unsigned)(c[i] - '0');
    }
    if (value > 255)
        writer->wrong = "has an escape above \\255";
    *cursor += 2;
    return (uint8_t)value;
}

static void dname_write(struct dname_writer *writer, const char *text)
{
    for (const char *c = text; writer->wrong == NULL && *c != '\0'; c++) {
        if (writer->length == writer->label && *c != '.') { /* a label begins: room for its length */
            dname_put(writer, 0);
            if (writer->wrong != NULL)
                return;
        }
        if (*c == '.') {
            if (writer->length == writer->label)
                writer->wrong = "has an empty label";
            else
                dname_end_label(writer);
        } else if (*c == '\\') {
            c++;
            uint8_t octet = dname_unescape(writer, &c);
            if (writer->wrong == NULL)
                dname_put(writer, octet);
        } else if (*c <= ' ' || *c > '~') {
            writer->wrong =
                "has a blank, a control character or a letter beyond ASCII; write such names in their xn-- form";
        } else {
            dname_put(writer, (uint8_t)*c);
        }
    }
    if (writer->wrong == NULL && writer->length > writer->label)
        dname_end_label(writer);
}

bool dname_parse(const char *text, uint8_t storage[DNAME_WIRE_MAX], struct dname *ret, struct error *err)
{
    struct dname_writer writer = {.wrong = text[0] == '\0' ? "is empty" : NULL};
    if (strcmp(text, ".") != 0)
        dname_write(&writer, text);
    if (writer.wrong != NULL) {
        char shown[4 * TEXT_FOREIGN_MAX + 4];
        struct text out = text_over(shown, sizeof(shown));
        text_add_foreign(&out, text, strlen(text));
        error_set(err, ERROR_SYNTAX, "the name '%s' %s", shown, writer.wrong);
        return false;
    }
    writer.wire[writer.length++] = 0;
    memcpy(storage, writer.wire, writer.length);
    *ret = (struct dname){.wire = storage, .length = (uint16_t)writer.length};
    return true;
}

static bool dname_octet_is_plain(uint8_t octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || (octet >= '0' && octet <= '9') ||
           octet == '-' || octet == '_' || octet == '*';
}

void dname_format(const struct dname *name, char text[DNAME_TEXT_MAX])
{
    assert(name->length >= 1 && name->length <= DNAME_WIRE_MAX);
    struct text out = text_over(text, DNAME_TEXT_MAX);
    if (name->length == 1)
        text_add(&out, ".");
    for (const uint8_t *label = name->wire; *label != 0; label += 1 + *label) {
        if (label != name->wire)
            text_add(&out, ".");
        for (const uint8_t *octet = label + 1; octet <= label + *label; octet++) {
            if (dname_octet_is_plain(*octet))
                text_add_bytes(&out, (const char *)octet, 1);
            else if (*octet > ' ' && *octet <= '~')
                text_addf(&out, "\\%c", *octet);
            else
                text_addf(&out, "\\%03u", (unsigned)*octet);
        }
    }
    assert(!out.truncated);
}

bool dname_equal(const struct dname *a, const struct dname *b)
{
    return a->length == b->length && memcmp(a->wire, b->wire, a->length) == 0;
}

bool dname_is_within(const struct dname *name, const struct dname *zone)
{
    assert(name->length >= 1 && zone->length >= 1);
    if (zone->length > name->length)
        return false;
    const uint8_t *tail = name->wire + name->length - zone->length;
    const uint8_t *label = name->wire;
    while (label < tail)
        label += 1 + *label;
    return label == tail && memcmp(tail, zone->wire, zone->length) == 0;
}

uint32_t dname_label_count(const struct dname *name)
{
    uint32_t count = 0;
    for (const uint8_t *label = name->wire; *label != 0; label += 1 + *label)
        count++;
    return count;
}

bool dname_prepend_label(const char *label, const struct dname *name, uint8_t storage[DNAME_WIRE_MAX],
                         struct dname *ret)
{
    size_t length = strlen(label);
    assert(length >= 1 && length <= DNAME_LABEL_MAX);
    if (1 + length + name->length > DNAME_WIRE_MAX)
        return false;
    memmove(storage + 1 + length, name->wire, name->length);
    storage[0] = (uint8_t)length;
    for (size_t i = 0; i < length; i++)
        storage[1 + i] = dname_lower((uint8_t)label[i]);
    *ret = (struct dname){.wire = storage, .length = (uint16_t)(1 + length + name->length)};
    return true;
}
