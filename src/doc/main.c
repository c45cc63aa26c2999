/* SPDX-License-Identifier: MIT */
/*
 * Where: doc, the top of `reference`, which the build runs and nobody installs.
 * What:  copies a page to stdout; a line that is @PART@ becomes that part.
 * Why:   pages are written by people, in the language of their readers; only the tables in them are made.
 */
#include "base/attributes.h"
#include "doc/parts.h"

#include <stdlib.h>
#include <string.h>

#define CATALOG "systemd/repointd.catalog" /* `reference` runs at the top of the tree */

static const struct {
    const char *name;
    void (*write)(FILE *out);
} parts[] = {
    {"@synopsis@\n", part_synopsis}, {"@commands@\n", part_commands},
    {"@options@\n", part_options},   {"@daemon-options@\n", part_daemon_options},
    {"@keys@\n", part_keys},
};

static bool put_line(const char *line, FILE *out, struct error *err)
{
    if (strcmp(line, "@messages@\n") == 0)
        return part_messages(out, CATALOG, err);
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        if (strcmp(line, parts[i].name) == 0) {
            parts[i].write(out);
            return true;
        }
    fputs(line, out);
    if (line[0] != '@')
        return true;
    error_set(err, ERROR_MISSING, "there is no part %s", line);
    return false;
}

int main(int argc, char **argv)
{
    FILE *page = argc == 2 ? fopen(argv[1], "re") : NULL;
    struct error err = {0};
    char *line = NULL;
    size_t room = 0;
    if (!page) {
        fputs("usage: reference PAGE\n", stderr);
        return EXIT_FAILURE;
    }
    bool good = true;
    while (good && getline(&line, &room, page) > 0)
        good = put_line(line, stdout, &err);
    free(line);
    fclose(page);
    if (!good)
        fprintf(stderr, "reference: %s: %s\n", argv[1], err.text);
    return good && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
