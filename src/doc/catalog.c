/* SPDX-License-Identifier: MIT */
/*
 * Where: doc, under messages.
 * What:  reads the catalog: an entry begins with "-- ID", has headers, an empty line, and its text.
 */
#include "doc/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX  (1024 * 1024)
#define ENTRY_SIGN "\n-- "
#define CURE_SIGN  "\nWhat to do: "

static char *read_all(const char *path, struct error *err)
{
    FILE *file = fopen(path, "re");
    char *bytes = calloc(1, BYTES_MAX + 1);
    if (!bytes)
        abort();
    size_t length = file ? fread(bytes, 1, BYTES_MAX, file) : 0;
    if (length > 0 && length < BYTES_MAX && !ferror(file)) {
        fclose(file);
        return bytes;
    }
    error_set_errno(err, errno, "%s cannot be read", path);
    if (file)
        fclose(file);
    free(bytes);
    return NULL;
}

/* `words` is all between the sign of this entry and that of the next. */
static bool read_entry(char *words, struct catalog_entry *ret)
{
    char *subject = strstr(words, "\nSubject: "), *text = strstr(words, "\n\n");
    if (!subject || !text || subject > text)
        return false;
    *text = '\0';
    char *cure = strstr(text + 1, CURE_SIGN);
    if (cure)
        *cure = '\0';
    words[strcspn(words, " \n")] = '\0';
    subject += strlen("\nSubject: ");
    subject[strcspn(subject, "\n")] = '\0';
    *ret = (struct catalog_entry){words, subject, text + 2, cure ? cure + strlen(CURE_SIGN) : NULL};
    return true;
}

bool catalog_read(const char *path, struct catalog *ret, struct error *err)
{
    *ret = (struct catalog){.bytes = read_all(path, err)};
    if (!ret->bytes)
        return false;
    for (char *sign = strstr(ret->bytes, ENTRY_SIGN), *next; sign; sign = next) {
        char *words = sign + strlen(ENTRY_SIGN);
        next = strstr(words, ENTRY_SIGN);
        if (next)
            *next = '\0';
        if (ret->count < CATALOG_ENTRIES_MAX && read_entry(words, &ret->entries[ret->count++]))
            continue;
        error_set(err, ERROR_SYNTAX, "%s: an entry without subject or text, or too many of them", path);
        catalog_free(ret);
        return false;
    }
    return true;
}

void catalog_free(struct catalog *catalog)
{
    free(catalog->bytes);
    catalog->bytes = NULL;
}

const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *id)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (strcmp(catalog->entries[i].id, id) == 0)
            return &catalog->entries[i];
    return NULL;
}
